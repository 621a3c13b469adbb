"""The one change of this context: tables are frozen."""

from __future__ import annotations

from .freezing import freeze

__all__ = ["freeze"]
