"""The pages of reminders, for those who coordinate an edition."""

from __future__ import annotations

from . import focal, preview, sent, texts, weekly
from .blueprint import bp

__all__ = ["bp", "focal", "preview", "sent", "texts", "weekly"]
