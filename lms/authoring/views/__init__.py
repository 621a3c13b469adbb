"""The pages of this context."""

from __future__ import annotations

from . import (  # noqa: F401  the views register themselves when imported
    courses,
    draft_sources,
    draft_terms,
    drafts,
    outline,
    outline_back,
    outline_course,
    outline_module,
    outline_unit,
    proposals,
    units,
)
from .blueprint import bp as bp
