"""The pages of this context."""

from __future__ import annotations

from . import bundles, courses, drafts, media, proposals, units  # noqa: F401  the views register themselves when imported
from .blueprint import bp as bp
