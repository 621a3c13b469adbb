"""The audit trail: one line per change and per look at named people, in the transaction of the change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from .models import AuditEntry
from .new_rows import NewRow

ENTRY = NewRow(cast(Table, AuditEntry.__table__), "at", "actor", "act", "about", "details")
"""As `record` writes it, but by itself: for what nearly every page of the desk writes after its answer."""


def record(
    session: Session, *, at: dt.datetime, actor: str | None, act: str, about: str | None = None, **details: Any
) -> None:
    """Write one line; `actor` and `about` are public ids (a person's subject, an edition's token), never names."""
    session.add(AuditEntry(at=at, actor=actor, act=act, about=about, details=details))


def record_all(session: Session, *, at: dt.datetime, actor: str | None, act: str, about: Iterable[str]) -> None:
    """Write one line about each of many things that one act was done to, in one statement."""
    lines: list[dict[str, Any]] = [{"at": at, "actor": actor, "act": act, "about": one, "details": {}} for one in about]
    if lines:
        record_lines(session, lines)


def record_lines(session: Session, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write several lines in one statement, each with what `record` is given."""
    session.execute(insert(AuditEntry), lines)
