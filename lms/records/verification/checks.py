"""That no name is shown which its holder did not agree to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.checks import Finding, check
from lms.kernel.clock import now
from lms.kernel.models import AuditEntry

from . import marks
from .models import NameShowing, RecordShare

_ACTS = ("record.name-shown", "record.name-hidden")


@check("records.consents")
def consents(session: Session) -> Iterable[Finding]:
    """Every word that opens a name, and every link in force, carries our mark; no name is shown that its holder, as the
    audit trail tells, has hidden."""
    yield from _words(session)
    for link in session.scalars(select(RecordShare).where(RecordShare.ended_at.is_(None), RecordShare.ends_at > now())):
        if not marks.made_by_us(link):
            yield Finding(f"record {link.record}", "has a link that its holder did not make; it opens nothing")


def _words(session: Session) -> Iterator[Finding]:
    last = select(func.max(NameShowing.id)).group_by(NameShowing.record)
    said = select(func.max(AuditEntry.id)).where(AuditEntry.act.in_(_ACTS)).group_by(AuditEntry.about)
    hidden = select(AuditEntry.about).where(AuditEntry.id.in_(said), AuditEntry.act == _ACTS[1])
    taken_back = set(session.scalars(hidden))
    for word in session.scalars(select(NameShowing).where(NameShowing.id.in_(last), NameShowing.shown)):
        if not marks.shows(word.record, word.at, word.mark, shown=True):
            yield Finding(f"record {word.record}", "its holder did not agree to show the name; it is not shown")
        elif word.record in taken_back:
            yield Finding(f"record {word.record}", "shows the name, and its holder has taken that back")
