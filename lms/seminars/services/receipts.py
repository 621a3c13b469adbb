"""Forms that are sent twice: by a double click, or from a page that was gone back to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict
from lms.kernel.models import FormReceipt
from lms.kernel.settings import keyring

KEPT = dt.timedelta(days=1)


class SentOtherwise(Conflict):
    """The same form said something else before; `made` names what came of that."""

    def __init__(self, made: str) -> None:
        super().__init__(_("This form was sent already, with other words. If you mean this one too, send it again."))
        self.made = made


def receipt(session: Session, *, key: str, said: str, by: str, at: dt.datetime) -> FormReceipt:
    """The receipt of a form with this key: `made` names what came of it when it was sent before, else whoever does it
    now writes that down there. Of two at once the second waits for the first.

    Raises SentOtherwise where the same form said something else."""
    body_hash = keyring().veil(said)
    new = dialect_insert(session)(FormReceipt).values(by=by, client_key=key, body_hash=body_hash, made="", at=at)
    session.execute(new.on_conflict_do_nothing())
    kept = session.scalars(select(FormReceipt).where(FormReceipt.by == by, FormReceipt.client_key == key)).one()
    if kept.body_hash != body_hash:
        raise SentOtherwise(kept.made)
    return kept


@outbox.database("seminars.receipts_tidy", every=86_400.0)
def tidy(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Forget what nobody sends again."""
    session.execute(delete(FormReceipt).where(FormReceipt.at < at - KEPT))
