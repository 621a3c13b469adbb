"""The pages of editions, for coordinators and for participants."""

from __future__ import annotations

from . import attendance, companions, contacts, downloads, editions, imports, nominations, own, participants, sensitive
from .blueprint import bp

__all__ = [
    "attendance",
    "bp",
    "companions",
    "contacts",
    "downloads",
    "editions",
    "imports",
    "nominations",
    "own",
    "participants",
    "sensitive",
]
