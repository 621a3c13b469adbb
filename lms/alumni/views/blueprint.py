"""The blueprint of this context and what its pages answer with."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("alumni", __name__)

Answer = str | Response | tuple[str, int]
"""The pages of this context."""
