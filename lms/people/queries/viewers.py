"""The person who looks: who they are and what they may, asked anew at each request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from lms.kernel.secrets import digest, unseal
from lms.kernel.settings import keyring
from lms.people.models import HostLink, IdentityKind, IdentityRow, Person, PersonKey, SignInSession
from lms.people.rules.mandates import Grant, Role, Scope, scope_of
from lms.people.rules.names import PersonName
from lms.people.rules.sessions import SEEN_EVERY, lives
from lms.people.sealing import name_place
from lms.web.access import Permission

from .mandates import grants_of

EVERYONE = frozenset({Permission.SIGNED_IN, Permission.LEARN, Permission.ALUMNI})
BY_ROLE: Mapping[Role, frozenset[Permission]] = {
    Role.TRAINER: frozenset({Permission.AUTHOR}),
    Role.REVIEWER: frozenset({Permission.AUTHOR}),
    Role.COORDINATOR: frozenset({Permission.OVERSEE, Permission.COORDINATE}),
    Role.FOCAL_POINT: frozenset({Permission.OVERSEE}),
    Role.EVALUATOR: frozenset({Permission.EVALUATE}),
    Role.OBSERVER: frozenset(),
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


def viewer_for_token(session: Session, token: str, at: dt.datetime) -> Viewer | None:
    """Whoever the token of a cookie belongs to, in two statements; None once the session is over."""
    asked = _people(SignInSession).join(SignInSession, SignInSession.person_id == Person.id)
    row = session.execute(
        asked.where(SignInSession.token_digest == digest(token), SignInSession.ended_at.is_(None))
    ).first()
    if row is None:
        return None
    signed_in: SignInSession = row[-1]
    grants = grants_of(session, row.id, at.date())
    alive = lives(
        created_at=signed_in.created_at,
        seen_at=signed_in.seen_at,
        expires_at=signed_in.expires_at,
        idle=dt.timedelta(seconds=signed_in.idle_seconds),
        staff=bool(grants),
        at=at,
    )
    seen = {"session_id": signed_in.id, "tell_seen": at - signed_in.seen_at >= SEEN_EVERY}
    return _viewer(row, grants, **seen) if alive else None


def viewer_for_host(session: Session, host: str, blind_subject: str, at: dt.datetime) -> Viewer | None:
    """Whoever is linked to a host's user, in two statements."""
    asked = _people(HostLink).join(HostLink, HostLink.person_id == Person.id)
    row = session.execute(asked.where(HostLink.host == host, HostLink.blind_subject == blind_subject)).first()
    return _viewer(row, grants_of(session, row.id, at.date())) if row else None


def viewer_for_person(session: Session, person_id: int, at: dt.datetime) -> Viewer | None:
    """A person as they would look at a page now: for commands and work after the request."""
    row = session.execute(_people(Person.erased_at).where(Person.id == person_id)).first()
    return _viewer(row, grants_of(session, row.id, at.date())) if row else None


def _people(last: Any) -> Select[Any]:
    return (
        select(
            Person.id,
            Person.subject,
            Person.locale,
            Person.zone,
            Person.welcomed_at,
            PersonKey.wrapped,
            IdentityRow.place,
            IdentityRow.sealed,
            last,
        )
        .select_from(Person)
        .join(PersonKey, PersonKey.person_id == Person.id)
        .join(IdentityRow, IdentityRow.person_id == Person.id)
        .where(IdentityRow.kind == IdentityKind.NAME, IdentityRow.primary)
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
    )


def _viewer(row: Row[Any], grants: tuple[Grant, ...], **seen: Any) -> Viewer:
    sealed = unseal(keyring().unwrap(row.wrapped, row.subject), row.sealed, name_place(row.place))
    return Viewer(
        person_id=row.id,
        subject=row.subject,
        name=PersonName.from_json(sealed.decode()).called,
        locale=row.locale,
        zone=row.zone,
        grants=grants,
        scope=scope_of(row.id, grants),
        welcomed=row.welcomed_at is not None,
        **seen,
    )
