"""The pages that are about the site itself."""

from __future__ import annotations

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from .access import public
from .render import render

bp = Blueprint("web", __name__)


@bp.get("/help")
@public
def help() -> str:
    """How signing in, reading, questions and records work."""
    return render("lms/web/help.html")


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """What the pages aim at, and whom to tell when they fail."""
    return render("lms/web/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> str:
    """What is kept of a person, who sees it, for how long."""
    return render("lms/web/privacy.html")


@bp.get("/static/<path:name>")
@public
def static_file(name: str) -> Response:
    """Styles, scripts and fonts are answered before they come here; what comes here does not exist."""
    abort(404)
