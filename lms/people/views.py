"""The pages of this context."""

from __future__ import annotations

from flask import Blueprint

from lms.web.access import public

bp = Blueprint("people", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> str:
    """Placeholder until the context stands."""
    return ""


@bp.post("/sign-out")
@public
def sign_out() -> str:
    """Placeholder until the context stands."""
    return ""
