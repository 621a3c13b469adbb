"""Private reflections: for their writer alone, appended, counted as written."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import ProgressEvent, ProgressKind, Receipt, Reflection
from lms.people.rules import Role
from tests.learning.makers import Reader, make_reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client

SECRET = "What I would never tell my minister."


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    made = make_reader(app)
    made.read()
    made.pass_quiz()
    return made


def write(reader: Reader, text: str, key: str = "") -> int:
    return reader.post("thought", "reflection", key=key, text=text).status_code


def test_what_was_written_returns_to_its_writer(reader: Reader) -> None:
    assert write(reader, SECRET) == 303
    page = reader.get("thought")
    assert SECRET in page
    assert "Only you can read it." in page


def test_it_is_sealed_wherever_it_is_kept(reader: Reader) -> None:
    write(reader, SECRET)
    with unit_of_work() as session:
        (row,) = session.scalars(select(Reflection)).all()
        receipts = session.execute(select(Receipt.body, Receipt.body_hash)).all()
    assert b"minister" not in row.sealed
    assert "minister" not in str(receipts)


def test_a_new_text_is_added_and_the_old_one_kept(reader: Reader) -> None:
    for text in ("First.", "Second.", "Second."):
        assert write(reader, text) == 303
    with unit_of_work() as session:
        assert len(session.scalars(select(Reflection)).all()) == 2
        kinds = session.scalars(select(ProgressEvent.kind)).all()
    assert kinds.count(ProgressKind.WRITTEN) == 1
    assert "Second." in reader.get("thought")


def test_nobody_else_can_read_it(reader: Reader, app: Flask) -> None:
    write(reader, SECRET)
    coordinator = make_person("Cora Beispiel")
    give_mandate(coordinator, Role.COORDINATOR)
    other = make_reader(app)
    for client in (signed_in_client(app, coordinator), other.client, app.test_client()):
        for path in (reader.url("thought"), reader.url("thought", "reflection")):
            for answer in (client.get(path), client.post(path, data={"client_key": "k" * 20, "text": "x"})):
                assert answer.status_code in {303, 401, 404, 405}
                assert SECRET not in answer.text


def test_the_same_page_sent_again_after_a_change_shows_both(reader: Reader) -> None:
    write(reader, "First.", key="the-same-key")
    assert write(reader, "First.", key="the-same-key") == 303
    answer = reader.post("thought", "reflection", key="the-same-key", text="Changed.")
    assert answer.status_code == 409
    assert "<td>First.</td><td>Changed.</td>" in answer.text
    assert "First." in reader.get("thought")


@pytest.mark.parametrize("text", ["", "   \r\n ", "x" * 20_001, "x" * 30_000, "nul\x00"])
def test_nothing_and_too_much_are_refused_and_what_was_typed_comes_back(reader: Reader, text: str) -> None:
    answer = reader.post("thought", "reflection", text=text)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    if len(text) > 100:
        assert "x" * 20_000 in answer.text
    with unit_of_work() as session:
        assert session.scalars(select(Reflection)).all() == []


def test_a_text_is_no_place_for_a_reflection(reader: Reader) -> None:
    assert reader.post("first", "reflection", text=SECRET).status_code == 404
