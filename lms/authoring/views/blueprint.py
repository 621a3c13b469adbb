"""The blueprint of this context."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("authoring", __name__)
