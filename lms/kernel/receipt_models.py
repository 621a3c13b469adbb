"""That a form was sent, so that sending it twice does what it says once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model


class FormReceipt(Model):
    """That somebody (a subject) sent a form, and what came of it; kept for a day. Nothing of its words can be read."""

    __tablename__ = "lms_form_receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(String(40))
    client_key: Mapped[str] = mapped_column(String(64))
    """Made when the page with the form was drawn; of a form without one, a keyed hash of where it was sent and what it
    said."""
    body_hash: Mapped[str] = mapped_column(String(64))
    """A keyed hash of what it said."""
    made: Mapped[str] = mapped_column(String(32), default="")
    """The public id of what came of it."""
    at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("by", "client_key"),)
