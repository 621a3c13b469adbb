"""The person who looks: who they are and what they may, asked anew at each request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Row, Select, Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from lms.kernel.db import ask
from lms.kernel.secrets import digest
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.models import HostLink, IdentityKind, IdentityRow, Mandate, Person, PersonKey, SignInSession
from lms.people.rules.mandates import Grant, MandateState, Role, Scope, scope_of
from lms.people.rules.names import PersonName
from lms.people.rules.sessions import SEEN_EVERY, lives
from lms.people.sealing import name_place
from lms.web.access import Permission

EVERYONE = frozenset({Permission.SIGNED_IN, Permission.LEARN, Permission.ALUMNI})
BY_ROLE: Mapping[Role, frozenset[Permission]] = {
    Role.TRAINER: frozenset({Permission.AUTHOR}),
    Role.REVIEWER: frozenset({Permission.AUTHOR}),
    Role.COORDINATOR: frozenset({Permission.OVERSEE, Permission.COORDINATE}),
    Role.FOCAL_POINT: frozenset({Permission.OVERSEE}),
    Role.EVALUATOR: frozenset({Permission.EVALUATE}),
    Role.OBSERVER: frozenset({Permission.READ_TEXTS}),
    Role.ADMINISTRATOR: frozenset(
        {Permission.OVERSEE, Permission.COORDINATE, Permission.EVALUATE, Permission.ADMINISTER}
    ),
}


@dataclass(frozen=True)
class Viewer:
    """The signed-in person with what their mandates of today grant."""

    person_id: int
    subject: str
    name: str
    locale: str | None
    zone: str | None
    grants: tuple[Grant, ...]
    scope: Scope
    welcomed: bool = True
    session_id: int | None = None
    """The row of the sign-in; None where the host says who is signed in."""
    tell_seen: bool = False
    """Whether it is time to note that the session is in use."""

    def can(self, permission: Permission) -> bool:
        """Whether this person may open pages of this kind."""
        return permission in self._permissions

    @cached_property
    def _permissions(self) -> frozenset[Permission]:
        return EVERYONE.union(*(BY_ROLE[grant.role] for grant in self.grants))

    @property
    def staff(self) -> bool:
        """Whether any mandate is in force."""
        return bool(self.grants)


def _asking(by: ColumnElement[bool], through: Table | None = None, *more: ColumnElement[Any]) -> Select[Any]:
    """Who it is and what they may, as one row for each grant, or one without.

    Every request asks this, so the statements are built once, of plain tables: built anew as an entity query one costs
    more than the page around it.
    """
    who = _person.join(_key, _key.c.person_id == _person.c.id).join(_identity, _identity.c.person_id == _person.c.id)
    who = who if through is None else who.join(through, through.c.person_id == _person.c.id)
    day = bindparam("day", type_=Date)
    in_force = and_(
        _mandate.c.person_id == _person.c.id,
        _mandate.c.state == MandateState.IN_FORCE,
        _mandate.c.since <= day,
        or_(_mandate.c.until.is_(None), _mandate.c.until >= day),
    )
    return (
        select(*_COLUMNS, *more)
        .select_from(who.outerjoin(_mandate, in_force))
        .where(_identity.c.kind == IdentityKind.NAME, _identity.c.primary)
        .where(_person.c.disabled_at.is_(None), _person.c.erased_at.is_(None), by)
        .order_by(_mandate.c.id)
    )


_person, _key, _identity, _mandate, _session, _link = (
    cast(Table, model.__table__) for model in (Person, PersonKey, IdentityRow, Mandate, SignInSession, HostLink)
)
# First the three of a grant, then the eight of the person: rows are taken apart in this order below, since what has a
# name in a row of SQLAlchemy's takes ten times as long to get at.
_COLUMNS = (
    *(_mandate.c[name] for name in ("role", "scope", "scope_id")),
    *(_person.c[name] for name in ("id", "subject", "locale", "zone", "welcomed_at")),
    _key.c.wrapped,
    _identity.c.place,
    _identity.c.sealed,
)
_BY_TOKEN = _asking(
    and_(_session.c.token_digest == bindparam("token"), _session.c.ended_at.is_(None)),
    _session,
    *(_session.c[name] for name in ("id", "created_at", "seen_at", "expires_at", "idle_seconds")),
)
_BY_HOST = _asking(and_(_link.c.host == bindparam("host"), _link.c.blind_subject == bindparam("blind_subject")), _link)
_BY_ID = _asking(_person.c.id == bindparam("person_id"))


def viewer_for_token(session: Session, token: str, at: dt.datetime) -> Viewer | None:
    """Whoever the token of a cookie belongs to, in one statement; None once the session is over."""
    rows = ask(session, _BY_TOKEN, {"token": digest(token), "day": at.date()}).all()
    if not rows:
        return None
    grants = _grants(rows)
    *_who, session_id, created_at, seen_at, expires_at, idle_seconds = rows[0]
    alive = lives(
        created_at=created_at,
        seen_at=seen_at,
        expires_at=expires_at,
        idle=dt.timedelta(seconds=idle_seconds),
        staff=bool(grants),
        at=at,
    )
    seen = {"session_id": session_id, "tell_seen": at - seen_at >= SEEN_EVERY}
    return _viewer(rows[0], grants, **seen) if alive else None


def viewer_for_host(session: Session, host: str, blind_subject: str, at: dt.datetime) -> Viewer | None:
    """Whoever is linked to a host's user, in one statement."""
    values = {"host": host, "blind_subject": blind_subject, "day": at.date()}
    rows = ask(session, _BY_HOST, values).all()
    return _viewer(rows[0], _grants(rows)) if rows else None


def viewer_for_person(session: Session, person_id: int, at: dt.datetime) -> Viewer | None:
    """A person as they would look at a page now: for commands and work after the request."""
    rows = ask(session, _BY_ID, {"person_id": person_id, "day": at.date()}).all()
    return _viewer(rows[0], _grants(rows)) if rows else None


def _grants(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Grant, ...]:
    return tuple([Grant(role, scope, scope_id) for role, scope, scope_id, *_who in rows if role is not None])


def _viewer(row: Row[*tuple[Any, ...]], grants: tuple[Grant, ...], **seen: Any) -> Viewer:
    _role, _scope, _scope_id, person_id, subject, locale, zone, welcomed_at, wrapped, place, sealed, *_more = row
    name = keyring().unseal(wrapped, subject, sealed, name_place(place))
    return Viewer(
        person_id=person_id,
        subject=subject,
        name=PersonName.from_json(name.decode()).called,
        locale=locale,
        zone=zone,
        grants=grants,
        scope=scope_of(person_id, grants),
        welcomed=welcomed_at is not None,
        **seen,
    )
