"""The app as servers load it, with Spanish and French catalogues of a few words, whatever the checkout has."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from lms.app import create_app
from lms.web import logs
from tests.languages import spoken

logs.configure()
with spoken(Path(mkdtemp(prefix="lms-catalogues-"))):
    app = create_app()
