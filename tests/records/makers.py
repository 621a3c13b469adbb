"""A small course with modules, editions on it, and people at every point of the way, for tests of records."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.models import (
    ChangeKind,
    Course,
    CourseVersion,
    Unit,
    UnitRevision,
    VersionModule,
    VersionUnit,
)
from lms.kernel.events import publish
from lms.learning.events import PreReadingCompleted, Read
from lms.learning.models import EnrolmentProgress, UnitProgress, UnitState
from lms.learning.services import keep_modules
from lms.people.events import NameConfirmed
from lms.people.models import NameConfirmation, Person
from lms.seminars import queries as seminars
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Mark
from tests.seminars.makers import enrol_person, facts

AT = dt.datetime(2027, 5, 21, 10, 0, tzinfo=dt.UTC)
RULE = {"modules": "all", "attendance": {"at_least": 75}, "name_confirmed": True}
MODULES = ("pillars", "cases")


def make_course(session: Session, slug: str = "small", rule: dict[str, Any] | None = None) -> CourseVersion:
    """Version 1.0 of a course of two modules with one reading each."""
    course = Course(slug=slug, created_at=AT)
    session.add(course)
    session.flush()
    return make_version(session, course, (1, 0), rule)


def make_version(
    session: Session, course: Course, number: tuple[int, int], rule: dict[str, Any] | None = None
) -> CourseVersion:
    """A version of the course; the units keep their substance."""
    version = CourseVersion(
        course_id=course.id,
        major=number[0],
        minor=number[1],
        change=ChangeKind.FIRST,
        content_hash=f"{number[0]}{number[1]}".ljust(64, "a"),
        title={"en": "Small course"},
        rule=RULE if rule is None else rule,
        document={"course": {"language": "en", "description": {"en": ""}}, "pass_mark": 80, "terms": [], "sources": []},
        changelog="",
        published_at=AT,
    )
    session.add(version)
    session.flush()
    for position, key in enumerate(MODULES):
        _add_module(session, course, version, position, key)
    session.flush()
    return version


def _add_module(session: Session, course: Course, version: CourseVersion, position: int, key: str) -> None:
    listing = {"title": {"en": key}, "minutes": 5, "pass_mark": 80, "questions": 0, "translations": {}}
    unit = session.scalar(select(Unit).where(Unit.course_id == course.id, Unit.key == f"{key}-text"))
    if unit is None:
        unit = Unit(course_id=course.id, key=f"{key}-text")
        session.add(unit)
        session.flush()
        session.add(
            UnitRevision(
                unit_id=unit.id, kind="reading", language="en", substance="1", content_hash="h", source="",
                document={}, rendered={}, created_at=AT,
            )
        )  # fmt: skip
    module = VersionModule(
        version_id=version.id,
        position=position,
        key=key,
        document={
            "title": {"en": f"The {key}"},
            "objectives": [],
            "pass_mark": 80,
            "after": [],
            "units": {unit.key: listing},
            "used_from": None,
        },
    )
    session.add(module)
    session.flush()
    revision = session.scalars(select(UnitRevision).where(UnitRevision.unit_id == unit.id)).one()
    session.add(VersionUnit(module_id=module.id, position=0, unit_id=unit.id, revision_id=revision.id))


def make_edition(session: Session, slug: str = "small", **more: Any) -> Edition:
    """An edition of two days, four half-days, on the course."""
    if session.scalar(select(Course.id).where(Course.slug == slug)) is None:
        make_course(session, slug)
    return services.create_edition(session, course=slug, facts=facts(**more), at=AT, by="coordinator")


def make_place(session: Session, edition: Edition, **more: Any) -> Enrolment:
    """An accepted place of a new person, whose name is not confirmed and who has read nothing."""
    return enrol_person(session, edition, **{"becomes": EnrolmentState.ACCEPTED, **more})


def read_module(session: Session, place: Enrolment, key: str) -> None:
    """Finish the only unit of a module, without completing the pre-reading."""
    unit = session.scalars(select(Unit.id).where(Unit.key == f"{key}-text")).one()
    session.add(
        UnitProgress(enrolment_id=place.id, unit_id=unit, substance="1", state=UnitState.DONE, late=False, done_at=AT)
    )
    keep_modules(session, enrolment_ids=[place.id])
    publish(session, Read((place.id,)))


def complete_reading(session: Session, place: Enrolment, at: dt.datetime = AT) -> None:
    """Complete the pre-reading, as learning does it."""
    version = seminars.version_in_force(session, place.edition_id)
    session.add(EnrolmentProgress(enrolment_id=place.id, completed_at=at, version_id=version, units_done=2, late=False))
    session.flush()
    publish(session, PreReadingCompleted(place.id, place.edition_id, place.person_id, version, at))


def confirm_name(session: Session, place: Enrolment, at: dt.datetime = AT) -> None:
    """The holder says that the name is right, as people does it."""
    person = session.get_one(Person, place.person_id)
    person.name_confirmed_at = at
    session.add(NameConfirmation(person_id=person.id, by_person_id=person.id, at=at))
    publish(session, NameConfirmed(person.id, at))


def attend(session: Session, edition: Edition, place: Enrolment, present: int = 4, excused: int = 0) -> None:
    """Mark the first half-days present, the next ones excused."""
    half_days = [row.id for row in seminars.sessions_of(session, edition.id)]
    marks = dict.fromkeys(half_days[:present], Mark.PRESENT)
    marks |= dict.fromkeys(half_days[present : present + excused], Mark.EXCUSED)
    services.mark_attendance(
        session, edition=edition, marks={(place.id, day): mark for day, mark in marks.items()}, at=AT, by="coordinator"
    )


def close(session: Session, edition: Edition, at: dt.datetime = AT) -> None:
    """Close the sheet."""
    services.close_attendance(session, edition=edition, at=at, by="coordinator")


def finished_place(session: Session, edition: Edition, **more: Any) -> Enrolment:
    """Somebody for whom only the closing of the sheet is missing."""
    place = make_place(session, edition, **more)
    complete_reading(session, place)
    confirm_name(session, place)
    attend(session, edition, place)
    return place
