"""What somebody typed comes back when it could not be taken: signed out meanwhile, an old form, a database away."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import Reflection
from lms.people import services as people
from lms.people.models import Person
from tests.conftest import NOW
from tests.learning.makers import Reader, make_reader, publish
from tests.learning.test_reading import count
from tests.people.makers import start_session

TYPED = 'I would ask <script>alert("who")</script> & why.\n\nThen I would go.'


class SentForm(HTMLParser):
    """The form that holds the text: where it goes and what is in it, as a browser would send it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields = "", {}
        self._form, self._inside, self._area = "", {}, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form, self._inside = given["action"], {}
        elif tag == "input" and given.get("name"):
            self._inside[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            self._inside[self._area] = ""
            self.action, self.fields = self._form, self._inside

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].lstrip("\r\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    app.config["WTF_CSRF_ENABLED"] = False
    made = make_reader(app)
    made.read()
    made.pass_quiz()
    assert made.post("first", "undo").status_code == 303
    app.config["WTF_CSRF_ENABLED"] = True
    return made


PLACES = (("first", "instead"), ("thought", "reflection"))


def opened(reader: Reader, unit: str) -> SentForm:
    """The form as it stands on the page where one writes."""
    page = reader.client.get(reader.url(unit, *(["instead"] if unit == "first" else []))).text
    return SentForm(page)


def sign_in_again(reader: Reader) -> None:
    """As in another tab: the browser gets a new cookie, and forms made before it are old."""
    token = start_session(Person(id=reader.person_id))
    with reader.client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token


def end_every_session(reader: Reader) -> None:
    with unit_of_work() as session:
        people.end_other_sessions(session, person_id=reader.person_id, at=NOW)


def send(reader: Reader, form: SentForm) -> TestResponse:
    return reader.client.post(form.action, data=form.fields)


@pytest.mark.parametrize(("unit", "what"), PLACES)
def test_what_was_typed_while_the_session_ended_is_sent_again_and_kept_once(
    reader: Reader, unit: str, what: str
) -> None:
    if unit == "thought":
        reader.app.config["WTF_CSRF_ENABLED"] = False
        reader.read()
        reader.app.config["WTF_CSRF_ENABLED"] = True
    form = opened(reader, unit)
    assert form.action == reader.url(unit, what)
    form.fields["text"] = TYPED
    end_every_session(reader)
    refused = send(reader, form)
    assert refused.status_code == 401
    assert "What you wrote is not lost" in refused.text
    assert "<script>alert" not in refused.text
    again = SentForm(refused.text)
    assert (again.action, again.fields["text"]) == (form.action, TYPED)
    assert again.fields["client_key"] == form.fields["client_key"]
    assert count(Reflection) == 0
    sign_in_again(reader)
    old = send(reader, again)
    assert old.status_code == 400
    once_more = SentForm(old.text)
    assert once_more.fields["text"] == TYPED
    for _time in range(2):
        assert send(reader, once_more).status_code == 303
    assert count(Reflection) == 1
    assert SentForm(reader.client.get(form.action.replace("/reflection", "")).text).fields["text"] == TYPED


def test_what_was_typed_comes_back_when_the_database_is_away(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    form = opened(reader, "first")
    form.fields["text"] = TYPED

    def away(*_words: object, **_named: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as patched:
        patched.setattr("lms.learning.services.write_instead", away)
        refused = send(reader, form)
    assert refused.status_code == 503
    assert SentForm(refused.text).fields["text"] == TYPED
    assert send(reader, SentForm(refused.text)).status_code == 303
    assert count(Reflection) == 1


def test_an_empty_form_brings_nothing_back(reader: Reader) -> None:
    form = opened(reader, "first")
    end_every_session(reader)
    refused = send(reader, form)
    assert refused.status_code == 401
    assert "What you wrote is not lost" not in refused.text


def test_other_forms_give_nothing_back(reader: Reader) -> None:
    end_every_session(reader)
    refused = reader.client.post(reader.url("first", "done"), data={"text": TYPED, "client_key": "k" * 20})
    assert refused.status_code == 401
    assert "I would ask" not in refused.text
