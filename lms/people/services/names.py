"""Being welcomed, being called, and being right about a name."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.events import publish
from lms.people.events import NameConfirmed, PersonWelcomed
from lms.people.models import Affiliation, IdentityKind, IdentityRow, MailedToken, NameConfirmation, Person
from lms.people.queries.institutions import function_place, held_on
from lms.people.queries.viewers import Viewer
from lms.people.rules.names import PersonName, mistake_in_line, tidy_line
from lms.people.sealing import confirmation_place, name_place, seal_reason, seal_text
from lms.web.access import Permission
from lms.web.dates import is_zone

from .institutions import LONGEST_FUNCTION
from .persons import checked_name
from .wording import refuse_text

WAIT = dt.timedelta(days=14)
SHORTEST_REASON, LONGEST_REASON = 10, 1000


def welcome(
    session: Session,
    *,
    person: Person,
    name: PersonName,
    locale: str,
    zone: str,
    function: str = "",
    at: dt.datetime,
) -> None:
    """The first sign-in is complete: name confirmed, language and zone chosen. Once; raises Refused."""
    if person.welcomed_at is not None:
        return
    change_name(session, person=person, name=name, at=at)
    set_language(session, person=person, locale=locale, zone=zone)
    if function:
        set_function(session, person=person, function=function, day=at.date())
    person.welcomed_at = at
    audit.record(session, at=at, actor=person.subject, act="person.welcomed", about=person.subject)
    publish(session, PersonWelcomed(person_id=person.id, at=at))


def change_name(session: Session, *, person: Person, name: PersonName, at: dt.datetime) -> None:
    """What somebody says of their own name is right from then on; raises Refused."""
    checked = checked_name(name)
    row = session.scalar(
        select(IdentityRow).where(
            IdentityRow.person_id == person.id, IdentityRow.kind == IdentityKind.NAME, IdentityRow.primary
        )
    )
    if row is None:
        raise NotFound
    row.sealed = seal_text(session, person.id, checked.to_json(), name_place(row.place))
    _confirm(session, person, person.id, None, at)
    audit.record(session, at=at, actor=person.subject, act="name.given", about=person.subject)


def _confirm(session: Session, person: Person, by: int, reason: str | None, at: dt.datetime) -> None:
    sealed = seal_reason(session, person.id, reason, confirmation_place(at))
    session.add(NameConfirmation(person_id=person.id, by_person_id=by, sealed_reason=sealed, at=at))
    person.name_confirmed_at = at
    session.flush()  # a reaction looks at name_confirmed_at in the database
    publish(session, NameConfirmed(person_id=person.id, at=at))


def confirm_name(session: Session, *, person: Person, by: Viewer, reason: str | None, at: dt.datetime) -> None:
    """Say that a name is right as it stands: one's own, or as a coordinator somebody else's who has not answered for
    14 days, with a reason of ten characters. The caller has checked that the person is in reach. Raises Refused,
    NotFound for whoever may not."""
    if person.name_confirmed_at is not None:
        return
    if by.person_id == person.id:
        _confirm(session, person, by.person_id, None, at)
        return
    if not by.can(Permission.COORDINATE):
        raise NotFound
    reason = tidy_line(reason or "")
    refuse_text(mistake_in_line(reason, LONGEST_REASON))
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Write the reason in at least ten characters; it is kept."))
    if at - _asked_at(session, person) < WAIT:
        raise Refused(_("The person has 14 days to confirm the name. After that you can confirm it for them."))
    _confirm(session, person, by.person_id, reason, at)
    audit.record(session, at=at, actor=by.subject, act="name.confirmed-for", about=person.subject)


def _asked_at(session: Session, person: Person) -> dt.datetime:
    """Since when somebody could have confirmed their name: the first sign-in, else the first invitation."""
    if person.welcomed_at is not None:
        return person.welcomed_at
    first = session.scalar(select(func.min(MailedToken.created_at)).where(MailedToken.person_id == person.id))
    return first or person.created_at


def set_language(session: Session, *, person: Person, locale: str, zone: str) -> None:
    """Language and time zone of a person's pages; raises Refused for a zone that is not one."""
    if not is_zone(zone):
        raise Refused(_("Choose a time zone from the list."))
    person.locale, person.zone = locale, zone


def set_locale(session: Session, *, person_id: int, locale: str) -> None:
    """The language of a person's pages and letters; one of those that are offered."""
    session.execute(update(Person).where(Person.id == person_id).values(locale=locale))


def set_function(session: Session, *, person: Person, function: str, day: dt.date) -> None:
    """What the person does where they serve on this day; kept sealed. Nothing happens without an institution."""
    function = tidy_line(function)
    refuse_text(mistake_in_line(function, LONGEST_FUNCTION))
    row = session.scalar(
        select(Affiliation)
        .where(Affiliation.person_id == person.id, held_on(day))
        .order_by(Affiliation.since.desc())
        .limit(1)
    )
    if row is not None:
        row.sealed_function = seal_text(session, person.id, function, function_place(row.since))
