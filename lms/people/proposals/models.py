"""The columns and the constraints of a proposal; the table says what is proposed, and of whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import choice

from .rules import ProposalState


class ByTwoOfficers:
    """Who proposed it and when, and what a second officer made of it. Officers are kept as subjects."""

    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState), default=ProposalState.PROPOSED)
    proposed_by: Mapped[str] = mapped_column(String(40))
    proposed_at: Mapped[dt.datetime]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[dt.datetime | None]


def held_by_the_database(table: str, about: str) -> tuple[Any, ...]:
    """A proposal is open or decided; nobody confirms what they proposed; of each thing one is open at a time."""
    still = text("state = 'proposed'")
    return (
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_or_open"),
        CheckConstraint("state <> 'confirmed' OR decided_by <> proposed_by", name="two_officers"),
        Index(f"uq_{table}_one_open", about, unique=True, sqlite_where=still, postgresql_where=still),
    )
