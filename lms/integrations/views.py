"""The pages of this context."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("integrations", __name__)
