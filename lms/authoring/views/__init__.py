"""The pages of this context."""

from __future__ import annotations

from . import both, checks, courses, drafts, editor, history, lookup, proposals, trial, units  # noqa: F401  the views register themselves when imported
from .blueprint import bp as bp
