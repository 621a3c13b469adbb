"""Reading a unit, marking it as read, taking that back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress, ProgressEvent, Receipt, UnitProgress, UnitState
from lms.people.models import Sector
from lms.seminars.models import Stage, StageReached
from tests.conftest import NOW, statements
from tests.learning.makers import Reader, adopt, make_reader, publish

AFTER_DEADLINE = dt.datetime(2027, 4, 24, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    return make_reader(app)


def count(kind: type) -> int:
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def beyond_session(sent: list[str]) -> list[str]:
    """The statements that do not ask who is signed in."""
    return [one for one in sent if "lms_session" not in one and not one.startswith(("BEGIN", "PRAGMA"))]


def state_of(reader: Reader, key: str = "first") -> UnitState | None:
    with unit_of_work() as session:
        return session.scalar(
            select(UnitProgress.state).where(
                UnitProgress.enrolment_id == reader.enrolment_id, UnitProgress.unit_id == reader.unit(key).id
            )
        )


def test_the_page_of_a_unit_has_all_that_a_reader_needs(reader: Reader) -> None:
    page = reader.get("first")
    for part in (
        "This text describes violence.", "Key points", "A point.", '<h2 id="beginning">', 'href="#beginning"',
        "Sources", 'href="#r1"', "Terms", "A member or observer", 'popovertarget="t-state"', 'id="t-state"',
        "Version 1.0, published 12 April 2027", "Fingerprint of this text", "I have read this", "Report an error",
    ):  # fmt: skip
        assert part in page, part


def test_the_readers_own_kind_of_institution_stands_first_and_open(reader: Reader) -> None:
    page = reader.get("first")
    own = page.index("Read the law again.")
    assert "<details" not in page[page.index('id="institutions"') : own]
    assert all(page.index(other) > own for other in ("Write to the embassies.", "Watch and report."))
    assert page.count('<details class="more">') == 5


def test_a_text_is_marked_as_read_and_undone(reader: Reader) -> None:
    reader.read()
    assert state_of(reader) is UnitState.DONE
    assert "Done at 12:00." in reader.get("first")
    assert reader.post("first", "undo").status_code == 303
    assert state_of(reader) is UnitState.OPEN
    assert "I have read this" in reader.get("first")
    assert count(ProgressEvent) == 2


def test_the_page_in_scripts_gets_the_block_alone(reader: Reader) -> None:
    done = reader.post("first", "done", HX_Request="true")
    assert done.status_code == 200
    assert "Undo" in done.text
    assert "<html" not in done.text
    undone = reader.post("first", "undo", HX_Request="true")
    assert "I have read this" in undone.text


def test_the_same_form_sent_twice_has_one_effect(reader: Reader) -> None:
    for _time in range(2):
        assert reader.post("first", "done", key="the-same-key").status_code == 303
    assert (count(ProgressEvent), count(Receipt)) == (1, 1)


def test_two_forms_of_one_text_have_one_effect(reader: Reader) -> None:
    reader.read()
    reader.read()
    assert (count(ProgressEvent), count(Receipt)) == (1, 2)


def test_a_key_used_for_something_else_is_a_conflict(reader: Reader) -> None:
    reader.post("first", "done", key="the-same-key")
    answer = reader.post("first", "undo", key="the-same-key")
    assert answer.status_code == 409
    assert "What was saved first is kept" in answer.text
    assert state_of(reader) is UnitState.DONE


def test_a_key_is_never_shared_between_people(reader: Reader, app: Flask) -> None:
    other = make_reader(app)
    reader.post("first", "done", key="the-same-key")
    assert other.post("first", "done", key="the-same-key").status_code == 303
    assert state_of(other) is UnitState.DONE


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space in it", "nul\x00nul\x00nul"])
def test_a_form_without_a_proper_key_is_refused(reader: Reader, key: str) -> None:
    answer = reader.client.post(reader.url("first", "done"), data={"client_key": key})
    assert answer.status_code == 422
    assert "We could not read what was sent" in answer.text
    assert count(ProgressEvent) == 0


def test_after_completion_nothing_is_undone(reader: Reader) -> None:
    reader.finish()
    assert "Undo" not in reader.get("first")
    answer = reader.post("first", "undo")
    assert answer.status_code == 422
    assert "can no longer be taken back" in answer.text
    assert state_of(reader) is UnitState.DONE


def test_reading_after_the_deadline_counts_and_is_marked_late(reader: Reader) -> None:
    assert "The deadline has passed" not in reader.get("first")
    with frozen(AFTER_DEADLINE):
        late = make_reader(reader.app, None)
        assert "The deadline has passed" in late.get("first")
        late.read()
        assert "That was after the deadline." in late.get("first")
    with unit_of_work() as session:
        row = session.execute(select(UnitProgress.late).where(UnitProgress.enrolment_id == late.enrolment_id)).one()
    assert row.late is True


def test_the_first_action_reaches_the_stage_of_reading(reader: Reader) -> None:
    reader.get("first")
    stages = select(StageReached.stage).where(StageReached.enrolment_id == reader.enrolment_id)
    with unit_of_work() as session:
        assert Stage.READING not in session.scalars(stages).all()
    reader.read()
    with unit_of_work() as session:
        assert Stage.READING in session.scalars(stages).all()
        row = session.get_one(EnrolmentProgress, reader.enrolment_id)
        assert (row.started_at, row.units_done, row.completed_at) == (NOW, 1, None)


def test_the_last_unit_opened_is_remembered_after_the_answer(reader: Reader) -> None:
    reader.get("asked")
    with unit_of_work() as session:
        assert session.get_one(EnrolmentProgress, reader.enrolment_id).last_unit_id == reader.unit("asked").id
    with statements(reader.app) as sent:
        reader.get("asked")
    assert not [statement for statement in sent if statement.startswith(("INSERT", "UPDATE"))]


def test_a_unit_of_a_module_not_open_yet_leads_to_the_module_which_says_why(reader: Reader) -> None:
    answer = reader.client.get(reader.url("thought"), follow_redirects=True)
    assert "It opens when you have finished what comes before" in answer.text
    assert "not open yet" in answer.text
    assert f'href="{reader.url("thought")}"' not in answer.text
    assert reader.post("thought", "reflection", text="Early.").status_code == 422
    assert count(ProgressEvent) == 0


def test_a_quiz_and_a_reflection_are_not_finished_by_reading(reader: Reader) -> None:
    assert reader.post("asked", "done").status_code == 422
    assert reader.post("thought", "done").status_code == 422
    assert count(ProgressEvent) == 0


def test_another_edition_is_as_good_as_missing(reader: Reader, app: Flask) -> None:
    other = make_reader(app)
    for path in (other.url("first"), reader.url("missing"), other.url("first").replace(other.edition, "missing")):
        foreign = reader.client.get(path)
        assert foreign.status_code == 404
        assert reader.client.post(path + "/done", data={"client_key": "k" * 20}).status_code == 404
    assert reader.client.get(f"/learn/{other.edition}/modules/words").status_code == 404
    assert count(ProgressEvent) == 0


def test_progress_cannot_be_claimed_by_fields_of_a_form(reader: Reader) -> None:
    reader.post("first", "done", state="done", substance="s9", points="9", enrolment_id="1", at="2020-01-01", late="0")
    with unit_of_work() as session:
        (event,) = session.scalars(select(ProgressEvent)).all()
    assert (event.substance, event.points, event.at) == ("s1", None, NOW)


def test_the_module_page_says_what_it_is_for_and_what_is_next(reader: Reader) -> None:
    page = reader.client.get(f"/learn/{reader.edition}/modules/words").text
    assert "Say what a state is." in page
    assert "Continue: First" in page
    assert page.count("This is next.") == 1
    reader.read()
    page = reader.client.get(f"/learn/{reader.edition}/modules/words").text
    assert "Continue: Asked" in page
    assert "1 of 2 units finished" in page


def test_a_report_is_kept_sealed_once(reader: Reader) -> None:
    for _time in range(2):
        sent = reader.post("first", "report", wrong="The year is wrong.", key="the-same-key")
        assert sent.status_code == 303
    assert "Your report was sent" in reader.get("first")
    with unit_of_work() as session:
        rows = session.execute(select(*db.metadata.tables["lms_text_report"].c)).all()
    assert len(rows) == 1
    assert b"year" not in rows[0].sealed
    empty = reader.post("first", "report", wrong=" ")
    assert empty.status_code == 422
    assert "Say what is wrong." in empty.text
    assert reader.post("first", "report", wrong="x" * 2001).status_code == 422


def test_a_substantive_change_opens_the_unit_again_and_an_editorial_one_does_not(
    reader: Reader, tmp_path: Path
) -> None:
    from_first = (tmp_path / "tiny/modules/01-words/first.md").read_text()
    reader.read()
    publish(
        tmp_path, first=from_first.replace("A State acted", "A State has acted").replace("It ended.", "It is over.")
    )
    assert "Version 1.1" in reader.get("first")
    assert "Done at" in reader.get("first")
    changed = publish(tmp_path, first=from_first.replace("substance: s1", "substance: s2").replace("It ended.", "No."))
    adopt(reader, changed)
    assert "Version 2.0" in reader.get("first")
    assert "I have read this" in reader.get("first")


def test_what_was_complete_stays_complete_under_a_new_version(reader: Reader, tmp_path: Path) -> None:
    reader.finish()
    from_first = (tmp_path / "tiny/modules/01-words/first.md").read_text()
    adopt(reader, publish(tmp_path, first=from_first.replace("substance: s1", "substance: s2")))
    page = reader.get("first")
    assert "nothing more is asked of you" in page
    assert "I have read this" not in page


def test_a_page_and_a_mark_take_few_statements(reader: Reader) -> None:
    reader.get("first")
    reader.get("first")
    with statements(reader.app) as sent:
        reader.get("first")
    assert len(beyond_session(sent)) <= 2, sent
    reader.read()
    with statements(reader.app) as sent:
        reader.post("first", "undo")
    # One of them asks for the version in force again once progress is held, five note how the reader stands.
    assert len(beyond_session(sent)) <= 14, sent


def test_the_box_for_institutions_follows_the_sector_of_the_enrolment(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    page = make_reader(app, sector=Sector.EDUCATION).get("first")
    assert page.index("Teach the teachers.") < page.index("Read the law again.")
