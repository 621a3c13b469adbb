"""Noting which states are asked to nominate people, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Refused
from lms.kernel.values import dataclass
from lms.seminars.models import Edition, NominationCall
from lms.seminars.queries import calls_of
from lms.web.meanwhile import together

from .attendance import hold


@dataclass(frozen=True)
class Call:
    """What is noted of a state: places asked for, and the days of the letter and of its answer."""

    places: int
    sent_on: dt.date | None = None
    answered_on: dt.date | None = None


NOT_ASKED = Call(0)


def noted(session: Session, edition_id: int) -> dict[str, Call]:
    """What is noted of the states that are asked, by code; of an edition whose door was passed before."""
    rows = calls_of(session, edition_id)
    return {row.state_code: Call(row.places, row.sent_on, row.answered_on) for row in rows}


def note_calls(
    session: Session,
    *,
    edition: Edition,
    codes: Collection[str],
    call: Call,
    shown: str = "",
    at: dt.datetime,
    by: str,
) -> None:
    """Say the same of each of these states; noted twice, it is there once. Where nothing is asked and no letter went
    out, a state is taken off the list. Raises Refused for days that cannot be, ChangedMeanwhile where something else is
    noted of a state by now than when the page with the marks `shown` was drawn."""
    _sound(call, at.date())
    hold(session, edition)
    present = noted(session, edition.id)
    now_noted = {code: present.get(code, NOT_ASKED) for code in codes}
    kept = together(now_noted, dict.fromkeys(codes, call), shown)
    codes = [code for code in codes if kept[code] == call]
    if call == NOT_ASKED:
        gone = (NominationCall.edition_id == edition.id, NominationCall.state_code.in_(codes))
        session.execute(delete(NominationCall).where(*gone), execution_options={"synchronize_session": "fetch"})
    elif codes:
        rows = [{"edition_id": edition.id, "state_code": code, **vars(call)} for code in sorted(codes)]
        new = dialect_insert(session)(NominationCall).values(rows)
        said = {name: new.excluded[name] for name in vars(call)}
        session.execute(new.on_conflict_do_update(index_elements=["edition_id", "state_code"], set_=said))
    audit.record(session, at=at, actor=by, act="nominations.called", about=edition.public_id, states=len(codes))


def _sound(call: Call, today: dt.date) -> None:
    if call.answered_on and not call.sent_on:
        raise Refused(_("Say when the letter went out, too."))
    if call.sent_on and call.answered_on and call.answered_on < call.sent_on:
        raise Refused(_("The answer cannot have come before the letter went out."))
    if any(day and day > today + dt.timedelta(days=1) for day in (call.sent_on, call.answered_on)):
        raise Refused(_("This day is still to come."))


def call_answered(session: Session, *, edition_id: int, state_code: str, on: dt.date) -> None:
    """A state that was asked has nominated somebody; the day of its first answer stays."""
    asked = (NominationCall.edition_id == edition_id, NominationCall.state_code == state_code)
    session.execute(
        update(NominationCall).where(*asked, NominationCall.answered_on.is_(None), NominationCall.sent_on <= on)
        .values(answered_on=on),
        execution_options={"synchronize_session": "fetch"},
    )  # fmt: skip
