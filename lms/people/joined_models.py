"""What is kept of entries that were joined into another one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class FormerKey(Model):
    """The key of an entry that was joined into another one, wrapped for the two of them: what was sealed under it, and
    is never written anew, opens for whom the entry that stays opens, and SQL alone can give it to nobody else. It is
    what proves the joining. Erasing that person destroys this row too."""

    __tablename__ = "lms_former_key"

    former_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    proved_at: Mapped[dt.datetime | None]
    """When the person proved an address of that entry: not before do they read what was written there for its writer
    alone."""
