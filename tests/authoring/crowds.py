"""Many people who read and answered, written straight into the tables: what a browser would do one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from lms.catalogue.rules.outline import OutlineUnit
from lms.kernel.clock import now
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.worker import drain
from lms.learning.models import Answer, EnrolmentProgress, QuizTry, Receipt, UnitProgress, UnitState
from lms.learning.services import tally
from lms.learning.services.modules import keep_modules
from lms.learning.views.asked import quiz_of
from lms.people.models import Affiliation, Person, Sector
from lms.seminars.models import Edition, Enrolment, EnrolmentState
from tests.authoring.desks import unit_of
from tests.seminars.makers import make_edition, make_institution

Given = Mapping[str, list[Any]]


def edition(course: str = "tiny", **more: Any) -> Edition:
    """An edition on the newest version of a course."""
    with unit_of_work() as session:
        return make_edition(session, course, **more)


def crowd(of: Edition, size: int) -> list[int]:
    """So many people who accepted, without names; their enrolments in order."""
    with unit_of_work() as session:
        institution = make_institution(session, "TZ", Sector.JUSTICE)
        at, where = now(), {"institution_id": institution.id}
        people = _inserted(session, Person, [{"subject": new_token(), "created_at": at} for _ in range(size)])
        since = {"since": dt.date(2020, 1, 1), "function": ""}
        held = _inserted(session, Affiliation, [{"person_id": one, **where, **since} for one in people])
        place: dict[str, Any] = {
            "edition_id": of.id,
            "state_code": "TZ",
            "sector": Sector.JUSTICE,
            "state": EnrolmentState.ACCEPTED,
        }
        place["due_at"] = of.deadline_at
        return _inserted(
            session,
            Enrolment,
            [
                {"public_id": new_token(), "person_id": person, "affiliation_id": affiliation, **where, **place}
                for person, affiliation in zip(people, held, strict=True)
            ],
        )


def _inserted(session: Session, kind: type, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    before = session.scalar(select(func.max(kind.id))) or 0
    session.execute(insert(kind), rows)
    return list(session.scalars(select(kind.id).where(kind.id > before).order_by(kind.id)))


def right_and_wrong(unit: OutlineUnit) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Answers to every question of a unit: all right, and all wrong, with the same wrong one each time."""
    with unit_of_work() as session:
        questions = quiz_of(session, unit.revision_id).questions
    right: dict[str, list[Any]] = {}
    wrong: dict[str, list[Any]] = {}
    for one in (question for question in questions if question.scored):
        if one.kind == "matching":
            lefts, targets = list(one.pairs), list(one.pairs.values())
            right[one.id] = sorted(map(list, zip(lefts, targets, strict=True)))
            wrong[one.id] = sorted(map(list, zip(lefts, [*targets[1:], targets[0]], strict=True)))
        elif one.kind == "ordering":
            items = [option.id for option in one.options]
            right[one.id] = sorted([item, str(place)] for place, item in enumerate(items, 1))
            wrong[one.id] = sorted([item, str(place)] for place, item in enumerate(reversed(items), 1))
        else:
            right[one.id] = sorted(option.id for option in one.options if option.correct)
            wrong[one.id] = [next(option.id for option in one.options if not option.correct)]
    return right, wrong


def answered(
    enrolments: Sequence[int],
    given: Sequence[Given],
    unit: OutlineUnit,
    *,
    number: int = 1,
    set_aside: bool = False,
    minutes: int = 60,
) -> None:
    """A closed try of each, one second after the other, the first some minutes ago."""
    start = now() - dt.timedelta(minutes=minutes)
    with unit_of_work() as session:
        receipts = _inserted(session, Receipt, [
            {"enrolment_id": one, "client_key": new_token(), "body_hash": "", "action": "check", "body": {}}
            | {"at": start}
            for one in enrolments
        ])  # fmt: skip
        tries = _inserted(session, QuizTry, [
            {
                "public_id": new_token(), "enrolment_id": one, "unit_id": unit.id, "substance": unit.substance,
                "revision_id": unit.revision_id, "number": number, "seed": "0", "opened_at": start,
                "closed_at": start + dt.timedelta(seconds=place), "points": 0, "total": 0, "set_aside": set_aside,
            }
            for place, one in enumerate(enrolments)
        ])  # fmt: skip
        rows = [
            {"try_id": tried, "question": name, "given": answer, "sealed": None, "receipt_id": receipt, "at": start}
            for tried, receipt, answers in zip(tries, receipts, given, strict=True)
            for name, answer in answers.items()
        ]
        if rows:
            session.execute(insert(Answer), [{**row, "page": "", "sequence": None} for row in rows])


def mixed(unit: OutlineUnit, right: int, wrong: int) -> list[Given]:
    """So many who answer rightly and so many who do not, mixed."""
    good, bad = right_and_wrong(unit)
    whole: list[Given] = [good] * right + [bad] * wrong
    return whole[::2] + whole[1::2]


def have_answered(of: Edition, right: int, wrong: int, unit: str = "asked", slug: str = "tiny") -> list[int]:
    """So many people of an edition who answered everything rightly on their first try, and everything wrongly."""
    found = unit_of(unit, slug)
    people = crowd(of, right + wrong)
    answered(people, mixed(found, right, wrong), found)
    return people


def have_finished(enrolments: Sequence[int], *units: OutlineUnit, complete: bool = False) -> None:
    """These units are done, by all of these people."""
    with unit_of_work() as session:
        rows = [
            {
                "enrolment_id": one,
                "unit_id": unit.id,
                "substance": unit.substance,
                "state": UnitState.DONE,
                "late": False,
            }
            for one in enrolments
            for unit in units
        ]
        if rows:
            session.execute(insert(UnitProgress), rows)
        begun = {"units_done": len(units), "started_at": now(), "late": False}
        there = set(session.scalars(select(EnrolmentProgress.enrolment_id)))
        new = [{"enrolment_id": one, **begun} for one in enrolments if one not in there]
        if new:
            session.execute(insert(EnrolmentProgress), new)
        if complete:
            here = update(EnrolmentProgress).where(EnrolmentProgress.enrolment_id.in_(enrolments))
            session.execute(here.values(completed_at=now()))
        keep_modules(session, enrolment_ids=enrolments)


def count_answers() -> None:
    """What the worker does once an hour."""
    with unit_of_work() as session:
        tally(session, {}, now())
    drain()
