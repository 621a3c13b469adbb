"""The pages of this context."""

from __future__ import annotations

from . import (  # noqa: F401  the views register themselves when imported
    bundles,
    care,
    courses,
    drafts,
    editions,
    media,
    proposals,
    questions,
    reports,
    units,
)
from .blueprint import bp as bp
