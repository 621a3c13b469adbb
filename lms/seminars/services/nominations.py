"""Bringing one person into an edition: known by their address or new, at a ministry we know or add."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import Refused
from lms.kernel.values import dataclass
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.models import Institution, Person, Sector
from lms.people.states import recognise
from lms.seminars.models import Edition, Enrolment
from lms.seminars.queries import institutions_named, settled
from lms.seminars.rules import Deadline, EnrolmentState, counted
from lms.web.languages import in_a_row

from .deadlines import extend
from .enrolments import decline, defer, enrol, replace, said_closed

NAMES_SHOWN = 5


@dataclass(frozen=True)
class Nominee:
    """Who is to be invited; sector and zone are needed only where the institution is new to us."""

    name: str
    address: str
    state: str
    institution: str
    sector: Sector | None = None
    zone: str = ""
    language: str | None = None
    function: str = ""


def nominate(session: Session, *, edition: Edition, nominee: Nominee, at: dt.datetime, by: str) -> Enrolment:
    """Give the person a place, nominated and not invited yet.

    Somebody known by the address is the same person and keeps their name. Raises Refused for an unknown state, for an
    institution that needs sector and zone, and for a person who is in the edition already.
    """
    institution = _institution(session, nominee, at, by)
    person = people.person_by_address(session, nominee.address) or people_services.create_person(
        session, name=nominee.name, address=nominee.address, at=at, locale=nominee.language
    )
    affiliation_id = serve_at(session, person, institution, at, by, function=nominee.function)
    return enrol(session, edition=edition, person_id=person.id, affiliation_id=affiliation_id, at=at, by=by)


def give_until(session: Session, *, enrolment: Enrolment, due: Deadline, at: dt.datetime, by: str) -> None:
    """Let somebody who comes late read until then, where they have not more time already. Raises Refused."""
    zone = session.get_one(Institution, enrolment.institution_id).zone
    if enrolment.deadline_at is None or due.within(zone) > enrolment.due_at:
        extend(session, enrolment=enrolment, deadline_at=due.at, deadline_on=due.day, at=at, by=by)


def serves_elsewhere(session: Session, *, enrolment: Enrolment, nominee: Nominee) -> bool:
    """Whether the place stands under another institution than was named, since its holder says so."""
    here = institutions_named(session, recognise(nominee.state).code, nominee.institution)[0]
    return here is not None and here.id != enrolment.institution_id


def substitute(
    session: Session,
    *,
    edition: Edition,
    enrolment: Enrolment,
    nominee: Nominee,
    reason: str,
    at: dt.datetime,
    by: str,
) -> Enrolment:
    """Let another person take over a place; one who was nominated or had left is taken up again. Raises Refused."""
    person = people.person_by_address(session, nominee.address)
    waiting: Enrolment | None = session.scalar(
        select(Enrolment).where(
            Enrolment.edition_id == edition.id, Enrolment.person_id == (person.id if person else None)
        )
    )
    if waiting is None or counted(waiting.state):
        waiting = nominate(session, edition=edition, nominee=nominee, at=at, by=by)
    replace(session, enrolment=enrolment, substitute=waiting, at=at, by=by, reason=reason)
    return waiting


def put_off(
    session: Session, *, enrolment: Enrolment, later: Edition, reason: str, at: dt.datetime, by: str
) -> Enrolment:
    """Defer a place to a later edition, and tell whoever was invited. Raises Refused, Conflict."""
    told = enrolment.invited_at is not None
    place = defer(session, enrolment=enrolment, later=later, at=at, by=by, reason=reason)
    if told:
        here = session.get_one(Edition, enrolment.edition_id)
        titles = {"edition_title": here.title, "later_title": later.title}
        people_services.write_to(
            session, person_id=enrolment.person_id, template="seminars/deferred", context=titles, about=here.public_id
        )
    return place


def decline_own(session: Session, *, enrolment: Enrolment, reason: str, at: dt.datetime, by: str) -> None:
    """The holder of an offered place does not take it, and gets a letter that says so. Raises Refused, Conflict."""
    if enrolment.state is not EnrolmentState.INVITED:
        raise Refused(_("This place is not offered to you any more, or you have taken it already."))
    decline(session, enrolment=enrolment, at=at, by=by, reason=reason)
    title = {"edition_title": session.get_one(Edition, enrolment.edition_id).title}
    people_services.write_to(session, person_id=enrolment.person_id, template="seminars/declined", context=title)


def decline_all(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """Somebody declined from the invitation: every place that is offered to them."""
    offered = select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.INVITED)
    subject = people.subjects_of(session, [person_id])[person_id]
    for enrolment in session.scalars(offered.order_by(Enrolment.edition_id)).all():
        decline_own(session, enrolment=enrolment, reason="", at=at, by=subject)


def send_invitation(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: int | None) -> None:
    """Write to an invited person; a code sent earlier is no longer good. `by` is a person's id. Raises Refused."""
    if not counted(enrolment.state):
        raise Refused(_("This person is not invited."))
    if enrolment.state is EnrolmentState.INVITED and settled(session, enrolment.edition_id):
        raise Refused(said_closed())
    edition = session.get_one(Edition, enrolment.edition_id)
    person = session.get_one(Person, enrolment.person_id)
    people_services.invite(session, person=person, by=by, at=at, edition_title=edition.title, about=edition.public_id)


def _institution(session: Session, nominee: Nominee, at: dt.datetime, by: str) -> Institution:
    state = recognise(nominee.state)
    found, names = institutions_named(session, state.code, nominee.institution)
    if found:
        return found
    if not nominee.sector or not nominee.zone:
        known = in_a_row(names[:NAMES_SHOWN])
        sentence = _("We know no ministry or institution of this name there. Choose sector and time zone to add it.")
        also = _("Known there: %(names)s.", names=known)
        raise Refused(f"{sentence} {also}" if known else sentence)
    return people_services.create_institution(
        session,
        state_code=state.code,
        sector=nominee.sector,
        name=nominee.institution,
        zone=nominee.zone,
        at=at,
        by=by,
    )


def serve_at(
    session: Session, person: Person, institution: Institution, at: dt.datetime, by: str, *, function: str = ""
) -> int:
    """Where the person serves today; somebody who served elsewhere so far has moved. Of whoever has been here, their
    own word counts: they move themselves, on their account page. Of two moves on one day the first counts, and one that
    is announced stands."""
    today = at.date()
    present = people.affiliation_on(session, person.id, today)
    announced = people.affiliation_after(session, person.id, today)
    if present is None and announced and (person.welcomed_at is not None or announced.institution.id == institution.id):
        return announced.id
    if present is None:
        until = announced.since - dt.timedelta(days=1) if announced else None
        return people_services.affiliate(
            session, person=person, institution=institution, since=today, until=until, function=function
        ).id
    theirs = person.welcomed_at is not None or present.since >= today or announced is not None
    if present.institution.id == institution.id or theirs:
        return present.id
    moved = people_services.move(
        session, person=person, institution=institution, function=function, on=today, at=at, by=by
    )
    return moved.id
