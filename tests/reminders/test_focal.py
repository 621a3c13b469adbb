"""A letter to a focal point holds their own people and whether each has finished, and nothing else."""

from __future__ import annotations

import datetime as dt
from html import unescape

from flask import Flask
from sqlalchemy import select

from lms.kernel.models import Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import Institution, Mandate, Person, Role, ScopeKind, SensitiveMark
from lms.seminars.models import Edition, Enrolment
from tests.conftest import NOW
from tests.people.makers import give_mandate, make_person
from tests.reminders.makers import Held, Placed, edition, finish, letters, rows
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.makers import enrol_person


def test_a_deadline_that_is_a_day_is_told_as_a_day_and_not_on_the_clocks_of_the_focal_point(app: Flask) -> None:
    held = edition()
    person_of(held, "Amina Mfano", "TZ")
    with unit_of_work() as session:
        session.get_one(Edition, held.id).deadline_on = dt.date(2027, 4, 23)
    _person, mandate = focal(zone="Africa/Dar_es_Salaam")
    text = words(coordinator(app, held.public_id).get(f"/editions/{held.public_id}/focal-points/{mandate}"))
    assert "The pre-reading of the edition is due: Friday 23 April 2027. It ends with this day where each" in text
    assert "Dar es Salaam" not in text


def person_of(held: Held, name: str, state: str) -> Placed:
    with unit_of_work() as session:
        made = enrol_person(session, session.get_one(Edition, held.id), name=name, state=state)
        return Placed(made.id, made.public_id, made.person_id)


def focal(state: str = "TZ", scope: ScopeKind = ScopeKind.STATE, **more: str) -> tuple[Person, str]:
    person = make_person("Focal Beispiel", "focal@example.org", **more)
    return person, give_mandate(person, Role.FOCAL_POINT, scope, state).public_id


def test_the_letter_lists_their_own_people_and_who_has_finished_alone(app: Flask) -> None:
    held = edition()
    done = person_of(held, "Amina Mfano", "TZ")
    person_of(held, "Juma Sampuli", "TZ")
    person_of(held, "Wanjiru Mfano", "KE")
    with unit_of_work() as session:
        finish(session, done.id)
    _person, mandate = focal(zone="Africa/Dar_es_Salaam")
    browser = coordinator(app, held.public_id)
    listing = browser.get(f"/editions/{held.public_id}/focal-points")
    assert "1 focal point has people in this edition." in words(listing)
    assert mandate in listing.text
    page = browser.get(f"/editions/{held.public_id}/focal-points/{mandate}")
    text = words(page)
    assert "1 of the 2 people for whom you are the focal point have finished" in text
    assert ": finished" in text
    assert ": not yet" in text
    assert "Wanjiru" not in text
    for never in ("Signed in", "Reading", "units", "texts left"):
        assert never not in text
    for _time in range(2):
        assert browser.post(f"/editions/{held.public_id}/focal-points/{mandate}").status_code == 303
    (letter,) = letters()
    assert letter.body_text.strip() in unescape(page.text)
    assert "Friday 23 April 2027, 19:00 (Dar es Salaam, UTC+3)" in letter.body_text
    assert "Mfano" not in letter.subject
    assert letter.stop_url == ""
    with unit_of_work() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "mail.send"))
        assert "Mfano" not in str(job.payload)
    assert len(rows()) == 1


def test_a_mandate_over_an_institution_shows_that_institution(app: Flask) -> None:
    held = edition()
    one = person_of(held, "Amina Mfano", "TZ")
    person_of(held, "Juma Sampuli", "TZ")
    with unit_of_work() as session:
        found = select(Institution.public_id).join(Enrolment, Enrolment.institution_id == Institution.id)
        institution = session.scalar(found.where(Enrolment.id == one.id))
    _person, mandate = focal(str(institution), ScopeKind.INSTITUTION)
    text = words(coordinator(app, held.public_id).get(f"/editions/{held.public_id}/focal-points/{mandate}"))
    assert "Amina Mfano" in text
    assert "Juma" not in text


def test_a_focal_point_prints_their_own_letter_and_no_other(app: Flask) -> None:
    held, other = edition(), edition()
    person_of(held, "Amina Mfano", "TZ")
    person_of(held, "Wanjiru Mfano", "KE")
    person_of(other, "Kip Mfano", "KE")
    person, mandate = focal()
    browser = Browser(app, person)
    assert f"/editions/{held.public_id}/own-people" in browser.get(f"/editions/{held.public_id}/people").text
    text = words(browser.get(f"/editions/{held.public_id}/own-people"))
    assert "Amina Mfano" in text
    assert "Wanjiru" not in text
    assert browser.get(f"/editions/{other.public_id}/own-people").status_code == 404
    assert browser.get(f"/editions/{held.public_id}/focal-points/{mandate}").status_code == 404
    assert browser.post(f"/editions/{held.public_id}/focal-points/{mandate}").status_code == 404
    assert coordinator(app, held.public_id).get(f"/editions/{held.public_id}/own-people").status_code == 404


def test_a_mandate_of_another_kind_or_over_nobody_here_has_no_letter(app: Flask) -> None:
    held = edition()
    person_of(held, "Amina Mfano", "TZ")
    _nobody, elsewhere = focal("KE")
    evaluator = give_mandate(make_person(), Role.EVALUATOR).public_id
    browser = coordinator(app, held.public_id)
    for mandate in (elsewhere, evaluator, "AAAAAAAAAAAAAAAAAAAAAA"):
        assert browser.get(f"/editions/{held.public_id}/focal-points/{mandate}").status_code == 404
        assert browser.post(f"/editions/{held.public_id}/focal-points/{mandate}").status_code == 404
    assert "No focal point has people in this edition" in words(browser.get(f"/editions/{held.public_id}/focal-points"))


def test_whoever_is_not_to_be_named_stands_without_name_and_ministry(app: Flask) -> None:
    held = edition()
    hidden = person_of(held, "Amina Mfano", "TZ")
    with unit_of_work() as session:
        enrolment = session.get_one(Enrolment, hidden.id)
        ministry = session.get_one(Institution, enrolment.institution_id).name
        session.add(SensitiveMark(person_id=hidden.person_id, on=True, by_person_id=hidden.person_id, at=NOW))
    _person, mandate = focal()
    text = words(coordinator(app, held.public_id).get(f"/editions/{held.public_id}/focal-points/{mandate}"))
    assert "Amina" not in text
    assert ministry not in text
    assert ": not yet" in text


def test_what_waits_to_be_sent_is_found_when_it_is_written_and_a_mandate_that_ended_shows_nobody(app: Flask) -> None:
    held = edition()
    hidden, done = person_of(held, "Amina Mfano", "TZ"), person_of(held, "Juma Sampuli", "TZ")
    person, mandate = focal()
    by = person.id
    browser = coordinator(app, held.public_id)
    assert browser.post(f"/editions/{held.public_id}/focal-points/{mandate}").status_code == 303
    with unit_of_work() as session:
        session.add(SensitiveMark(person_id=hidden.person_id, on=True, by_person_id=hidden.person_id, at=NOW))
        finish(session, done.id)
    (letter,) = letters()
    assert "Amina" not in letter.body_text
    assert ": finished" in letter.body_text.partition("Juma Sampuli")[2].splitlines()[0]
    with unit_of_work() as session:
        row = session.scalars(select(Mandate).where(Mandate.public_id == mandate)).one()
        people_services.end(session, mandate=row, by=by, at=NOW)
    assert letters() == []
