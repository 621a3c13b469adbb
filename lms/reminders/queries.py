"""Who could be reminded, what reminders say, and what was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.catalogue.queries import outline
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.learning.models import EnrolmentProgress
from lms.learning.queries import standings, standings_in
from lms.people.models import IdentityKind, IdentityRow, Institution, MailChoice, Person, SentLetter
from lms.people.queries.institutions import own_zone
from lms.people.queries.mail import stopped
from lms.people.queries.sensitive import is_to_be_named
from lms.people.rules import Scope
from lms.people.rules.letters import DAY, URGENT, WEEK
from lms.seminars.models import AttendanceClosing, Edition, Enrolment
from lms.seminars.queries import may_be_running, version_in_force, visible_to
from lms.seminars.rules import COUNTED, told_without_zone
from lms.seminars.rules.deadlines import is_over

from .models import ReminderLeftOut, ReminderSending, ReminderText, WeeklyReminder
from .rules import Candidate, LeftOut, Text
from .wording import house_text

FEW = 500
"""So many ids fit into a statement; for more the whole edition is read."""


_LAST = (
    select(func.max(SentLetter.at))
    .where(SentLetter.person_id == Person.id, SentLetter.digest, SentLetter.withheld_at.is_(None))
    .correlate(Person)
    .scalar_subquery()
)
"""When a person was last sent a digest, whichever edition it was about."""


def candidates(
    session: Session, edition: Edition, scope: Scope, enrolments: Collection[int], at: dt.datetime
) -> list[Candidate]:
    """These people of an edition, as far as the scope shows them, in the order in which they came; one statement."""
    found = _candidates(at).where(Enrolment.edition_id == edition.id, visible_to(scope))
    if len(enrolments) <= FEW:
        found = found.where(Enrolment.id.in_(enrolments))
    wanted = frozenset(enrolments)
    rows = session.execute(found.order_by(Enrolment.id))
    return [_candidate(row) for row in rows if row.id in wanted]


def _candidates(at: dt.datetime) -> Select[*tuple[Any, ...]]:
    mine = and_(IdentityRow.person_id == Person.id, IdentityRow.kind == IdentityKind.ADDRESS, IdentityRow.primary)
    return (
        select(
            Enrolment.id, Enrolment.edition_id, Enrolment.public_id, Enrolment.state, Enrolment.due_at,
            Person.id.label("person_id"), Person.subject, Person.locale, own_zone(at.date()).label("zone"),
            Person.welcomed_at,
            Person.disabled_at, Institution.zone.label("institution_zone"), Institution.name.label("institution"),
            EnrolmentProgress.completed_at, IdentityRow.id.label("identity_id"),
            stopped(IdentityRow.id).label("bounced"), MailChoice.stopped_at,
            _LAST.label("last_at"),
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .outerjoin(IdentityRow, mine)
        .outerjoin(MailChoice, MailChoice.person_id == Person.id)
    )  # fmt: skip


def _candidate(row: Any) -> Candidate:
    return Candidate(
        enrolment_id=row.id,
        edition_id=row.edition_id,
        public_id=row.public_id,
        person_id=row.person_id,
        subject=row.subject,
        state=row.state,
        erased=row.disabled_at is not None,
        finished=row.completed_at is not None,
        welcomed=row.welcomed_at is not None,
        identity_id=row.identity_id,
        bounced=bool(row.bounced),
        stopped=row.stopped_at is not None,
        last_at=row.last_at,
        deadline=row.due_at,
        locale=row.locale or "en",
        zone=row.zone,
        institution=row.institution,
        institution_zone=row.institution_zone,
    )


def units_left(session: Session, edition_id: int, enrolments: Collection[int]) -> dict[int, int]:
    """How many texts each of these enrolments still has to read; three statements."""
    if not enrolments:
        return {}
    course, ids = outline(session, version_in_force(session, edition_id)), list(enrolments)
    found = standings(session, ids, course) if len(ids) <= FEW else standings_in(session, edition_id, course, ids)
    return {number: standing.total - standing.done for number, standing in found.items()}


def still_due(session: Session, person_id: int) -> dict[str, dt.datetime]:
    """When what somebody has not finished is due, by the edition's public id, where they have a place."""
    found = (
        select(Edition.public_id, Enrolment.due_at)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id == person_id, Enrolment.state.in_(COUNTED), EnrolmentProgress.completed_at.is_(None))
    )
    return {row.public_id: row.due_at for row in session.execute(found)}


def texts_in_force(session: Session, edition_id: int, languages: Collection[str]) -> dict[str, Text]:
    """What reminders of an edition say in each of these languages: a coordinator's text, else the house's."""
    newest = select(func.max(ReminderText.id)).where(ReminderText.edition_id == edition_id)
    rows = session.scalars(select(ReminderText).where(ReminderText.id.in_(newest.group_by(ReminderText.language))))
    own = {row.language: Text(row.subject, row.body) for row in rows if row.body}
    return {language: own.get(language) or house_text(language) for language in languages}


@dataclass(frozen=True)
class Sending:
    """That reminders were sent: when, how many, by whom, and how many people were left out; None where nobody noted
    it."""

    id: int
    public_id: str
    at: dt.datetime
    letters: int
    by: str
    left_out: int | None


def sendings_of(session: Session, edition_id: int, public_id: str | None = None) -> list[Sending]:
    """Every sending of an edition whose door was passed before, the latest first; or one."""
    out = select(func.count()).where(ReminderLeftOut.sending_id == ReminderSending.id).correlate(ReminderSending)
    known = case((ReminderSending.told_apart, out.scalar_subquery()), else_=None)
    rows = select(
        ReminderSending.id, ReminderSending.public_id, ReminderSending.at, ReminderSending.letters, ReminderSending.by,
        known,
    ).where(ReminderSending.edition_id == edition_id)  # fmt: skip
    if public_id is not None:
        rows = rows.where(ReminderSending.public_id == public_id)
    return [Sending(*row) for row in session.execute(rows.order_by(ReminderSending.id.desc()))]


def sending_in(session: Session, edition_id: int, public_id: str) -> Sending:
    """One sending of an edition whose door was passed before; raises NotFound, also where it is not known who was left
    out of it."""
    found = sendings_of(session, edition_id, public_id)
    if not found or found[0].left_out is None:
        raise NotFound
    return found[0]


@dataclass(frozen=True)
class OneLeftOut:
    """Somebody who got no letter, and why not."""

    enrolment: str
    person_id: int
    reason: LeftOut


def left_out_of(session: Session, sending: Sending, scope: Scope) -> list[OneLeftOut]:
    """Who was left out of a sending, by reason and in the order in which they came; one statement."""
    rows = session.execute(
        select(Enrolment.public_id, Enrolment.person_id, ReminderLeftOut.reason)
        .join(ReminderLeftOut, ReminderLeftOut.enrolment_id == Enrolment.id)
        .where(ReminderLeftOut.sending_id == sending.id, visible_to(scope))
        .order_by(Enrolment.id)
    )
    order = list(LeftOut)
    return sorted((OneLeftOut(*row) for row in rows), key=lambda one: order.index(one.reason))


def sent_before(session: Session, edition_id: int, client_key: str) -> int | None:
    """How many letters this very page sent already; None where it has sent none."""
    found = select(ReminderSending.letters).where(
        ReminderSending.edition_id == edition_id, ReminderSending.client_key == client_key
    )
    return session.scalar(found)


@dataclass(frozen=True)
class TextChange:
    """That a coordinator wrote a text of reminders, or went back to the house's."""

    language: str
    at: dt.datetime
    by: str
    back: bool


def text_changes(session: Session, edition_id: int) -> list[TextChange]:
    """Every change to the texts of an edition whose door was passed before, the latest first."""
    rows = select(ReminderText.language, ReminderText.at, ReminderText.by, (ReminderText.body == "").label("back"))
    found = session.execute(rows.where(ReminderText.edition_id == edition_id).order_by(ReminderText.id.desc()))
    return [TextChange(*row) for row in found]


def weekly_on(session: Session, edition_id: int) -> bool:
    """Whether a coordinator has turned the weekly reminder of an edition on."""
    last = select(WeeklyReminder.on).where(WeeklyReminder.edition_id == edition_id)
    return bool(session.scalar(last.order_by(WeeklyReminder.id.desc()).limit(1)))


def shown_to_others(session: Session, edition: Edition, one: Candidate) -> Candidate:
    """Somebody as a letter to them is shown to others: as they are, or, who is not to be named, on the programme's
    clocks, with a day that ends there; their own clocks, and when a day ends on them, would tell where they serve."""
    if is_to_be_named(session, one.person_id):
        return one
    due = told_without_zone(one.deadline, one.institution_zone, edition.zone)
    return replace(one, zone=edition.zone, deadline=due.at)


def weekly_editions(session: Session, at: dt.datetime) -> list[Edition]:
    """The editions whose weekly reminder is on, that are not over and whose attendance is open; held until the change
    is done, so that two workers do not write to the same people."""
    newest = select(func.max(WeeklyReminder.id)).group_by(WeeklyReminder.edition_id)
    on = select(WeeklyReminder.edition_id).where(WeeklyReminder.id.in_(newest), WeeklyReminder.on)
    closed = select(AttendanceClosing.edition_id)
    found = select(Edition).where(Edition.id.in_(on), Edition.id.not_in(closed), may_be_running(at))
    held = session.scalars(found.order_by(Edition.id).with_for_update(key_share=True))
    return [one for one in held if not is_over(one.ends_on, one.zone, at)]


def _near(editions: Collection[int], at: dt.datetime) -> ColumnElement[bool]:
    place, read = aliased(Enrolment), aliased(EnrolmentProgress)
    found = select(place.id).outerjoin(read, read.enrolment_id == place.id).where(
        place.person_id == Person.id, place.edition_id.in_(editions), place.state.in_(COUNTED),
        read.completed_at.is_(None), place.due_at >= at, place.due_at <= at + URGENT,
    )  # fmt: skip
    return found.correlate(Person).exists()


def weekly_candidates(
    session: Session, editions: Collection[int], zones: Collection[str], at: dt.datetime, after: int, most: int
) -> tuple[list[Candidate], int]:
    """People beyond the one with the id `after` who have something left to read in these editions, have chosen one of
    `zones`, and may be due for a digest: about `most` places, those of one person never apart. With the id after which
    there may be more, or 0. One statement."""
    # One near deadline makes a letter due, and that letter is about all of their places.
    near = and_(_near(editions, at), at - DAY >= _LAST)
    due = or_(_LAST.is_(None), at - dt.timedelta(days=WEEK - 1) >= _LAST, near)
    found = _candidates(at).where(
        Enrolment.edition_id.in_(editions), Enrolment.state.in_(COUNTED), EnrolmentProgress.completed_at.is_(None),
        Person.disabled_at.is_(None), IdentityRow.id.is_not(None), ~stopped(IdentityRow.id),
        MailChoice.stopped_at.is_(None), own_zone(at.date()).in_(zones), due, Person.id > after,
    )  # fmt: skip
    rows = session.execute(found.order_by(Person.id, Enrolment.id).limit(most + 1)).all()
    if len(rows) <= most:
        return [_candidate(row) for row in rows], 0
    whole = [row for row in rows if row.person_id != rows[-1].person_id]
    return [_candidate(row) for row in whole], whole[-1].person_id if whole else rows[-1].person_id
