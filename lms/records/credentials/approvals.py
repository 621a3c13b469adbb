"""The word of an officer that all signed records may be taken out: signed, short-lived, good once. Whoever runs the
command on the machine needs two of them, of two people, and holds no office by being there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.secrets import derive, new_token
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import one_at_a_time
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.queries.mandates import administrators

GOOD_FOR = dt.timedelta(minutes=30)
NEEDED = 2
BEGUN = "records.export-begun"
EXPORTED = "records.exported"
_LOCK = 0xA99207


@dataclass(frozen=True, slots=True)
class Approval:
    """Who gave it, and until when it is good; `id` so that it is used once."""

    id: str
    by: str
    until: dt.datetime


def give(by: str, at: dt.datetime) -> tuple[str, Approval]:
    """An officer's word as a text to hand to whoever exports, and what it says."""
    made = Approval(new_token(), by, at + GOOD_FOR)
    return _serializer().dumps([made.id, made.by, made.until.isoformat()]), made


def hold_to_two(session: Session, texts: Sequence[str], at: dt.datetime) -> list[Approval]:
    """The approvals, when they are of two administrators in office, in time, and not used yet; raises Refused.

    Until the transaction ends nobody else can use them: whoever asks notes in it what was used.
    """
    one_at_a_time(session, _LOCK)
    given = [_read(text) for text in texts]
    used = _used(session, at)
    if any(at > one.until or one.id in used for one in given):
        raise Refused(_("An approval is good for thirty minutes and for one export. Ask for a new one."))
    if len({one.by for one in given}) < NEEDED:
        raise Refused(_("An export of all records needs the approvals of two different administrators."))
    in_office = set(session.scalars(select(Person.subject).where(Person.id.in_(administrators(session, at.date())))))
    if not {one.by for one in given} <= in_office:
        raise Refused(_("An approval counts only while its giver is an administrator."))
    return given


def _read(text: str) -> Approval:
    try:
        number, by, until = _serializer().loads(text)
    except BadSignature:
        raise Refused(_("This is not an approval of this system, or not all of it.")) from None
    return Approval(number, by, dt.datetime.fromisoformat(until))


def _used(session: Session, at: dt.datetime) -> set[str]:
    lately = (AuditEntry.act == BEGUN, AuditEntry.at > at - 2 * GOOD_FOR)
    return {
        number for details in session.scalars(select(AuditEntry.details).where(*lately)) for number in details["used"]
    }


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(derive(keyring().secret, "export-approval"), salt="records.export")
