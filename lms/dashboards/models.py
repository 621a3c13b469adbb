"""The one table of this context: what was published of an edition's numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
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
