"""Alumni and members for tests; each call is a change of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.alumni.queries.directory import Seen, entries, opened, viewpoint
from lms.alumni.rules.directory import NO_CONSENT, Audience, Field, consent
from lms.alumni.services import membership as services
from lms.alumni.services.networks import add_network
from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person
from lms.records.models import RecordSubject
from lms.seminars.models import Edition
from tests.people.makers import signed_in_client
from tests.records.makers import close, finished_place, make_edition

ALL = Audience.MEMBERS


def make_alumni(*names: str, states: str | tuple[str, ...] = "TZ", title: str = "Seminar, May 2027") -> list[Person]:
    """People who hold a record of one edition, which is made for them."""
    with unit_of_work() as session:
        edition = make_edition(session, title=title)
        codes = (states,) * len(names) if isinstance(states, str) else states
        places = [
            finished_place(session, edition, name=name, state=code) for name, code in zip(names, codes, strict=True)
        ]
        close(session, session.get_one(Edition, edition.id))
        people = [session.get_one(Person, place.person_id) for place in places]
        for person in people:
            person.welcomed_at, person.locale, person.zone = now(), "en", "UTC"
    return people


def join(*people: Person) -> None:
    """Each becomes a member."""
    for person in people:
        with unit_of_work() as session:
            services.join(session, person_id=person.id, at=now())


def show(
    person: Person, *fields: Field, to: Audience = ALL, until: dt.date | None = None, languages: str = "",
    subjects: str = "",
) -> None:  # fmt: skip
    """A member shows these fields to an audience, and the others to nobody."""
    wanted = {field: consent(to, until, "UTC") if field in fields else NO_CONSENT for field in Field}
    with unit_of_work() as session:
        services.agree(
            session, person_id=person.id, wanted=wanted, languages=languages, subjects=subjects, at=now()
        )  # fmt: skip


def members(*names: str, **more: Any) -> list[Person]:
    """Alumni of one edition who have all joined and show nothing yet."""
    people = make_alumni(*names, **more)
    join(*people)
    return people


def make_network(name: str, *states: str) -> None:
    """A network of these states."""
    with unit_of_work() as session:
        add_network(session, name=name, states=states, at=now(), by="administrator")


def record_of(person: Person) -> str:
    """The record that a person holds."""
    with unit_of_work() as session:
        return session.query(RecordSubject.record).filter_by(person_id=person.id).scalar()


def page(app: Flask, person: Person, path: str = "/alumni") -> str:
    """What a person is shown there."""
    answer = browser(app, person).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def browser(app: Flask, person: Person) -> FlaskClient:
    """A browser in which they have just signed in."""
    return signed_in_client(app, person)


def seen_by(session: Session, viewer: Person, at: dt.datetime | None = None) -> list[Seen]:
    """Everybody whom a member sees at a moment, with what they see of each."""
    moment = at or now()
    return opened(session, entries(session, viewpoint(session, viewer.id, moment)), moment.date())
