"""Editions with people at every stage, for tests of numbers and lists."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from sqlalchemy.orm import Session

from lms.people import services as people
from lms.people.models import Institution, Person, Sector
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Stage
from tests.seminars.makers import AT, enrol_person, make_institution

_numbers = count(1)
ORDER = (Stage.INVITED, Stage.SIGNED_IN, Stage.READING, Stage.PRE_READING)
LONG = "Wilhelmina Maximiliana Beispiel von und zu Musterhausen-Exempelberg und Vorlagenstein"
ARABIC = "نادية مثال"


def named_person(session: Session, name: str = "") -> Person:
    """Somebody whose name is sealed as in life."""
    return people.create_person(session, name=name or f"Amina Mfano {next(_numbers)}", address=None, at=AT)


def place(
    session: Session,
    edition: Edition,
    *,
    stage: Stage = Stage.SIGNED_IN,
    name: str = "",
    state: str = "TZ",
    sector: Sector = Sector.JUSTICE,
    institution: Institution | None = None,
    confirmed: bool = True,
) -> Enrolment:
    """Somebody who has come as far as `stage`."""
    person = named_person(session, name)
    if confirmed:
        person.name_confirmed_at = AT
    becomes = EnrolmentState.INVITED if stage is Stage.INVITED else EnrolmentState.ACCEPTED
    institution = institution or make_institution(session, state, sector)
    enrolment = enrol_person(session, edition, person=person, institution=institution, becomes=becomes)
    for reached in ORDER[2 : ORDER.index(stage) + 1]:
        services.reach(session, enrolment=enrolment, stage=reached, at=AT)
    return enrolment


def crowd(session: Session, edition: Edition, stages: Iterable[tuple[str, Sector, Stage]]) -> list[Enrolment]:
    """Many people; those of one state and sector share a ministry."""
    ministries: dict[tuple[str, Sector], Institution] = {}
    made = []
    for state, sector, stage in stages:
        if (state, sector) not in ministries:
            ministries[state, sector] = make_institution(session, state, sector)
        made.append(place(session, edition, stage=stage, institution=ministries[state, sector]))
    return made
