"""The blueprint that every page of this context belongs to."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("authoring", __name__)
