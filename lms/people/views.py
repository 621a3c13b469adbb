"""The pages of this context."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask

from lms.web.access import public

from . import sign_in as who

bp = Blueprint("people", __name__)
bp.record_once(lambda state: who.install(cast(Flask, state.app)))


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


@bp.get("/welcome")
@public
def welcome() -> str:
    """Placeholder until the context stands."""
    return ""


@bp.get("/account")
@public
def account() -> str:
    """Placeholder until the context stands."""
    return ""
