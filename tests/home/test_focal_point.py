"""The first page of a focal point: their people, whether they have finished, and the mandate that shows them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.home import own_people
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person, SensitiveMark
from lms.people.rules import Role, ScopeKind
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Stage
from tests.conftest import statements
from tests.dashboards.makers import place
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.makers import AT, enrol_person, make_institution


def focal_point() -> Person:
    person = make_person("Radosław Przykład")
    give_mandate(person, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    return person


def recorded(session: Session, enrolment: Enrolment) -> None:
    for stage in (Stage.ATTENDED, Stage.RECORDED):
        services.reach(session, enrolment=enrolment, stage=stage, at=AT)


def filled() -> Edition:
    with unit_of_work() as session:
        edition = make_edition(session, title="The first")
        place(session, edition, name="Asha Mfano", stage=Stage.PRE_READING)
        recorded(session, place(session, edition, name="Baraka Mfano", stage=Stage.PRE_READING))
        place(session, edition, name="Zawadi Mfano", stage=Stage.READING)
        place(session, edition, name="Chebet Mfano", state="KE")
        enrol_person(session, edition, name="Daudi Mfano", state="TZ", becomes=EnrolmentState.NOMINATED)
    return edition


def test_a_focal_point_begins_with_their_people_and_whether_they_have_finished(app: Flask) -> None:
    edition = filled()
    client = signed_in_client(app, focal_point())
    with statements(app) as sent:
        page = client.get("/").text
    assert len([one for one in sent if "lms_session" not in one and "lms_audit" not in one]) <= 10, sent
    assert "2 of 3 people have finished the pre-reading. 1 record is issued." in page
    places = [page.index(words) for words in ("Asha Mfano", "Baraka Mfano", "Record issued", "Zawadi Mfano")]
    assert places == sorted(places)
    for hidden in ("Chebet", "Daudi", "Reading<", "@example.org"):
        assert hidden not in page
    assert f'href="/editions/{edition.public_id}"' in page
    with unit_of_work() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "people.listed")).all()
        assert [(one.about, one.details) for one in noted] == [(edition.public_id, {"people": 3})]


def test_beside_a_code_name_no_ministry_stands(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        hidden = place(session, edition, institution=make_institution(session, "TZ", name="Quxministry"))
        place(session, edition, institution=make_institution(session, "TZ", name="Ministry of Examples"))
    client = signed_in_client(app, focal_point())
    assert "Quxministry" in client.get("/").text
    with unit_of_work() as session:
        session.add(SensitiveMark(on=True, person_id=hidden.person_id, by_person_id=hidden.person_id, at=AT))
    page = client.get("/").text
    assert "Quxministry" not in page
    assert "Ministry of Examples" in page


def test_the_numbers_are_those_of_the_editions_own_list(app: Flask) -> None:
    edition = filled()
    client = signed_in_client(app, focal_point())
    listed = client.get(f"/editions/{edition.public_id}/people.csv?stage=pre-reading").text
    assert listed.count("Mfano") == 2


def test_the_mandate_says_its_last_day_what_it_shows_and_that_a_successor_waits(app: Flask) -> None:
    filled()
    client = signed_in_client(app, focal_point())
    page = client.get("/").text
    assert "It ends by itself after Tuesday 11 April 2028 (UTC)." in page
    link = page.split('href="/mandate/')[1].split('"')[0]
    assert client.get(f"/mandate/{link}").status_code == 200
    form = {"address": "next@example.org", "name": "Neema Ejemplo", "until": "2028-01-31"}
    answer = client.post(f"/mandate/{link}/successor", data=form, follow_redirects=True)
    assert "A successor is proposed and awaits a second person" in answer.text
    assert "propose a successor" not in answer.text
    assert f'action="/mandate/{link}/successor/take-back"' in answer.text
    again = client.post(f"/mandate/{link}/successor/take-back", follow_redirects=True).text
    assert "propose a successor" in again
    assert "/take-back" not in again


def test_an_evaluator_with_people_of_their_own_is_told_where_no_tables_are(app: Flask) -> None:
    focal, evaluator = focal_point(), make_person()
    said = "you see these people, and no frozen tables"
    client = signed_in_client(app, focal)
    assert said not in client.get("/").text
    both, alone = (give_mandate(one, Role.EVALUATOR).public_id for one in (focal, evaluator))
    assert client.get("/").text.count(said) == 1
    assert said in client.get(f"/mandate/{both}").text
    assert said not in signed_in_client(app, evaluator).get(f"/mandate/{alone}").text


def test_a_large_edition_shows_some_and_leads_to_the_rest(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_people, "MOST_SHOWN", 2)
    monkeypatch.setattr("lms.home.mandate_pages.MOST_SHOWN", 2)
    filled()
    page = signed_in_client(app, focal_point()).get("/").text
    assert "2 of 3 people have finished" in page
    assert "1 more stands in the list of this edition" in page
    assert "Zawadi" not in page


def test_whoever_also_coordinates_an_edition_begins_there(app: Flask) -> None:
    edition = filled()
    person = focal_point()
    give_mandate(person, Role.COORDINATOR, ScopeKind.EDITION, edition.public_id)
    assert signed_in_client(app, person).get("/").location == f"/editions/{edition.public_id}"
