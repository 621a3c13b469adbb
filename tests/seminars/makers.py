"""Editions and people in them for tests, small and quick."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.models import ChangeKind, Course, CourseVersion
from lms.kernel.secrets import new_token
from lms.people import services as people_services
from lms.people.models import Affiliation, Institution, Person, Sector
from lms.seminars import services
from lms.seminars.models import Edition, EditionKind, Enrolment, EnrolmentState
from lms.seminars.rules import EditionFacts

AT = dt.datetime(2027, 4, 12, 9, 0, tzinfo=dt.UTC)
RULE = {"modules": "all", "attendance": {"at_least": 80}, "name_confirmed": True}
_numbers = count(1)


def make_course(session: Session, slug: str = "tiny", **more: Any) -> CourseVersion:
    """A course without units and its version 1.0, or the version that stands already."""
    course = session.scalar(select(Course).where(Course.slug == slug))
    if course is None:
        course = Course(slug=slug, created_at=AT)
        session.add(course)
        session.flush()
        return make_version(session, course, 1, 0, **more)
    newest = select(CourseVersion).where(CourseVersion.course_id == course.id)
    version = session.scalar(newest.order_by(CourseVersion.major.desc(), CourseVersion.minor.desc()).limit(1))
    return version or make_version(session, course, 1, 0, **more)


def make_version(
    session: Session, course: Course, major: int, minor: int, rule: dict[str, Any] | None = None
) -> CourseVersion:
    """A published version without modules."""
    version = CourseVersion(
        course_id=course.id,
        major=major,
        minor=minor,
        change=ChangeKind.FIRST if (major, minor) == (1, 0) else ChangeKind.EDITORIAL,
        content_hash=f"{course.slug}-{major}-{minor}".ljust(64, "0"),
        title={"en": course.slug},
        rule=RULE if rule is None else rule,
        document={"course": {"language": "en", "description": {"en": ""}}, "pass_mark": 80, "terms": [], "sources": []},
        changelog="",
        published_at=AT,
    )
    session.add(version)
    session.flush()
    return version


def facts(**more: Any) -> EditionFacts:
    """What is said of an edition of two days in May 2027."""
    said: dict[str, Any] = {
        "kind": EditionKind.GLOBAL,
        "title": "Global seminar, May 2027",
        "place": "Oświęcim",
        "starts_on": dt.date(2027, 5, 9),
        "ends_on": dt.date(2027, 5, 10),
        "zone": "Europe/Warsaw",
        "deadline_at": dt.datetime(2027, 4, 23, 16, 0, tzinfo=dt.UTC),
        "contact": "office@example.org",
    }
    return EditionFacts(**{**said, **more})


def make_edition(session: Session, course: str = "tiny", by: str | None = None, **more: Any) -> Edition:
    """An edition with four half-days, on the latest version of a course, which is made if there is none."""
    make_course(session, course)
    return services.create_edition(session, course=course, facts=facts(**more), at=AT, by=by)


def make_institution(
    session: Session, state: str = "TZ", sector: Sector = Sector.JUSTICE, name: str = ""
) -> Institution:
    """The ministry of that name, or a fresh one."""
    made = Institution(
        public_id=new_token(),
        state_code=state,
        sector=sector,
        name=name or f"Ministry {next(_numbers)}",
        zone="Africa/Dar_es_Salaam",
    )
    session.add(made)
    session.flush()
    return made


def make_person(session: Session, name: str = "") -> Person:
    """Somebody with a fictitious name and an address of their own."""
    number = next(_numbers)
    return people_services.create_person(
        session, name=name or f"Person Mfano {number}", address=f"place{number}@example.org", at=AT
    )


def enrol_person(
    session: Session,
    edition: Edition,
    *,
    person: Person | None = None,
    name: str = "",
    state: str = "TZ",
    sector: Sector = Sector.JUSTICE,
    institution: Institution | None = None,
    becomes: EnrolmentState = EnrolmentState.ACCEPTED,
    by: str = "coordinator",
) -> Enrolment:
    """Somebody at a ministry, brought as far as nominated, invited or accepted (signed in) in an edition."""
    person = person or make_person(session, name)
    institution = institution or make_institution(session, state, sector)
    affiliation = Affiliation(person_id=person.id, institution_id=institution.id, since=dt.date(2020, 1, 1))
    session.add(affiliation)
    session.flush()
    enrolment = services.enrol(
        session, edition=edition, person_id=person.id, affiliation_id=affiliation.id, at=AT, by=by
    )
    if becomes is not EnrolmentState.NOMINATED:
        services.invite(session, enrolment=enrolment, at=AT, by=by)
    if becomes is EnrolmentState.ACCEPTED:
        services.came_back(session, person_id=person.id, at=AT)
    return enrolment
