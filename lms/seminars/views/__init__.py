"""The pages of editions, for coordinators and for participants."""

from __future__ import annotations

from . import (
    attendance,
    attestations,
    calendar,
    calls,
    companions,
    contacts,
    deadline,
    downloads,
    duplicates,
    editions,
    imports,
    inviting,
    nominating,
    nominations,
    own,
    participants,
    sensitive,
)
from .blueprint import bp

__all__ = [
    "attendance",
    "attestations",
    "bp",
    "calendar",
    "calls",
    "companions",
    "contacts",
    "deadline",
    "downloads",
    "duplicates",
    "editions",
    "imports",
    "inviting",
    "nominating",
    "nominations",
    "own",
    "participants",
    "sensitive",
]
