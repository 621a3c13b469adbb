"""The blueprint that the pages of this context hang on."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask

from lms.people import sign_in

bp = Blueprint("people", __name__)
bp.record_once(lambda state: sign_in.install(cast(Flask, state.app)))
