"""The changes of this context: tables are frozen, and it is noted how everybody stands."""

from __future__ import annotations

from .attention import fold_stands, keep_editions, keep_stands
from .freezing import freeze

__all__ = ["fold_stands", "freeze", "keep_editions", "keep_stands"]
