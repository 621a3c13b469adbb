"""The app as production serves it, with doors for the drills: slow, failing, telling, logging."""

from __future__ import annotations

import logging
import time

from flask import request, url_for

from lms.web.access import public
from wsgi import app


@app.get("/drill/slow")
@public
def slow() -> str:
    """Take a while."""
    time.sleep(2)
    return "finished"


@app.get("/drill/fails")
@public
def fails() -> str:
    """Fail as code fails, with a name at hand."""
    name = "Canary Beispiel"
    raise ValueError(len(name))


@app.get("/drill/who")
@public
def who() -> dict[str, str | None]:
    """What we believe of where a request came from."""
    return {
        "address": request.remote_addr,
        "scheme": request.scheme,
        "host": request.host,
        "url": url_for("web.help", _external=True),
    }


@app.get("/drill/logs")
@public
def logs() -> str:
    """Say something through the standard library, as other people's code does."""
    logging.getLogger("another.library").warning("a warning of another library")
    return "said"
