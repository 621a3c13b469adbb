"""What coordinators attest of one person's half-days: the mark, why, by whom, and the work that makes up for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.queries import names_of
from lms.people.sealing import keys_of, open_if_there
from lms.seminars.models import AttendanceMark, MakeUp, OnSiteSession
from lms.seminars.rules import Mark, SheetSession, make_up_place, mark_place
from lms.web.meanwhile import marks_of

from .attendance import sessions_of


@dataclass(frozen=True)
class Attested:
    """Work that makes up for a half-day, its words unsealed; `confirmed_by` is a name."""

    public_id: str
    words: str
    due_on: dt.date
    done_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    confirmed_by: str


@dataclass(frozen=True)
class Attestation:
    """One half-day of one person: the mark in force, when and by whom (a name), why; nothing where there is no mark."""

    session: SheetSession
    mark: Mark | None
    at: dt.datetime | None
    by: str
    reason: str
    make_up: Attested | None

    @property
    def counts(self) -> bool:
        """Whether the half-day counts as attended."""
        made_up = self.make_up is not None and self.make_up.confirmed_at is not None
        return self.mark is Mark.PRESENT or (self.mark is Mark.EXCUSED and made_up)


UNMARKED = ""


def marked(mark: Mark, at: dt.datetime) -> str:
    """By which one mark of a half-day is told from another."""
    return f"{mark} {at.isoformat()}"


def shown_of(lines: Iterable[Attestation]) -> str:
    """The marks of a page that shows these half-days."""
    return marks_of(
        {line.session.key: marked(line.mark, line.at) if line.mark and line.at else UNMARKED for line in lines}
    )


def attestations_of(session: Session, edition_id: int, enrolment_id: int, person_id: int) -> list[Attestation]:
    """Every half-day of the holder of an enrolment, whose door was passed before, in order; six statements."""
    last = select(func.max(AttendanceMark.id)).where(AttendanceMark.enrolment_id == enrolment_id)
    in_force = select(AttendanceMark).where(AttendanceMark.id.in_(last.group_by(AttendanceMark.session_id)))
    marks = {row.session_id: row for row in session.scalars(in_force)}
    work = {row.session_id: row for row in session.scalars(select(MakeUp).where(MakeUp.enrolment_id == enrolment_id))}
    sealed = bool(work) or any(row.sealed_reason for row in marks.values())
    key = keys_of(session, [person_id]).get(person_id) if sealed else None
    names = _names(session, {row.by for row in marks.values()} | {one.confirmed_by or one.by for one in work.values()})
    found = []
    for half_day in sessions_of(session, edition_id):
        mark = marks.get(half_day.id)
        place = mark_place(enrolment_id, half_day.id, mark.at) if mark else ""
        found.append(
            Attestation(
                session=half_day,
                mark=mark.mark if mark else None,
                at=mark.at if mark else None,
                by=names.get(mark.by, "") if mark else "",
                reason=open_if_there(key, mark.sealed_reason, place) if mark else "",
                make_up=_attested(work.get(half_day.id), key, names),
            )
        )
    return found


def _attested(row: MakeUp | None, key: bytes | None, names: dict[str, str]) -> Attested | None:
    if row is None:
        return None
    words = open_if_there(key, row.sealed_words, make_up_place(row.public_id))
    confirmed_by = names.get(row.confirmed_by or "", "")
    return Attested(row.public_id, words, row.due_on, row.done_at, row.confirmed_at, confirmed_by)


def _names(session: Session, subjects: Collection[str]) -> dict[str, str]:
    """Names by subject: whoever attests something about somebody stands by it."""
    if not subjects:
        return {}
    rows = session.execute(select(Person.id, Person.subject).where(Person.subject.in_(subjects))).all()
    names = names_of(session, [row.id for row in rows])
    return {row.subject: names.get(row.id, "") for row in rows}


def make_up_in(session: Session, enrolment_id: int, public_id: str) -> MakeUp:
    """Work of this enrolment, to be done or confirmed; raises NotFound."""
    mine = select(MakeUp).where(MakeUp.public_id == public_id, MakeUp.enrolment_id == enrolment_id)
    found = session.scalar(mine)
    if found is None:
        raise NotFound
    return found


def make_ups_open(session: Session, edition_id: int) -> dict[int, int]:
    """How much make-up work is not confirmed, by enrolment."""
    rows = session.execute(
        select(MakeUp.enrolment_id, func.count())
        .join(OnSiteSession, OnSiteSession.id == MakeUp.session_id)
        .where(OnSiteSession.edition_id == edition_id, MakeUp.confirmed_at.is_(None))
        .group_by(MakeUp.enrolment_id)
    )
    return {row[0]: row[1] for row in rows}
