"""The pages of this context."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("seminars", __name__)
