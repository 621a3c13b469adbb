"""Places in an edition: given, taken, given up, passed on. Every step is an event, the row their summary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.kernel.values import dataclass
from lms.people.models import Affiliation, Institution, Sector
from lms.people.queries import subjects_of
from lms.people.sealing import seal_reason
from lms.seminars.events import EnrolmentAccepted, EnrolmentEnded, EnrolmentInvited, LookedAtAnew, Recounted
from lms.seminars.imports.models import Import, ImportRow, ImportState
from lms.seminars.models import Edition, Enrolment, EnrolmentEvent
from lms.seminars.queries import Closing, closing_of, from_before, settled
from lms.seminars.rules import (
    PLACES,
    Deadline,
    EnrolmentState,
    Stage,
    counted,
    due_at,
    may_become,
    step_place,
)
from lms.web.meanwhile import as_shown

from .counting import count, keep_names_awaited, reach, recount


@dataclass(frozen=True)
class Serving:
    """Whom a place is given, and where they serve now, which the place keeps."""

    person_id: int
    affiliation_id: int
    institution_id: int
    state_code: str
    name_blind: str | None = None
    """By what they are found who have no address."""


def enrol(
    session: Session, *, edition: Edition, person_id: int, affiliation_id: int, at: dt.datetime, by: str | None
) -> Enrolment:
    """Nominate a person for an edition; raises Refused for one who is in it already, once or at the same moment."""
    found = select(Institution.state_code, Institution.id)
    there = session.execute(
        found.join(Affiliation, Affiliation.institution_id == Institution.id).where(
            Affiliation.id == affiliation_id, Affiliation.person_id == person_id
        )
    ).one()
    serving = Serving(person_id, affiliation_id, there.id, there.state_code)
    made = enrol_all(session, edition=edition, serving=[serving], at=at, by=by)
    if not made:
        raise Refused(_("This person is in this edition already."))
    return session.get_one(Enrolment, made[person_id])


def enrol_all(
    session: Session, *, edition: Edition, serving: Sequence[Serving], at: dt.datetime, by: str | None
) -> dict[int, int]:
    """Nominate up to a thousand at once in few statements: the id of each new place by its person. Whoever is in the
    edition already is left out. Raises Refused once attendance is closed."""
    _while_open(session, edition.id)
    # Read again now that nobody can change it.
    deadline = session.execute(select(Edition.deadline_at, Edition.deadline_on).where(Edition.id == edition.id)).one()
    houses = _houses_held(session, {one.institution_id for one in serving})
    due = Deadline(deadline.deadline_at, deadline.deadline_on)
    rows = [_new_place(edition.id, one, due, *houses[one.institution_id]) for one in serving]
    new = dialect_insert(session)(Enrolment).values(rows)
    new = new.on_conflict_do_nothing()
    made = session.execute(new.returning(Enrolment.id, Enrolment.public_id, Enrolment.person_id)).all()
    # Events are told apart by their id, so they are numbered in the order of the places.
    placed = sorted(made, key=lambda row: row.id)
    steps = [{"enrolment_id": row.id, "state": EnrolmentState.NOMINATED, "by": by, "at": at} for row in placed]
    if steps:
        session.execute(insert(EnrolmentEvent), steps)
        count(session, edition_id=edition.id, what=PLACES, change=len(steps))
        act = f"enrolment.{EnrolmentState.NOMINATED}"
        audit.record_all(session, at=at, actor=by, act=act, about=[row.public_id for row in placed])
    return {row.person_id: row.id for row in placed}


def _houses_held(session: Session, ids: Collection[int]) -> dict[int, tuple[Sector, str]]:
    """Sector and zone of institutions, which nobody corrects until the transaction ends."""
    found = select(Institution.id, Institution.sector, Institution.zone).where(Institution.id.in_(ids))
    rows = session.execute(found.order_by(Institution.id).with_for_update(read=True))
    return {row.id: (row.sector, row.zone) for row in rows}


def _new_place(edition_id: int, serving: Serving, deadline: Deadline, sector: Sector, zone: str) -> dict[str, object]:
    place = {"public_id": new_token(), "edition_id": edition_id, "state": EnrolmentState.NOMINATED}
    return {**vars(serving), **place, "sector": sector, "due_at": due_at(deadline, None, zone)}


def hold_as_shown(session: Session, *, enrolment: Enrolment, shown: str) -> None:
    """Nobody changes this place until the transaction ends. Raises Conflict where it stands otherwise than on the page
    with the marks `shown`."""
    _closing_held(session, enrolment.edition_id)
    session.refresh(enrolment, with_for_update={"key_share": True})
    as_shown({"state": enrolment.state}, shown)


def nominate_again(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """Take up again a place that was withdrawn before its person was told of it; raises Refused, Conflict."""
    while_steady(session, enrolment)
    if enrolment.invited_at is not None:
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
    move(session, enrolment, EnrolmentState.NOMINATED, at, by)


def invite(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """Offer the place, for the first time or again after it was given up; raises Conflict, and Refused also in an
    edition from before this system, since its records would follow from what was done here."""
    while_steady(session, enrolment)
    if from_before(session, enrolment.edition_id):
        raise Refused(_("This edition is from before this system, so nobody can be invited to it."))
    move(session, enrolment, EnrolmentState.INVITED, at, by)
    enrolment.invited_at = at
    enrolment.replaced_by_id = None
    reach(session, enrolment=enrolment, stage=Stage.INVITED, at=at)
    publish(session, EnrolmentInvited(enrolment.id, enrolment.edition_id, enrolment.person_id, at))


def accept(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """Take the place; by its holder, or by a coordinator who was told so. Raises Conflict, and Refused once attendance
    is closed in an edition where it is asked for, since no half-day of theirs could be counted any more."""
    closing = _closing_held(session, enrolment.edition_id)
    if settled(session, enrolment.edition_id):
        raise Refused(said_closed())
    _take(session, enrolment, closing, at, by)


def _take(session: Session, enrolment: Enrolment, closing: Closing | None, at: dt.datetime, by: str | None) -> None:
    # Who waited here for the closing came after it, whenever the request began.
    at = max(at, closing.at) if closing else at
    move(session, enrolment, EnrolmentState.ACCEPTED, at, by)
    publish(session, EnrolmentAccepted(enrolment.id, enrolment.edition_id, enrolment.person_id, at))


def came_back(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """A person signed in: places offered are taken, where they still can be, and it is noted that they were seen."""
    mine = select(Enrolment).where(
        Enrolment.person_id == person_id,
        or_(
            Enrolment.state == EnrolmentState.INVITED,
            and_(Enrolment.state == EnrolmentState.ACCEPTED, Enrolment.first_seen_at.is_(None)),
        ),
    )
    waiting = session.scalars(mine.order_by(Enrolment.edition_id)).all()
    subject = subjects_of(session, [person_id])[person_id] if waiting else None
    for enrolment in waiting:
        if enrolment.state is EnrolmentState.INVITED:
            closing = _closing_held(session, enrolment.edition_id)
            if not settled(session, enrolment.edition_id):
                _take(session, enrolment, closing, at, by=subject)
        enrolment.first_seen_at = enrolment.first_seen_at or at
        reach(session, enrolment=enrolment, stage=Stage.SIGNED_IN, at=at)
    if waiting:
        keep_names_awaited(session, enrolment_ids=[enrolment.id for enrolment in waiting])


def name_confirmed(session: Session, *, person_id: int) -> None:
    """A person's name is right now, or their places are others: note it in every edition they are in."""
    theirs = session.scalars(select(Enrolment.id).where(Enrolment.person_id == person_id)).all()
    if theirs:
        keep_names_awaited(session, enrolment_ids=theirs)


def decline(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None, reason: str = "") -> None:
    """The person does not take the place offered."""
    _end(session, enrolment, EnrolmentState.DECLINED, at, by, reason)


def withdraw(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None, reason: str = "") -> None:
    """The place is given up, by the person's wish or the ministry's."""
    _end(session, enrolment, EnrolmentState.WITHDRAWN, at, by, reason)


def withdraw_untold(session: Session, *, enrolments: Sequence[Enrolment], at: dt.datetime, by: str) -> None:
    """Give up many places of which nobody was told and that are in no number, in few statements; the caller holds
    them."""
    if not enrolments:
        return
    then = EnrolmentState.WITHDRAWN
    session.execute(update(Enrolment), [{"id": place.id, "state": then} for place in enrolments])
    session.execute(
        insert(EnrolmentEvent),
        [{"enrolment_id": place.id, "state": then, "by": by, "at": at} for place in enrolments],
    )
    about = [place.public_id for place in enrolments]
    audit.record_all(session, at=at, actor=by, act=f"enrolment.{then}", about=about)
    for place in enrolments:
        publish(session, EnrolmentEnded(place.id, place.edition_id, place.person_id, str(then), at))


def replace(
    session: Session,
    *,
    enrolment: Enrolment,
    substitute: Enrolment,
    at: dt.datetime,
    by: str | None,
    reason: str = "",
    invited: bool = True,
) -> None:
    """Another person takes over the place: this one is `replaced`, the substitute `invited`. Raises Refused,
    Conflict."""
    if substitute.edition_id != enrolment.edition_id or substitute.id == enrolment.id:
        raise Refused(_("The substitute must be another person of the same edition."))
    _end(session, enrolment, EnrolmentState.REPLACED, at, by, reason)
    if invited and not counted(substitute.state):
        invite(session, enrolment=substitute, at=at, by=by)
    enrolment.replaced_by_id = substitute.id


def defer(
    session: Session, *, enrolment: Enrolment, later: Edition, at: dt.datetime, by: str | None, reason: str = ""
) -> Enrolment:
    """The place is given up here, and the person nominated for a later edition; gives the place there.

    Raises Refused where the other edition does not begin later or the person is in it already, Conflict.
    """
    here = session.get_one(Edition, enrolment.edition_id)
    if later.starts_on <= here.starts_on:
        raise Refused(_("Choose an edition that begins later than this one."))
    _end(session, enrolment, EnrolmentState.DEFERRED, at, by, reason)
    put_off = enrol(
        session, edition=later, person_id=enrolment.person_id, affiliation_id=enrolment.affiliation_id, at=at, by=by
    )
    put_off.deferred_from_id = enrolment.id
    return put_off


def _end(
    session: Session, enrolment: Enrolment, then: EnrolmentState, at: dt.datetime, by: str | None, reason: str
) -> None:
    while_steady(session, enrolment)
    move(session, enrolment, then, at, by, reason or None)
    publish(session, EnrolmentEnded(enrolment.id, enrolment.edition_id, enrolment.person_id, str(then), at))


def _while_open(session: Session, edition_id: int) -> None:
    if _closing_held(session, edition_id):
        raise Refused(said_closed())


def said_closed() -> str:
    """Why nobody comes or goes any more."""
    return str(_("The attendance of this edition is closed, so nobody can be added or taken out any more."))


def while_steady(session: Session, enrolment: Enrolment) -> None:
    """A place changes while the edition is open, and not while the import that it came with is being taken back."""
    _while_open(session, enrolment.edition_id)
    going = select(Import.id).join(ImportRow, ImportRow.import_id == Import.id)
    if session.scalar(going.where(ImportRow.enrolment_id == enrolment.id, Import.state == ImportState.UNDOING)):
        raise Refused(_("The import that this place came with is being taken back. Look again when that is done."))


def _closing_held(session: Session, edition_id: int) -> Closing | None:
    # Shared, so that people can come and go at once, but not while attendance is being closed. The edition is held
    # before the place, as a closing does, so that neither waits for the other.
    session.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(read=True))
    return closing_of(session, edition_id)


def move(
    session: Session,
    enrolment: Enrolment,
    then: EnrolmentState,
    at: dt.datetime,
    by: str | None,
    reason: str | None = None,
    *,
    back: bool = False,
) -> None:
    """Append the step, or one that takes the last one back, and keep the summary and the numbers in line with it."""
    session.flush()  # what was changed in this row so far, before it is read again
    # The row is locked and read again: of two changes at once the second sees what the first has done.
    session.refresh(enrolment, with_for_update={"key_share": True})
    if not back and not may_become(enrolment.state, then):
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
    before, enrolment.state = enrolment.state, then
    if counted(then) != counted(before):
        recount(session, enrolment, 1 if counted(then) else -1)
        if enrolment.first_seen_at is not None:
            keep_names_awaited(session, enrolment_ids=[enrolment.id])
            publish(session, Recounted(enrolment.id))
        else:
            publish(session, LookedAtAnew((enrolment.id,)))
    _note(session, enrolment, then, at, by, reason)


def _note(
    session: Session, enrolment: Enrolment, state: EnrolmentState, at: dt.datetime, by: str | None, reason: str | None
) -> None:
    sealed = seal_reason(session, enrolment.person_id, reason, step_place(enrolment.id, state, at))
    session.add(EnrolmentEvent(enrolment_id=enrolment.id, state=state, by=by, sealed_reason=sealed, at=at))
    session.flush()  # events are told apart by their id, so they must be numbered in the order they happened
    audit.record(session, at=at, actor=by, act=f"enrolment.{state}", about=enrolment.public_id)
