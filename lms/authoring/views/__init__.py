"""The pages of this context."""

from __future__ import annotations

from . import (  # noqa: F401  the views register themselves when imported
    both,
    bundles,
    care,
    checks,
    courses,
    drafts,
    editions,
    editor,
    history,
    lookup,
    proposals,
    questions,
    reports,
    trial,
    units,
)
from .blueprint import bp as bp
