"""The pages of this context."""

from __future__ import annotations

from . import (  # noqa: F401  the views register themselves when imported
    changes,
    instead,
    module,
    proposals,
    quiz,
    reading,
    terms,
    writing,
)
from .blueprint import bp as bp
