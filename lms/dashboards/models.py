"""The tables of this context: what was published of an edition's numbers, and who comes where on the morning sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class FrozenTable(Model):
    """What everybody who is not responsible for an edition's people sees of it from one Monday on. Append-only:
    triggers that the migrations make refuse everything else.

    `groups` is exactly what is published: row, column, step, and the rounded number of each stage. The first table with
    groups also settles which groups there are for the whole term.
    """

    __tablename__ = "lms_frozen_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    as_of: Mapped[dt.datetime]
    made_at: Mapped[dt.datetime]
    groups: Mapped[list[Any]]

    __table_args__ = (UniqueConstraint("edition_id", "as_of"),)


class AttentionStand(Model):
    """Where somebody stands who counts in an edition and is not erased, as `rules.stands` says it shortly: by it alone
    they are found among those who need attention, and from it lists tell how many units they have finished."""

    __tablename__ = "lms_attention_stand"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    stand: Mapped[str] = mapped_column(String(40))

    __table_args__ = (Index("ix_lms_attention_stand_edition", "edition_id", "stand", "enrolment_id"),)


class AttentionTally(Model):
    """How many people of an edition stand so, folded up to a certain delta."""

    __tablename__ = "lms_attention_tally"

    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), primary_key=True)
    stand: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class AttentionDelta(Model):
    """A change of such a tally not folded in yet: written in the change's own transaction, so no row is contended."""

    __tablename__ = "lms_attention_delta"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    stand: Mapped[str] = mapped_column(String(40))
    change: Mapped[int]
