"""Introductions, as each of the two sees them, and as those see them to whom one was reported."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from lms.alumni.models import Introduction, IntroductionBlock, IntroductionReport, Member
from lms.alumni.rules.introductions import WINDOW, Before
from lms.alumni.sealing import answer_place, message_place, report_place
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.queries import names_of
from lms.people.queries.institutions import InstitutionView, institutions_on
from lms.people.queries.sensitive import not_to_be_named
from lms.people.sealing import keys_of, open_if_there

from .directory import Among, Seen, entries, opened, viewpoint

_member = cast(Table, Member.__table__)


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
    """Empty once they have left the community."""
    institution: InstitutionView | None
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


def received(session: Session, person_id: int, today: dt.date) -> list[Asked]:
    """What reached a member, what waits for an answer first; six statements for any number."""
    rows = session.scalars(
        select(Introduction)
        .where(Introduction.asked_id == person_id, ~Introduction.withheld)
        .order_by(Introduction.answered_at.is_not(None), Introduction.id.desc())
    ).all()
    return _asked(session, rows, person_id, today)


def received_one(session: Session, person_id: int, public_id: str, today: dt.date) -> Asked:
    """One that reached a member; raises NotFound for everybody else."""
    rows = session.scalars(
        select(Introduction).where(
            Introduction.public_id == public_id, Introduction.asked_id == person_id, ~Introduction.withheld
        )
    ).all()
    if not rows:
        raise NotFound
    return _asked(session, rows, person_id, today)[0]


def _asked(session: Session, rows: Sequence[Introduction], person_id: int, today: dt.date) -> list[Asked]:
    if not rows:
        return []
    askers = {row.asker_id for row in rows}
    names, keys = names_of(session, askers), keys_of(session, {*askers, person_id})
    members = _members(session, askers)
    named = {one for one, may_be_named in members.items() if may_be_named}
    institutions = institutions_on(session, named, today)
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
            name=names[row.asker_id] if row.asker_id in members else "",
            institution=institutions.get(row.asker_id),
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
    shown = opened(session, entries(session, viewpoint(session, person_id, at), asked), at.date())
    seen = {one.person_id: one for one in shown}
    members = _members(session, {row.asked_id for row in rows})
    return [
        Sent(
            public_id=row.public_id,
            to=seen.get(row.asked_id, Seen(row.asked_id, "")),
            message=_message(row, keys),
            at=row.at,
            answered_at=row.answered_at,
            accepted=row.accepted,
            answer=_answer(row, keys)
            if members.get(row.asked_id)
            else replace(_answer(row, keys), name="", address=""),
        )
        for row in rows
    ]


def _members(session: Session, people: Collection[int]) -> dict[int, bool]:
    """Who of them belongs to the community now, with whether they may be named: who they are and how they are reached
    is shown of nobody else any more, whatever they said of it before."""
    rows = select(_member.c.person_id, ~not_to_be_named(_member.c.person_id)).where(_member.c.person_id.in_(people))
    return {person_id: bool(may_be_named) for person_id, may_be_named in session.execute(rows)}


def waiting(session: Session, person_id: int) -> int:
    """How many introductions wait for a member's answer."""
    found = select(func.count()).select_from(Introduction).where(Introduction.asked_id == person_id)
    return session.scalar(found.where(~Introduction.withheld, Introduction.answered_at.is_(None))) or 0


def _message(row: Introduction, keys: Mapping[int, bytes]) -> str:
    return open_if_there(keys.get(row.asker_id), row.sealed_message, message_place(row.public_id))


def _answer(row: Introduction, keys: Mapping[int, bytes]) -> Answer:
    plain = open_if_there(keys.get(row.asked_id), row.sealed_answer, answer_place(row.public_id))
    return Answer(**json.loads(plain)) if plain else Answer()


def _answer_of(shown: bool, row: Introduction, keys: Mapping[int, bytes]) -> Answer:
    """What was given; the words alone of somebody who is not `shown` any more."""
    answer = _answer(row, keys)
    return answer if shown else replace(answer, name="", address="")


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
