"""What of an entry's editions moves over when it is joined into another entry of the same person."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.people.joining import Joining, Told, binds, moves, objects, tells
from lms.people.models import Person

from .events import PlacesJoined
from .imports.models import Import, ImportRow
from .imports.sealing import before_place
from .models import (
    AttendanceMark,
    CalendarAddress,
    ContactNote,
    Edition,
    EditionCompanion,
    EditionSeen,
    Enrolment,
    EnrolmentEvent,
    Nomination,
    ParticipantRequest,
    StageReached,
)
from .queries import closing_of
from .rules import OPEN, Stage, answer_place, counted, message_place, step_place
from .rules.joining import RecordLost, Rival, place_to_keep
from .rules.nominations import nomination_place
from .services import replace
from .services.uniting import unite


@moves(EditionCompanion.person_id)
def companions(session: Session, joining: Joining) -> None:
    """In a role in which both stood in one edition, they stand once."""
    mine = select(EditionCompanion.edition_id, EditionCompanion.role)
    held = {tuple(row) for row in session.execute(mine.where(EditionCompanion.person_id == joining.stays))}
    for row in session.scalars(select(EditionCompanion).where(EditionCompanion.person_id == joining.goes)):
        if (row.edition_id, row.role) in held:
            session.execute(delete(EditionCompanion).where(EditionCompanion.id == row.id))
        else:
            row.person_id = joining.stays


@moves(Enrolment.person_id)
def places(session: Session, joining: Joining) -> None:
    """Every place, but where both have one in the same edition: there one is kept, with what was earned at both, and
    the other one is replaced by it and stays where it is, so that old links lead on. Raises Refused."""
    left = {
        _settled(session, joining, mine, theirs).id for mine, theirs in rivals(session, joining.stays, joining.goes)
    }
    moving = select(Enrolment).where(Enrolment.person_id == joining.goes, Enrolment.id.not_in(left))
    for place in session.scalars(moving.order_by(Enrolment.id)).all():
        _reseal(session, joining, place)
        place.person_id = joining.stays


def _coordinated() -> str:
    return str(_("The entry that would go has worked as a coordinator under its own name. Keep that entry."))


binds(_coordinated, ContactNote.by_person_id, EditionSeen.person_id)


def _nominated() -> str:
    return str(_("The entry that would go has nominated people under its own name. Keep that entry."))


binds(_nominated, Nomination.by_person_id)


@moves(Nomination.person_id)
def nominated(session: Session, joining: Joining) -> None:
    """What a focal point said of the person is sealed under the entry that stays."""
    for found in session.scalars(select(Nomination).where(Nomination.person_id == joining.goes)).all():
        found.sealed_words = joining.resealed(found.sealed_words, nomination_place(found.public_id))
        found.person_id = joining.stays


@objects
def closed_editions_stay_as_they_are(session: Session, stays: int, goes: int) -> list[str]:
    """Where attendance is closed nobody is taken out any more, and a record cannot be earned twice in one edition."""
    why = []
    for mine, theirs in rivals(session, stays, goes):
        title = session.get_one(Edition, mine.edition_id).title
        stages = [rival(session, place).stages for place in (mine, theirs)]
        if all(Stage.RECORDED in reached for reached in stages):
            why.append(
                _("Both hold a completion record of %(title)s. Two records of one edition stay two.", title=title)
            )
        elif mine.state in OPEN and theirs.state in OPEN and closing_of(session, mine.edition_id):
            why.append(
                _("Both have a place in %(title)s, whose attendance is closed: nobody is taken out of it.", title=title)
            )
    return [str(sentence) for sentence in why]


@tells
def what_hangs_on_places(session: Session, stays: int, goes: int) -> Iterable[Told]:
    """Requests, half-days, notes, and the calendar's address."""
    yield Told(
        _("Requests, half-days, notes"),
        _noted(session, stays),
        _noted(session, goes),
        _(
            "All are kept with their places, as they were written. Of two places in one edition the kept one also gets"
            " the marks, the make-up work and the longer time that only the other one had."
        ),
    )
    yield Told(
        _("Calendar address"),
        _has_calendar(session, stays),
        _has_calendar(session, goes),
        _("That of the second ends. The person can make a new one."),
    )


def _noted(session: Session, person_id: int) -> str:
    theirs = select(Enrolment.id).where(Enrolment.person_id == person_id)
    requests, marks, notes = (
        session.scalar(select(func.count()).select_from(table).where(table.enrolment_id.in_(theirs))) or 0
        for table in (ParticipantRequest, AttendanceMark, ContactNote)
    )
    counted_words = (
        ngettext("%(num)s request", "%(num)s requests", requests),
        ngettext("%(num)s mark of a half-day", "%(num)s marks of half-days", marks),
        ngettext("%(num)s note", "%(num)s notes", notes),
    )
    return ", ".join(counted_words)


def _has_calendar(session: Session, person_id: int) -> str:
    return str(_("made") if session.get(CalendarAddress, person_id) else _("none"))


@moves(CalendarAddress.person_id)
def calendars(session: Session, joining: Joining) -> None:
    """The secret address of the other entry is good no more: whoever has it would read the calendar of this one."""
    session.execute(delete(CalendarAddress).where(CalendarAddress.person_id == joining.goes))


def rivals(session: Session, stays: int, goes: int) -> list[tuple[Enrolment, Enrolment]]:
    """The places that both have in one edition."""
    mine, theirs = aliased(Enrolment), aliased(Enrolment)
    both = select(mine, theirs).join(theirs, theirs.edition_id == mine.edition_id)
    found = session.execute(both.where(mine.person_id == stays, theirs.person_id == goes).order_by(mine.id)).all()
    return [(row[0], row[1]) for row in found]


def rival(session: Session, place: Enrolment) -> Rival:
    """What of a place decides whether it is kept."""
    stages = session.scalars(select(StageReached.stage).where(StageReached.enrolment_id == place.id))
    return Rival(place.id, counted(place.state), frozenset(stages))


def _settled(session: Session, joining: Joining, mine: Enrolment, theirs: Enrolment) -> Enrolment:
    """Keep one of the two with the entry that stays; gives the other one."""
    try:
        best = place_to_keep(rival(session, mine), rival(session, theirs), joining.kept)
    except RecordLost:
        raise Refused(_("The place with the completion record or the attendance must be kept.")) from None
    kept, other = (mine, theirs) if best.enrolment_id == mine.id else (theirs, mine)
    written_by = other.person_id
    if other.state in OPEN:
        # Of whom nobody was told at either place, nobody is told by this.
        told = counted(other.state)
        replace(session, enrolment=other, substitute=kept, at=joining.at, by=joining.by, invited=told)
    if other is mine:
        _reseal(session, joining, theirs)
        _exchange(session, joining, mine, theirs)
    unite(session, kept=kept, other=other, written_by=written_by, by=joining.by, at=joining.at)
    session.flush()  # whoever hears of it looks for the place of the person
    publish(session, PlacesJoined(kept.id, other.id, kept.edition_id, joining.stays, written_by, joining.at))
    return other


def _exchange(session: Session, joining: Joining, mine: Enrolment, theirs: Enrolment) -> None:
    """The holders of two places of one edition; somebody made for it holds one of them in between, since nobody may
    hold two."""
    between = Person(subject=new_token(), created_at=joining.at)
    session.add(between)
    for place, holder in ((mine, between), (theirs, None), (mine, None)):
        session.flush()  # one after the other: at no moment has a person two places
        place.person_id = holder.id if holder else (joining.stays if place is theirs else joining.goes)
    session.flush()
    session.delete(between)


def _reseal(session: Session, joining: Joining, place: Enrolment) -> None:
    _reseal_imports(session, joining, place)
    steps = select(EnrolmentEvent).where(EnrolmentEvent.enrolment_id == place.id)
    for step in session.scalars(steps.where(EnrolmentEvent.sealed_reason.is_not(None))):
        step.sealed_reason = joining.resealed(step.sealed_reason, step_place(place.id, step.state, step.at))
    for asked in session.scalars(select(ParticipantRequest).where(ParticipantRequest.enrolment_id == place.id)):
        sealed = joining.resealed(asked.sealed_message, message_place(asked.public_id))
        answer = joining.resealed(asked.sealed_answer, answer_place(asked.public_id))
        session.execute(
            update(ParticipantRequest)
            .where(ParticipantRequest.id == asked.id)
            .values(sealed_message=sealed, sealed_answer=answer)
        )


def _reseal_imports(session: Session, joining: Joining, place: Enrolment) -> None:
    """What an import changed here can still be taken back; the person whom it made is one with somebody older now."""
    rows = select(ImportRow, Import).join(Import, Import.id == ImportRow.import_id)
    for row, found in session.execute(rows.where(ImportRow.enrolment_id == place.id)):
        row.sealed_before = joining.resealed(row.sealed_before, before_place(found.public_id, row.number))
        row.person_made = False
