"""The door for a server: `granian --interface wsgi wsgi:app`, and for the command line: `flask --app wsgi`."""

from lms.app import create_app
from lms.kernel.errors import Misconfigured
from lms.web import logs

logs.configure()
try:
    app = create_app()
except Misconfigured as error:
    # The sentence names every setting that is wrong; where it was found helps nobody.
    raise SystemExit(str(error)) from None
