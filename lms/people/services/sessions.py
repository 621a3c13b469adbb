"""Signed-in browsers: begun, kept in mind, ended."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.events import publish
from lms.kernel.secrets import digest, new_token
from lms.people.events import SignedIn
from lms.people.models import Person, SignInSession
from lms.people.queries.mandates import grants_of
from lms.people.queries.persons import subjects_of
from lms.people.rules.sessions import MOST_SESSIONS, device_words, lifetime


def start_session(
    session: Session, *, person_id: int, at: dt.datetime, keep: bool = False, user_agent: str = ""
) -> str:
    """Begin a sign-in; gives the token for the cookie, which is kept nowhere. The oldest of more than five ends."""
    # Held, so that two sign-ins at once do not both find room; rows that point to the person can be written meanwhile.
    held = select(Person.subject).where(Person.id == person_id).with_for_update(key_share=True)
    subject = session.scalars(held).one()
    _make_room(session, person_id, at)
    life = lifetime(staff=bool(grants_of(session, person_id, at.date())), keep=keep)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            public_id=new_token(),
            token_digest=digest(token),
            person_id=person_id,
            device=device_words(user_agent),
            created_at=at,
            seen_at=at,
            expires_at=at + life.absolute,
            idle_seconds=int(life.idle.total_seconds()),
        )
    )
    audit.record(session, at=at, actor=subject, act="sign-in", about=subject)
    publish(session, SignedIn(person_id=person_id, at=at))
    return token


def _make_room(session: Session, person_id: int, at: dt.datetime) -> None:
    live = session.scalars(
        select(SignInSession.id)
        .where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > at)
        .order_by(SignInSession.created_at.desc(), SignInSession.id.desc())
    ).all()
    over = live[MOST_SESSIONS - 1 :]
    if over:
        _end(session, at, "session.ended", SignInSession.id.in_(over))


def note_use(session: Session, session_id: int, at: dt.datetime) -> None:
    """Remember that a session is in use."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=at))


def end_session(session: Session, *, person_id: int, public_id: str, at: dt.datetime) -> bool:
    """End one session of a person; says whether there was one to end."""
    one = (SignInSession.person_id == person_id, SignInSession.public_id == public_id)
    return _end(session, at, "session.ended", *one)


def end_session_row(session: Session, *, session_id: int, at: dt.datetime) -> bool:
    """End the session with this row number: what signing out does."""
    return _end(session, at, "sign-out", SignInSession.id == session_id)


def end_other_sessions(session: Session, *, person_id: int, at: dt.datetime, but: int | None = None) -> bool:
    """End every session of a person, save the one with row number `but`."""
    others = (SignInSession.person_id == person_id, SignInSession.id != (but or 0))
    return _end(session, at, "session.ended", *others)


def _end(session: Session, at: dt.datetime, act: str, *which: ColumnElement[bool]) -> bool:
    change = update(SignInSession).where(SignInSession.ended_at.is_(None), *which).values(ended_at=at)
    ended = session.scalars(change.returning(SignInSession.person_id)).all()
    subjects = subjects_of(session, ended) if ended else {}
    for person_id in ended:
        audit.record(session, at=at, actor=subjects[person_id], act=act, about=subjects[person_id])
    return bool(ended)
