"""The door for a server: `granian --interface wsgi wsgi:app`, and for the command line: `flask --app wsgi`."""

from lms.app import create_app

app = create_app()
