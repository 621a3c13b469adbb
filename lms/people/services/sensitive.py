"""Marking people and states that are not to be named, and looking at a name behind a code name."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.people.events import NamingChanged
from lms.people.models import SensitiveMark
from lms.people.queries.persons import name_of, subjects_of
from lms.people.queries.sensitive import sensitive
from lms.people.queries.viewers import Viewer
from lms.people.rules.names import PersonName
from lms.people.sealing import mark_place, seal_reason

SHORTEST_REASON = 10


def mark_person(
    session: Session, *, person_id: int, state_code: str, on: bool, reason: str, by: Viewer, at: dt.datetime
) -> None:
    """From now on a code name stands for this person in lists, or their name again. Twice is once. Raises Refused."""
    _check(reason)
    if sensitive(session, person_id, state_code).person is on:
        return
    sealed = seal_reason(session, person_id, reason, mark_place(at))
    session.add(SensitiveMark(person_id=person_id, on=on, by_person_id=by.person_id, sealed_reason=sealed, at=at))
    subject = subjects_of(session, [person_id])[person_id]
    audit.record(session, at=at, actor=by.subject, act=_act("person", on), about=subject)
    publish(session, NamingChanged(at))


def mark_state(session: Session, *, state_code: str, on: bool, reason: str, by: Viewer, at: dt.datetime) -> None:
    """The same for everybody who serves a state; for those alone who coordinate everything. Raises Refused."""
    _check(reason)
    if not by.scope.everything:
        raise Refused(_("A state is marked by somebody who coordinates all editions."))
    if sensitive(session, 0, state_code).state is on:
        return
    sealed = seal_reason(session, by.person_id, reason, mark_place(at))
    session.add(SensitiveMark(state_code=state_code, on=on, by_person_id=by.person_id, sealed_reason=sealed, at=at))
    audit.record(session, at=at, actor=by.subject, act=_act("state", on))
    publish(session, NamingChanged(at))


def look_behind(session: Session, *, person_id: int, about: str, by: Viewer, at: dt.datetime) -> PersonName | None:
    """The name behind a code name; that it was looked at stays noted."""
    audit.record(session, at=at, actor=by.subject, act="name.looked-behind", about=about)
    return name_of(session, person_id)


def _check(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Please say in a sentence why."))


def _act(what: str, on: bool) -> str:
    return f"{what}.marked-sensitive" if on else f"{what}.sensitive-no-more"
