"""A mandate over one course is given in the browser, and is called by the course's title wherever it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import published, worker
from tests.people.makers import give_mandate, make_person, signed_in_client


@pytest.fixture
def office(app: Flask, tmp_path: Path) -> Flask:
    published(tmp_path)
    return app


def test_a_course_can_be_chosen_for_a_mandate(office: Flask) -> None:
    administrator = worker(office, Role.ADMINISTRATOR).client
    page = administrator.get("/mandates/new").text
    assert re.search(r'<optgroup label="A course">\s*<option value="course:tiny">A tiny course</option>', page)
    sent = {
        "address": "reader@example.org", "name": "Amina Mfano", "role": "reviewer", "reach": "course:tiny",
        "since": "2027-04-12",
    }  # fmt: skip
    made = administrator.post("/mandates/new", data=sent)
    assert made.status_code == 303, made.text
    assert "Reviewer, A tiny course" in administrator.get(made.location).text
    assert "<td>A tiny course</td>" in administrator.get("/mandates").text


def test_the_home_of_every_mandate_names_the_course(office: Flask) -> None:
    for role, said in ((Role.TRAINER, "Trainer"), (Role.REVIEWER, "Reviewer"), (Role.OBSERVER, "Observer")):
        home = worker(office, role, ScopeKind.COURSE, "tiny").client.get("/").text
        assert f"<b>{said}</b>: A tiny course" in home
    assert "<b>Trainer</b>: all courses" in worker(office, Role.TRAINER).client.get("/").text


def test_somebody_with_two_mandates_reaches_both_courses_and_one_page(office: Flask) -> None:
    person = make_person()
    give_mandate(person, Role.TRAINER, ScopeKind.COURSE, "nowhere")
    give_mandate(person, Role.REVIEWER, ScopeKind.COURSE, "tiny")
    client = signed_in_client(office, person)
    assert client.get("/courses/tiny").status_code == 200
    assert client.get("/courses/nowhere").status_code == 404
