"""What of an entry's editions moves over when it is joined into another entry of the same person."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from lms.kernel.errors import Refused
from lms.kernel.secrets import new_token
from lms.people.joining import Joining, binds, moves, objects
from lms.people.models import Person

from .imports.models import Import, ImportRow
from .imports.sealing import before_place
from .models import (
    AttendanceMark,
    CalendarAddress,
    ContactNote,
    EditionCompanion,
    EditionSeen,
    Enrolment,
    EnrolmentEvent,
    MakeUp,
    Nomination,
    ParticipantRequest,
    StageReached,
)
from .rules import OPEN, answer_place, counted, message_place, step_place
from .rules.joining import PROGRESS, MustChoose, RecordLost, Rival, place_to_keep
from .rules.nominations import nomination_place
from .services import replace


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
    """Every place, but where both have one in the same edition: there one is kept, and the other one is replaced by it
    and stays where it is, so that old links lead on. Raises Refused where somebody must choose, and for a place with
    progress that would come under another account."""
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


def _noted() -> str:
    sentence = _(
        "What is noted about a place of the entry that would go cannot be changed, and would be lost. Keep that entry."
    )
    return str(sentence)


@objects
def notes_cannot_move(session: Session, stays: int, goes: int) -> list[str]:
    """Such words are sealed for the entry they were written about, and nobody can seal them anew."""
    alone = select(Enrolment.edition_id).where(Enrolment.person_id == stays)
    mine = select(Enrolment.id).where(Enrolment.person_id == goes, Enrolment.edition_id.not_in(alone))
    return [_noted()] if _has_notes(session, mine) else []


def _has_notes(session: Session, places: Select[int]) -> bool:
    """In the contact log, on the attendance sheet, or about work that makes up for a half-day."""
    kept = (
        select(ContactNote.id).where(ContactNote.enrolment_id.in_(places), ContactNote.sealed_words.is_not(None)),
        select(AttendanceMark.id).where(
            AttendanceMark.enrolment_id.in_(places), AttendanceMark.sealed_reason.is_not(None)
        ),
        select(MakeUp.id).where(MakeUp.enrolment_id.in_(places)),
    )
    return bool(session.scalar(select(or_(*(words.exists() for words in kept)))))


@moves(CalendarAddress.person_id)
def calendars(session: Session, joining: Joining) -> None:
    """The secret address of the other entry is good no more: whoever has it would read the calendar of this one."""
    session.execute(delete(CalendarAddress).where(CalendarAddress.person_id == joining.goes))


def _begun() -> str:
    return str(_("The entry that would go has begun to read, and may have written private texts. Keep that entry."))


@objects
def who_has_begun_keeps_the_account(session: Session, stays: int, goes: int) -> list[str]:
    """Whoever holds the other entry has not shown to be the same person, and would come at private texts. The same is
    said whether there are any."""
    alone = select(Enrolment.edition_id).where(Enrolment.person_id == stays)
    begun = select(StageReached.enrolment_id).join(Enrolment, Enrolment.id == StageReached.enrolment_id)
    mine = begun.where(Enrolment.person_id == goes, Enrolment.edition_id.not_in(alone))
    return [_begun()] if session.scalar(select(mine.where(StageReached.stage.in_(PROGRESS)).exists())) else []


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
        kept = place_to_keep(rival(session, mine), rival(session, theirs), joining.kept)
    except MustChoose:
        raise Refused(_("Both have read in the same edition. Choose which of the two places is kept.")) from None
    except RecordLost:
        raise Refused(_("The place with the completion record must be kept, and there may be one only.")) from None
    other = theirs if kept.enrolment_id == mine.id else mine
    if other.state in OPEN:
        replace(session, enrolment=other, substitute=mine if other is theirs else theirs, at=joining.at, by=joining.by)
    if other is mine:
        if rival(session, theirs).has_progress:
            raise Refused(_begun())
        if _has_notes(session, select(Enrolment.id).where(Enrolment.id == theirs.id)):
            raise Refused(_noted())
        _reseal(session, joining, theirs)
        _exchange(session, joining, mine, theirs)
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
        row.sealed_before = joining.resealed(row.sealed_before, before_place(found, row.number))
        row.person_made = False
