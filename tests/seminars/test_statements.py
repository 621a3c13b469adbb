"""Lists cost the same for many people as for few."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.rules import Scope
from lms.seminars import queries, services
from tests.conftest import statements
from tests.seminars.browsing import coordinator
from tests.seminars.makers import AT, enrol_person, facts, make_edition, make_institution, make_person

EVERYTHING = Scope(person_id=0, everything=True)


@pytest.mark.parametrize("crowd", [2, 30])
def test_pages_send_as_many_statements_for_many_people_as_for_few(sqlite_app: Flask, crowd: int) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        ministry = make_institution(session)
        for _ in range(crowd):
            last = enrol_person(session, edition, institution=ministry)
        base, one = f"/editions/{edition.public_id}", last.public_id
    browser = coordinator(sqlite_app)
    # Two of them say who is signed in, two note that named people were shown; four look for what waits for a second
    # officer.
    for path, most in (("/editions", 7), (f"{base}/attendance", 10), (f"{base}/people/{one}", 14)):
        with statements(sqlite_app) as sent:
            assert browser.get(path).status_code == 200
        assert len([line for line in sent if not line.startswith(("BEGIN", "PRAGMA"))]) <= most, sent


def test_a_list_of_people_is_one_statement_and_its_names_one_more(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        for name in ("Urs Beispiel", "ana Ejemplo", "Neema Mfano"):
            enrol_person(session, edition, person=make_person(session, name))
    with statements(sqlite_app) as sent:
        rows = queries.people_rows(db.session(), edition.id, EVERYTHING)
        named = queries.named(db.session(), rows)
        assert queries.counts(db.session(), edition.id)
    assert len(sent) == 3
    assert [row.name for row in named] == ["ana Ejemplo", "Neema Mfano", "Urs Beispiel"]


def test_an_unknown_zone_is_refused_by_the_service_too(session: Session) -> None:
    with pytest.raises(Refused, match="We know no time zone"):
        make_edition(session, zone="Mars/Olympus")
    with pytest.raises(Refused, match="no published version"):
        services.create_edition(session, course="unknown", facts=facts(), at=AT, by=None)
