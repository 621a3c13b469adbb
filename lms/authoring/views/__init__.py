"""The pages of this context."""

from __future__ import annotations

from . import (  # noqa: F401  the views register themselves when imported
    both,
    bundles,
    care,
    checks,
    courses,
    draft_sources,
    draft_terms,
    drafts,
    editions,
    editor,
    history,
    lookup,
    media,
    outline,
    outline_back,
    outline_course,
    outline_module,
    outline_unit,
    proposals,
    publishing,
    questions,
    reports,
    reviewing,
    signing,
    texts,
    trial,
    units,
    versions,
)
from .blueprint import bp as bp
