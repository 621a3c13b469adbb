"""The door for a server: `granian --interface wsgi wsgi:app`, and for the command line: `flask --app wsgi`."""

from lms.app import create_app
from lms.web import logs

logs.configure()
app = create_app()
