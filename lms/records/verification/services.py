"""What a holder lets others see of a record, and the counting of looks."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import for_each_dialect
from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import digest
from lms.kernel.settings import keyring
from lms.records.models import RecordSubject
from lms.records.queries import state_of

from . import marks
from .models import NameShowing, RecordLooks, RecordShare

MOST_LINKS = 10
DAYS = (7, 30, 90)
"""For how long a link may show a name."""
_ONE_MORE = for_each_dialect(
    lambda insert: insert(RecordLooks).on_conflict_do_update(
        index_elements=["record", "day"], set_={"number": RecordLooks.number + 1}
    )
)


def show_name(session: Session, *, record: str, person_id: int, shown: bool, at: dt.datetime, by: str) -> None:
    """The holder's word on whether everybody with the code sees the name; it counts from the next request on.

    Raises NotFound for somebody else's record, Refused for showing the name of one that is not in force."""
    _hold(session, record, person_id)
    if shown:
        _refuse_ended(session, record)
    last = session.scalar(
        select(NameShowing).where(NameShowing.record == record).order_by(NameShowing.id.desc()).limit(1)
    )
    genuine = last is not None and marks.shows(record, last.at, last.mark, shown=last.shown)
    if genuine is shown and (last is None or genuine is last.shown):
        return
    session.execute(delete(NameShowing).where(NameShowing.record == record))
    mark = marks.of_word(record, at, shown=shown)
    session.add(NameShowing(record=record, shown=shown, at=at, mark=mark))
    audit.record(session, at=at, actor=by, act="record.name-shown" if shown else "record.name-hidden", about=record)


def share(session: Session, *, record: str, person_id: int, days: int, key: str, at: dt.datetime, by: str) -> str:
    """A link's token that shows the name for so many days; it is kept only as a hash. It follows from the form's own
    key, so that whoever sent the form twice has one link, and is told it.

    Raises NotFound for somebody else's record, Refused for one that is not in force, or with too many links."""
    _hold(session, record, person_id)
    public_id, token = digest(f"link {record} {key}")[:32], keyring().alias("link", f"{record} {key}")
    if session.get(RecordShare, public_id) is not None:
        return token
    _refuse_ended(session, record)
    if days not in DAYS:
        raise Refused(_("Choose for how long the link is good."))
    open_ones = select(func.count()).where(
        RecordShare.record == record, RecordShare.ended_at.is_(None), RecordShare.ends_at > at
    )
    if (session.scalar(open_ones) or 0) >= MOST_LINKS:
        raise Refused(_("You have ten links already. End one of them first."))
    ends_at = at + dt.timedelta(days=days)
    made = RecordShare(public_id=public_id, record=record, token_hash=digest(token), made_at=at, ends_at=ends_at)
    made.mark = marks.of_link(made)
    session.add(made)
    audit.record(session, at=at, actor=by, act="record.shared", about=record, days=days)
    return token


def end_share(session: Session, *, record: str, person_id: int, public_id: str, at: dt.datetime, by: str) -> None:
    """End a link before its time; one that has ended is left as it is. Raises NotFound for somebody else's."""
    _hold(session, record, person_id)
    link = session.get(RecordShare, public_id)
    if link is None or link.record != record:
        raise NotFound
    if link.ended_at is None:
        link.ended_at, link.mark = at, None
        audit.record(session, at=at, actor=by, act="record.share-ended", about=record)


def count_look(connection: Connection, record: str, at: dt.datetime) -> None:
    """Somebody else looked: one more on this day, and nothing about who."""
    day = at.astimezone(dt.UTC).date()
    connection.execute(_ONE_MORE[connection.dialect.name], {"record": record, "day": day, "number": 1})


def forget(session: Session, *, person_id: int) -> None:
    """What somebody let others see of their records, and how often others looked, goes with them."""
    theirs = select(RecordSubject.record).where(RecordSubject.person_id == person_id)
    for table in (RecordShare, NameShowing, RecordLooks):
        session.execute(delete(table).where(table.record.in_(theirs)), execution_options={"synchronize_session": False})


def _hold(session: Session, record: str, person_id: int) -> None:
    own = select(RecordSubject.record).where(RecordSubject.record == record, RecordSubject.person_id == person_id)
    if session.scalar(own.with_for_update()) is None:
        raise NotFound


def _refuse_ended(session: Session, record: str) -> None:
    state = state_of(session, record)
    if state is None or not state.valid:
        raise Refused(_("This record is not in force any more."))
