"""Introductions, as each of the two sees them, and as those see them to whom one was reported."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.alumni.models import Introduction, IntroductionBlock, IntroductionReport, Member
from lms.alumni.rules.directory import Field
from lms.alumni.rules.introductions import WINDOW, Before
from lms.alumni.sealing import answer_place, message_place, report_place
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.queries import names_of
from lms.people.queries.institutions import InstitutionView, institutions_then
from lms.people.sealing import keys_of, open_if_there

from .directory import Among, Seen, entries, opened, viewpoint
from .membership import taken_back, to_be_listed


@dataclass(frozen=True, slots=True)
class Answer:
    """What was given: words, and name and address where they were chosen."""

    words: str = ""
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An introduction that reached the one who looks: who asks, from where, with which words."""

    public_id: str
    asker_id: int
    name: str
    """Empty once they are shown no longer."""
    left: bool
    """Whether they are no member any more."""
    institution: InstitutionView | None
    """Where they served when they asked."""
    message: str
    at: dt.datetime
    answered_at: dt.datetime | None
    accepted: bool | None
    answer: Answer
    blocked: bool
    reported: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """An introduction that the one who looks has asked for. To whom is said as far as they show it now."""

    public_id: str
    to: Seen
    message: str
    at: dt.datetime
    answered_at: dt.datetime | None
    accepted: bool | None
    answer: Answer


def entry_seen(session: Session, viewer_id: int, public_id: str, at: dt.datetime) -> Seen:
    """A member whom the one who looks sees in the directory; raises NotFound for everybody else."""
    found = entries(session, viewpoint(session, viewer_id, at), Among(member=public_id)) if public_id else []
    if not found:
        raise NotFound
    return opened(session, found, at.date())[0]


def before(session: Session, asker_id: int, asked_id: int, at: dt.datetime) -> Before:
    """What there was between these two, and of each with others within the window; one statement each."""
    pair = (Introduction.asker_id == asker_id, Introduction.asked_id == asked_id)
    last = session.scalar(select(func.max(Introduction.at)).where(*pair))
    recent = select(func.count()).select_from(Introduction).where(Introduction.at > at - WINDOW)
    asked_for = session.scalar(recent.where(Introduction.asker_id == asker_id)) or 0
    reached = session.scalar(recent.where(Introduction.asked_id == asked_id, ~Introduction.withheld)) or 0
    return Before(last, asked_for, reached)


def received(session: Session, person_id: int, at: dt.datetime) -> list[Asked]:
    """What reached a member, what waits for an answer first; eight statements for any number."""
    rows = session.scalars(
        select(Introduction)
        .where(Introduction.asked_id == person_id, ~Introduction.withheld)
        .order_by(Introduction.answered_at.is_not(None), Introduction.id.desc())
    ).all()
    return _asked(session, rows, person_id, at)


def received_one(session: Session, person_id: int, public_id: str, at: dt.datetime) -> Asked:
    """One that reached a member; raises NotFound for everybody else."""
    rows = session.scalars(
        select(Introduction).where(
            Introduction.public_id == public_id, Introduction.asked_id == person_id, ~Introduction.withheld
        )
    ).all()
    if not rows:
        raise NotFound
    return _asked(session, rows, person_id, at)[0]


def _asked(session: Session, rows: Sequence[Introduction], person_id: int, at: dt.datetime) -> list[Asked]:
    if not rows:
        return []
    askers = {row.asker_id for row in rows}
    names, keys = names_of(session, askers), keys_of(session, {*askers, person_id})
    shown = _shown(session, askers, at)
    institutions = institutions_then(session, {(row.asker_id, row.at.date()) for row in rows})
    blocks = select(IntroductionBlock.blocked_id).where(IntroductionBlock.person_id == person_id)
    blocked = set(session.scalars(blocks))
    reports = select(IntroductionReport.introduction_id).where(
        IntroductionReport.introduction_id.in_([row.id for row in rows])
    )
    reported = set(session.scalars(reports))
    return [
        Asked(
            public_id=row.public_id,
            asker_id=row.asker_id,
            name=names[row.asker_id] if shown.still(row.asker_id, row.at, Field.NAME) else "",
            left=row.asker_id not in shown.since,
            institution=institutions.get((row.asker_id, row.at.date()))
            if shown.still(row.asker_id, row.at, Field.INSTITUTION, Field.STATE)
            else None,
            message=_message(row, keys),
            at=row.at,
            answered_at=row.answered_at,
            accepted=row.accepted,
            answer=_answer(row, keys),
            blocked=row.asker_id in blocked,
            reported=row.id in reported,
        )
        for row in rows
    ]


def sent(session: Session, person_id: int, at: dt.datetime) -> list[Sent]:
    """What a member has asked for, the latest first. Whether it was withheld is not told."""
    rows = session.scalars(
        select(Introduction).where(Introduction.asker_id == person_id).order_by(Introduction.id.desc())
    ).all()
    if not rows:
        return []
    keys = keys_of(session, {person_id, *(row.asked_id for row in rows)})
    asked = Among(people={row.asked_id for row in rows})
    seen = {
        one.person_id: one
        for one in opened(session, entries(session, viewpoint(session, person_id, at), asked), at.date())
    }
    shown = _shown(session, {row.asked_id for row in rows}, at)
    return [
        Sent(
            public_id=row.public_id,
            to=seen.get(row.asked_id, Seen(row.asked_id, "")),
            message=_message(row, keys),
            at=row.at,
            answered_at=row.answered_at,
            accepted=row.accepted,
            answer=_still_given(_answer(row, keys), row, shown),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What may still be shown of people who asked or answered: since when they are members, and what they have taken
    back meanwhile. What they gave by such an act is shown as long as they are seen in the community."""

    since: Mapping[int, dt.datetime]
    listed: Collection[int]
    back: Mapping[int, Mapping[Field | None, dt.datetime]]

    def still(self, person_id: int, given: dt.datetime, *fields: Field) -> bool:
        """Whether what somebody gave then is shown now: they have not left, or come back, since, are listed, and took
        back neither these fields nor everything."""
        back = self.back.get(person_id, {})
        taken = any(field in back and given <= back[field] for field in (None, *fields))
        return person_id in self.listed and self.since[person_id] <= given and not taken


def _shown(session: Session, people: Collection[int], at: dt.datetime) -> _Shown:
    members = select(Member.person_id, Member.since, to_be_listed().label("listed"))
    rows = session.execute(
        members.join(Person, Person.id == Member.person_id).where(Member.person_id.in_(people))
    ).all()
    return _Shown(
        since={row.person_id: row.since for row in rows},
        listed={row.person_id for row in rows if row.listed},
        back=taken_back(session, people, at),
    )


def waiting(session: Session, person_id: int) -> int:
    """How many introductions wait for a member's answer."""
    found = select(func.count()).select_from(Introduction).where(Introduction.asked_id == person_id)
    return session.scalar(found.where(~Introduction.withheld, Introduction.answered_at.is_(None))) or 0


def _message(row: Introduction, keys: Mapping[int, bytes]) -> str:
    return open_if_there(keys.get(row.asker_id), row.sealed_message, message_place(row.public_id))


def _answer(row: Introduction, keys: Mapping[int, bytes]) -> Answer:
    plain = open_if_there(keys.get(row.asked_id), row.sealed_answer, answer_place(row.public_id))
    return Answer(**json.loads(plain)) if plain else Answer()


def _still_given(answer: Answer, row: Introduction, shown: _Shown) -> Answer:
    """What was given, as far as it is still shown: the words always are."""
    given = row.answered_at or row.at
    name = answer.name if shown.still(row.asked_id, given, Field.NAME) else ""
    return replace(answer, name=name, address=answer.address if shown.still(row.asked_id, given) else "")


@dataclass(frozen=True, slots=True)
class Reported:
    """A report, for those who coordinate everything."""

    public_id: str
    asker: str
    asked: str
    message: str
    reason: str
    at: dt.datetime
    handled_at: dt.datetime | None


def reports(session: Session) -> list[Reported]:
    """Every report, those that wait first; for people whose mandate reaches over everything, whom the caller checks."""
    rows = session.execute(
        select(IntroductionReport, Introduction)
        .join(Introduction, Introduction.id == IntroductionReport.introduction_id)
        .order_by(IntroductionReport.handled_at.is_not(None), IntroductionReport.at.desc())
    ).all()
    people: Collection[int] = {number for _report, one in rows for number in (one.asker_id, one.asked_id)}
    names, keys = names_of(session, people), keys_of(session, people)
    return [
        Reported(
            public_id=one.public_id,
            asker=names[one.asker_id],
            asked=names[one.asked_id],
            message=_message(one, keys),
            reason=open_if_there(keys.get(one.asked_id), report.sealed_reason, report_place(one.public_id)),
            at=report.at,
            handled_at=report.handled_at,
        )
        for report, one in rows
    ]
