"""Taking a change once: the same key and body gets the first receipt, the same key with another body is a conflict."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict
from lms.kernel.secrets import digest
from lms.kernel.settings import keyring
from lms.learning.models import EnrolmentProgress, Receipt
from lms.learning.queries import Taken, receipt


class ChangedSince(Conflict):
    """A key came again with another body: most often a page that was changed after Back and sent a second time."""

    def __init__(self, receipt_id: int, action: str, body: Mapping[str, Any], at: dt.datetime) -> None:
        super().__init__(_("This page was sent before with something else. What was saved first is kept."))
        self.receipt_id, self.action, self.body, self.at = receipt_id, action, body, at


def take(
    session: Session,
    enrolment_id: int,
    key: str,
    *,
    action: str,
    body: Mapping[str, Any],
    at: dt.datetime,
    private: str = "",
) -> Taken:
    """A receipt for this change, or the first one if it was taken before. Raises ChangedSince.

    Of what is `private` only a keyed hash is kept, so that it cannot be guessed from the receipt. The caller holds the
    lock of what it changes: the enrolment's progress, or the try.
    """
    fingerprint = _fingerprint(action, body, private)
    row = {"enrolment_id": enrolment_id, "client_key": key, "body_hash": fingerprint}
    row |= {"action": action, "body": dict(body), "at": at}
    insert_here = dialect_insert(session)
    # Of two at once the second waits here until the first is committed, and then finds its receipt.
    new = session.scalar(insert_here(Receipt).values(row).on_conflict_do_nothing().returning(Receipt.id))
    if new is not None:
        return Taken(new, at, fresh=True)
    first = receipt(session, enrolment_id, key)
    if first.body_hash != fingerprint:
        raise ChangedSince(first.id, first.action, first.body, first.at)
    return Taken(first.id, first.at, fresh=False)


def _fingerprint(action: str, body: Mapping[str, Any], private: str) -> str:
    veiled = keyring().veil(private) if private else ""
    return digest(json.dumps([action, body, veiled], sort_keys=True, ensure_ascii=True))


def hold_progress(session: Session, enrolment_id: int) -> EnrolmentProgress:
    """The enrolment's progress, held until the transaction ends: everything that may complete it waits in line here."""
    mine = select(EnrolmentProgress).where(EnrolmentProgress.enrolment_id == enrolment_id).with_for_update()
    fresh = mine.execution_options(populate_existing=True)
    found = session.scalar(fresh)
    if found is None:
        insert_here = dialect_insert(session)
        empty = {"enrolment_id": enrolment_id, "units_done": 0, "late": False}
        session.execute(insert_here(EnrolmentProgress).values(empty).on_conflict_do_nothing())
        found = session.scalars(fresh).one()
    return found
