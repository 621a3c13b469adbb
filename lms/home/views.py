"""The participant's home, and who can see what about them."""

from __future__ import annotations

from flask import Blueprint

from lms.web.access import Permission, requires
from lms.web.render import render

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(Permission.SIGNED_IN)
def index() -> str:
    """Where a signed-in person begins."""
    return render("lms/web/help.html")


@bp.get("/who-sees-what")
@requires(Permission.SIGNED_IN)
def who_sees() -> str:
    """Who can see what about the person who asks."""
    return render("lms/web/help.html")
