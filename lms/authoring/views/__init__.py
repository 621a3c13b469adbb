"""The pages of this context."""

from __future__ import annotations

# The views register themselves when imported.
from . import courses, drafts, proposals, publishing, reviewing, signing, units, versions  # noqa: F401
from .blueprint import bp as bp
