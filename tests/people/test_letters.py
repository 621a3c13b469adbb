"""What is written to people, and what lies in the queue until then."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.clock import frozen
from lms.kernel.models import Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.letters import Draft, Letter, Reader, absolute_url, compose, letter, letter_for, writers
from lms.people.models import Person
from lms.people.rules import PersonName
from tests.conftest import NOW
from tests.people.makers import make_person

FACTS = {
    "link": "abc",
    "code": "ABCD2346",
    "until": NOW.isoformat(),
    "edition_title": "November 2027 seminar",
    "role": "focal-point",
    "mandate": "a-mandate",
    "numbers": {"people/mandate": 2},
}


def newest() -> Letter | None:
    with unit_of_work() as session:
        job = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id.desc())).first()
        assert job is not None
        return letter_for(session, job.payload)


def invite(person: Person, at: dt.datetime = NOW) -> None:
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        services.invite(session, person=row, by=None, at=at, edition_title="November 2027 seminar")


def test_an_invitation_names_link_code_and_time(app: Flask) -> None:
    name = PersonName("Amina Mfano", address="Dr Mfano")
    person = make_person(name, "amina@example.org", welcomed=False, zone="Africa/Dar_es_Salaam")
    invite(person)
    sent = newest()
    assert sent is not None
    assert (sent.to_address, sent.to_name, sent.locale, sent.rtl) == ("amina@example.org", "Dr Mfano", "en", False)
    assert sent.subject == "Raphael Lemkin Seminar: your invitation"
    assert sent.body_text.startswith("Dear Dr Mfano,\n\nyou are invited to the November 2027 seminar.")
    assert "http://127.0.0.1:8000/invitation/" in sent.body_text
    assert "Monday 19 April 2027, 12:00 (Dar es Salaam, UTC+3)" in sent.body_text


def test_a_letter_is_in_the_language_of_its_reader(app: Flask) -> None:
    invite(make_person("Ana Muestra", "ana@example.org", welcomed=False, locale="es", zone="America/Mexico_City"))
    sent = newest()
    assert sent is not None
    assert (sent.subject, sent.locale) == ("Seminario Raphael Lemkin: su invitación", "es")
    assert sent.body_text.startswith("Cordial saludo, Ana Muestra:\n\nRecibe esta invitación")
    assert "lunes 19 de abril de 2027, 03:00 (Ciudad de México, UTC−6)" in sent.body_text


def test_the_queue_holds_no_name_address_link_or_code(app: Flask) -> None:
    person = make_person("Amina Mfano", "amina@example.org", welcomed=False)
    invite(person)
    sent = newest()
    with unit_of_work() as session:
        held = json.dumps([job.payload for job in session.scalars(select(Job))])
    assert sent is not None
    link = sent.body_text.split("/invitation/")[1].split()[0]
    code = sent.body_text.split("there: ")[1][:9].replace(" ", "")
    for secret in ("Amina", "Mfano", "amina@example.org", link, code):
        assert secret not in held


def test_a_replaced_invitation_is_not_sent_any_more(app: Flask) -> None:
    person = make_person(welcomed=False)
    invite(person)
    invite(person, NOW + dt.timedelta(minutes=1))  # later than a click made twice
    with unit_of_work() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id)).all()
        found = [letter_for(session, job.payload) for job in jobs]
    assert [made is None for made in found] == [True, False]


def test_whoever_has_been_here_is_told_to_sign_in(app: Flask) -> None:
    invite(make_person())
    sent = newest()
    assert sent is not None
    assert "/sign-in" in sent.body_text
    assert "/invitation/" not in sent.body_text


@pytest.mark.parametrize("ending", ["erased", "disabled"])
def test_nobody_writes_to_somebody_who_is_gone(app: Flask, ending: str) -> None:
    person = make_person(welcomed=False)
    invite(person)
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        if ending == "erased":
            services.erase(session, person=row, by=None, at=NOW)
        else:
            row.disabled_at = NOW
    assert newest() is None


@pytest.mark.parametrize("template", sorted(name for name in writers if name.startswith("people/")))
def test_every_letter_of_ours_can_be_written_and_its_subject_names_nobody(app: Flask, template: str) -> None:
    made = compose(template, Reader("Amina Mfano", "en", "UTC"), FACTS, "amina@example.org")
    assert "Mfano" not in made.subject
    assert "\n" not in made.subject
    assert made.body_text.count("Dear ") == 1
    assert all(made.paragraphs)


def test_another_context_adds_a_letter(app: Flask) -> None:
    @letter("tests/greeting")
    def greeting(reader: Reader, facts: object) -> Draft:
        return Draft("A greeting", (f"Written for {reader.zone}.",))

    try:
        person = make_person(zone="Europe/Warsaw")
        with unit_of_work() as session:
            assert services.write_to(session, person_id=person.id, template="tests/greeting")
        sent = newest()
    finally:
        del writers["tests/greeting"]
    assert sent is not None
    assert "Written for Europe/Warsaw." in sent.body_text


def test_links_lead_to_the_configured_place_under_its_prefix(app: Flask) -> None:
    assert absolute_url("people.reset", link="x") == "http://127.0.0.1:8000/reset/x"


def test_a_letter_that_comes_too_late_for_its_code_is_not_sent(app: Flask) -> None:
    person = make_person(welcomed=False)
    with unit_of_work() as session:
        services.invite(session, person=session.get_one(Person, person.id), by=None, at=NOW)
        payload = session.scalars(select(Job.payload).where(Job.kind == "mail.send")).one()
    for days, sent in ((6, True), (8, False)):
        with frozen(NOW + dt.timedelta(days=days)), unit_of_work() as session:
            assert (letter_for(session, payload) is not None) is sent
