"""What coordinators send in tests, and rows to send it about."""

from __future__ import annotations

from sqlalchemy import func, select

from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.seminars.models import (
    Edition,
    Enrolment,
)
from tests.seminars.makers import enrol_person, make_edition

EDITION = {
    "course": "tiny",
    "title": "Global seminar, November 2027",
    "kind": "global",
    "place": "Oświęcim",
    "starts_on": "2027-11-07",
    "ends_on": "2027-11-08",
    "zone": "Europe/Warsaw",
    "morning_from": "08:00",
    "morning_until": "13:00",
    "afternoon_from": "13:00",
    "afternoon_until": "18:00",
    "deadline_day": "2027-10-20",
    "deadline_time": "18:00",
    "contact": "office@example.org",
    "programme": "## Sunday\nArrival",
    "practical": "",
}
PERSON = {
    "name": "Neema Mfano",
    "address": "neema@example.org",
    "state": "United Republic of Tanzania",
    "institution": "Ministry of Justice",
    "sector": "justice",
    "zone": "Africa/Dar_es_Salaam",
    "language": "en",
}


def one_edition() -> Edition:
    with unit_of_work() as session:
        made = make_edition(session)
    db.session.expunge(made)
    return made


def one_person(edition: Edition, **more: object) -> Enrolment:
    with unit_of_work() as session:
        made = enrol_person(session, edition, **more)  # type: ignore[arg-type]
    db.session.expunge(made)
    return made


def fresh(enrolment: Enrolment) -> Enrolment:
    db.session.remove()
    return db.session.get_one(Enrolment, enrolment.id)


def number_of(model: type) -> int:
    db.session.remove()
    return db.session.scalar(select(func.count()).select_from(model)) or 0
