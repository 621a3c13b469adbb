"""The pages of this context."""

from __future__ import annotations

from . import module, proposals, quiz, reading, terms, writing  # noqa: F401  the views register themselves when imported
from .blueprint import bp as bp
