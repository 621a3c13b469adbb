"""How many people of a part of an edition have come how far, such as of those who have finished a module."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice
from lms.people.models import Sector

from .rules import Stage


class PartTally(Model):
    """How many people of a part of one edition, of one state and sector, have reached a stage, folded up to a certain
    delta."""

    __tablename__ = "lms_part_tally"

    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(120), primary_key=True)
    """`complete`, or a part that a higher context counts under a name of its own."""
    state_code: Mapped[str] = mapped_column(String(2), primary_key=True)
    sector: Mapped[Sector] = mapped_column(choice(Sector), primary_key=True)
    stage: Mapped[Stage] = mapped_column(choice(Stage), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class PartTallyDelta(Model):
    """A change of such a tally not folded in yet; as `TallyDelta`."""

    __tablename__ = "lms_part_tally_delta"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    part: Mapped[str] = mapped_column(String(120))
    state_code: Mapped[str] = mapped_column(String(2))
    sector: Mapped[Sector] = mapped_column(choice(Sector))
    stage: Mapped[Stage] = mapped_column(choice(Stage))
    change: Mapped[int]

    __table_args__ = (Index("ix_lms_part_tally_delta_edition_id", "edition_id", "part"),)
