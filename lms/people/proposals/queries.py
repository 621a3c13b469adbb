"""Reading proposals, of whatever table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from .models import ByTwoOfficers
from .rules import ProposalState


def open_ones(table: type[ByTwoOfficers], *more: Any) -> Select[Any]:
    """The proposals of a table that nobody has decided on, each with what else is asked for; the lapsed ones too, until
    another takes their place."""
    return select(table, *more).where(table.state == ProposalState.PROPOSED)
