"""The pages on which a record's life is seen and changed: its holder's, and the officers'."""

from __future__ import annotations

from . import officers as officers
from .views import bp as blueprint

__all__ = ["blueprint"]
