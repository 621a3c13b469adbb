"""Persons that a host application vouches for: linked by the host's stable subject, never by address alone."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from flask import g
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db, dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import digest
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import unit_of_work

from .host import HostUser
from .models import HostLink, IdentityRow, Person
from .queries.viewers import Viewer, viewer_for_host
from .services.persons import checked_address, checked_name, create_person


class AlreadyLinked(Exception):
    """Another request of the same user was first."""


def viewer_of_host(user: HostUser) -> Viewer | None:
    """The person linked to the host's user, made now if there is none; None for one who may not enter here."""
    at, blind = now(), blind_subject(user)
    found = viewer_for_host(db.session(), user.host, blind, at)
    if found:
        return found
    if _linked(db.session(), user.host, blind):
        # One who may not enter here; or another request of theirs was first, between our two questions.
        return viewer_for_host(db.session(), user.host, blind, at)
    # A sentence asked for meanwhile looks for the reader's language, and must not ask again who is here.
    g.lms_viewer = None
    # Twice, because another request may have taken the address in between.
    for _try in range(2):
        with suppress(AlreadyLinked, Conflict), unit_of_work() as session:
            link(session, user, at)
        if _linked(db.session(), user.host, blind):
            break
    return viewer_for_host(db.session(), user.host, blind, at)


def blind_subject(user: HostUser) -> str:
    """How the host's subject is kept: keyed, and exact to the letter."""
    return keyring().blind(digest(f"{user.host}:{user.subject}"))


def _linked(session: Session, host: str, blind: str) -> bool:
    return session.scalar(select(HostLink.id).where(HostLink.host == host, HostLink.blind_subject == blind)) is not None


def link(session: Session, user: HostUser, at: dt.datetime) -> Person:
    """Make a person for the host's user. An address that somebody here has already is left out, and that is
    written down; any other is written to, but until it is proved nobody is found by it, and whoever is invited at it
    takes it. Raises AlreadyLinked."""
    address, known = _free_address(session, user.address)
    person = create_person(session, name=_name(user), address=address, at=at)
    _insert_link(session, user, person, at)
    audit.record(session, at=at, actor=None, act="person.linked", about=person.subject, address_known=known)
    return person


def _free_address(session: Session, address: str | None) -> tuple[str | None, bool]:
    try:
        checked = checked_address(address or "")
    except Refused:
        return None, False
    row = session.scalar(select(IdentityRow.id).where(IdentityRow.blind_index == keyring().blind(checked)))
    return (None, True) if row else (checked, False)


def _name(user: HostUser) -> str:
    try:
        return checked_name(user.name).full
    except Refused:
        return str(_("Not yet named"))


def _insert_link(session: Session, user: HostUser, person: Person, at: dt.datetime) -> None:
    insert = dialect_insert(session)
    row = {"person_id": person.id, "host": user.host, "blind_subject": blind_subject(user), "linked_at": at}
    change = insert(HostLink).values(row).on_conflict_do_nothing(index_elements=["host", "blind_subject"])
    if session.scalar(change.returning(HostLink.id)) is None:
        raise AlreadyLinked
