"""Writing instead of a hard text: for the writer alone, counted as reading, taken once, and never near the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from lms.catalogue.models import UnitRevision
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries, services
from lms.learning.models import ProgressEvent, ProgressKind, Receipt, Reflection, UnitProgress, UnitState
from lms.people import services as people
from lms.people.models import Person
from lms.people.rules import Role
from tests.catalogue import tiny
from tests.conftest import NOW, statements
from tests.learning.makers import FIRST, Reader, adopt, make_reader, publish
from tests.learning.test_reading import AFTER_DEADLINE, beyond_session, count, state_of
from tests.people.makers import give_mandate, make_person, signed_in_client

SECRET = "My uncle told me what he saw at the bridge."
OFFER = "If you would rather not read this now, you can write instead."
TASK = "Write a letter to a colleague about a promise."
HARD = "In 2012 a"
SOFT = tiny.FIRST
"""The same unit without anything hard in it."""


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    return make_reader(app)


def write(reader: Reader, text: str = SECRET, key: str = "") -> int:
    return reader.post("first", "instead", key=key, text=text).status_code


def page_instead(reader: Reader) -> str:
    answer = reader.client.get(reader.url("first", "instead"))
    assert answer.status_code == 200, answer.text
    return answer.text


def events(reader: Reader) -> list[ProgressKind]:
    with unit_of_work() as session:
        mine = select(ProgressEvent.kind).where(ProgressEvent.enrolment_id == reader.enrolment_id)
        return list(session.scalars(mine.order_by(ProgressEvent.id)))


def problems() -> dict[str, Any]:
    return {name: found for name, found in run_all(db.session()).items() if found and name.startswith("learning.")}


def test_the_note_before_hard_material_offers_something_to_write_instead(reader: Reader) -> None:
    page = reader.get("first")
    assert page.index("This text describes violence.") < page.index(OFFER) < page.index("Key points")
    assert f'href="{reader.url("first", "instead")}"' in page


def test_the_page_for_writing_holds_the_task_and_nothing_of_the_text(reader: Reader) -> None:
    page = page_instead(reader)
    assert TASK in page
    for hard in (HARD, "It ended.", "Read the law again.", 'id="beginning"'):
        assert hard not in page
    folded = page[page.index("<details") : page.index("</details>")]
    assert "A point." in folded
    assert "A point." not in page.replace(folded, "")
    assert "<title>First –" in page


def test_key_points_bring_their_own_sources_and_terms_and_no_others(app: Flask, tmp_path: Path) -> None:
    pointed = FIRST.replace("- A point.", "- A [[state]] acted in 2012. [@S001]")
    publish(tmp_path, first=pointed)
    page = page_instead(make_reader(app))
    for lead in re.findall(r'href="#([\w-]+)"', page):
        assert f'id="{lead}"' in page, lead
    assert 'popovertarget="t-state"' in page
    assert 'id="t-state"' in page
    assert page.count("The first source") >= 1


def test_what_was_written_marks_the_text_as_done_as_reading_does(reader: Reader) -> None:
    assert write(reader) == 303
    assert state_of(reader) is UnitState.DONE
    assert events(reader) == [ProgressKind.READ]
    with unit_of_work() as session:
        (receipt,) = session.scalars(select(Receipt)).all()
    unit = reader.unit("first")
    assert (receipt.action, receipt.body) == ("read", {"unit": unit.id, "substance": unit.substance})
    assert problems() == {}


def test_saving_leads_back_to_the_page_without_the_text(reader: Reader) -> None:
    answer = reader.post("first", "instead", text=SECRET)
    assert answer.location.endswith(f"{reader.url('first', 'instead')}#progress")
    page = page_instead(reader)
    for part in ("Done at 12:00.", "Kept at 12:00. Only you can read it.", SECRET, "Continue: Asked"):
        assert part in page, part
    assert HARD not in page


def test_the_text_says_done_in_the_same_words_and_leads_its_writer_to_what_was_written(
    reader: Reader, app: Flask
) -> None:
    write(reader)
    other = make_reader(app)
    other.read()
    link = f'<a href="{reader.url("first", "instead")}">Read or change what you wrote</a>'
    for one, linked in ((reader, True), (other, False)):
        page = one.get("first")
        assert "Done at 12:00." in page
        assert OFFER not in page
        assert ("Read or change what you wrote" in page) is linked
    assert link in reader.get("first")
    assert SECRET not in reader.get("first")


def test_the_writer_comes_back_changes_it_and_reads_the_text_later(reader: Reader) -> None:
    for text in ("First words.", "Second words.", "Second words."):
        assert write(reader, text) == 303
    page = page_instead(reader)
    assert "Second words." in page
    assert "First words." not in page
    assert (count(Reflection), count(Receipt)) == (2, 3)
    assert events(reader) == [ProgressKind.READ]
    assert HARD in reader.get("first")
    assert problems() == {}


def test_it_is_taken_back_like_reading_and_what_was_written_stays(reader: Reader) -> None:
    write(reader)
    answer = reader.post("first", "undo", **{"from": "instead"})
    assert answer.location.endswith(f"{reader.url('first', 'instead')}#progress")
    assert state_of(reader) is UnitState.OPEN
    page = page_instead(reader)
    assert SECRET in page
    assert "Done at" not in page
    assert OFFER in reader.get("first")
    assert write(reader) == 303
    assert events(reader) == [ProgressKind.READ, ProgressKind.UNDONE, ProgressKind.READ]
    assert (state_of(reader), count(Reflection)) == (UnitState.DONE, 1)
    assert reader.post("first", "undo").location.endswith(f"{reader.url('first')}#progress")


def test_after_completion_nothing_is_taken_back_and_the_text_does_not_appear(reader: Reader) -> None:
    write(reader)
    reader.pass_quiz()
    assert reader.post("thought", "reflection", text="My thought.").status_code == 303
    page = page_instead(reader)
    assert "Your pre-reading is complete." in page
    assert "Undo" not in page
    answer = reader.post("first", "undo", **{"from": "instead"})
    assert answer.status_code == 422
    assert "can no longer be taken back" in answer.text
    assert HARD not in answer.text
    assert write(reader, "Something else.") == 303
    assert "Something else." in page_instead(reader)
    assert problems() == {}


def test_writing_after_the_deadline_counts_and_is_marked_late_as_reading_is(reader: Reader) -> None:
    with frozen(AFTER_DEADLINE):
        late = make_reader(reader.app)
        assert "The deadline has passed" in page_instead(late)
        assert write(late) == 303
        assert "That was after the deadline." in page_instead(late)
    with unit_of_work() as session:
        row = session.execute(select(UnitProgress.late).where(UnitProgress.enrolment_id == late.enrolment_id)).one()
    assert row.late is True
    assert problems() == {}


def test_the_same_form_sent_twice_has_one_effect(reader: Reader) -> None:
    for _time in range(2):
        assert write(reader, key="the-same-key") == 303
    assert (count(ProgressEvent), count(Receipt), count(Reflection)) == (1, 1, 1)


def test_the_same_page_sent_again_after_a_change_shows_both_and_leads_back_to_writing(reader: Reader) -> None:
    write(reader, "First.", key="the-same-key")
    answer = reader.post("first", "instead", key="the-same-key", text="Changed.")
    assert answer.status_code == 409
    assert "<td>First.</td><td>Changed.</td>" in answer.text
    assert f'href="{reader.url("first", "instead")}"' in answer.text
    assert "First." in page_instead(reader)


def test_a_key_used_for_reading_is_not_taken_for_writing(reader: Reader) -> None:
    assert reader.post("first", "done", key="the-same-key").status_code == 303
    assert reader.post("first", "instead", key="the-same-key", text=SECRET).status_code == 409
    assert count(Reflection) == 0


@pytest.mark.parametrize("text", ["", "   \r\n ", "x" * 20_001, "x" * 30_000, "nul\x00"])
def test_nothing_and_too_much_are_refused_and_what_was_typed_comes_back(reader: Reader, text: str) -> None:
    answer = reader.post("first", "instead", text=text)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert HARD not in answer.text
    if len(text) > 100:
        assert "x" * 20_000 in answer.text
    assert (count(Reflection), count(ProgressEvent), count(Receipt)) == (0, 0, 0)


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space in it"])
def test_a_form_without_a_proper_key_is_refused_and_keeps_what_was_typed(reader: Reader, key: str) -> None:
    answer = reader.client.post(reader.url("first", "instead"), data={"client_key": key, "text": SECRET})
    assert answer.status_code == 422
    assert SECRET in answer.text
    assert count(Reflection) == 0


def test_it_is_sealed_wherever_it_is_kept(reader: Reader) -> None:
    write(reader)
    with unit_of_work() as session:
        (row,) = session.scalars(select(Reflection)).all()
        receipts = session.execute(select(Receipt.body, Receipt.body_hash)).all()
    assert b"bridge" not in row.sealed
    assert "bridge" not in str(receipts)


def test_nobody_else_can_read_it_or_write_it(reader: Reader, app: Flask) -> None:
    write(reader)
    coordinator = make_person("Cora Beispiel")
    give_mandate(coordinator, Role.COORDINATOR)
    other = make_reader(app)
    for client in (signed_in_client(app, coordinator), other.client, app.test_client()):
        for path in (reader.url("first", "instead"), reader.url("first")):
            for answer in (client.get(path), client.post(path, data={"client_key": "k" * 20, "text": "x"})):
                assert answer.status_code in {303, 401, 404, 405}
                assert SECRET not in answer.text
    assert count(Reflection) == 1


@pytest.mark.parametrize("unit", ["asked", "thought", "nothing-there"])
def test_other_kinds_of_units_offer_nothing_to_write_instead(reader: Reader, unit: str) -> None:
    reader.read()
    reader.pass_quiz()
    assert reader.client.get(reader.url(unit, "instead")).status_code == 404
    assert reader.post(unit, "instead", text=SECRET).status_code == 404
    assert count(Reflection) == 0


def test_a_text_without_anything_hard_offers_nothing_to_write_instead(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, first=SOFT)
    reader = make_reader(app)
    assert "instead" not in reader.get("first")
    assert reader.client.get(reader.url("first", "instead")).status_code == 404
    assert reader.post("first", "instead", text=SECRET).status_code == 404


def test_a_note_from_before_there_was_anything_to_write_stands_as_it_stood(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    reader = make_reader(app)
    with unit_of_work() as session:
        row = session.scalars(select(UnitRevision).where(UnitRevision.id == reader.unit("first").revision_id)).one()
        page = {name: value for name, value in row.rendered.items() if name != "written_alternative"}
        session.execute(update(UnitRevision).where(UnitRevision.id == row.id).values(rendered=page))
    shown = reader.get("first")
    assert "This text describes violence." in shown
    assert "instead" not in shown
    assert reader.client.get(reader.url("first", "instead")).status_code == 404


def test_what_was_written_stays_with_its_writer_when_the_text_offers_it_no_more(
    reader: Reader, app: Flask, tmp_path: Path
) -> None:
    write(reader)
    publish(tmp_path, first=SOFT)
    page = page_instead(reader)
    assert SECRET in page
    assert "What to write about" not in page
    assert write(reader, "Changed.") == 303
    assert make_reader(app).client.get(reader.url("first", "instead")).status_code == 404


def _undone(reader: Reader, _home: Path) -> None:
    assert reader.post("first", "undo").status_code == 303


def _offered_no_more(_reader: Reader, home: Path) -> None:
    publish(home, first=SOFT)


def _of_another_substance(reader: Reader, home: Path) -> None:
    adopt(reader, publish(home, first=SOFT.replace("substance: s1", "substance: s2")))


@pytest.mark.parametrize(
    "changes",
    [(_undone,), (_offered_no_more,), (_undone, _offered_no_more), (_undone, _of_another_substance)],
    ids=["undone", "dropped", "undone and dropped", "undone and another text"],
)
def test_the_text_leads_its_writer_to_what_they_wrote_whatever_came_after(
    reader: Reader, app: Flask, tmp_path: Path, changes: tuple[Callable[[Reader, Path], None], ...]
) -> None:
    write(reader)
    for change in changes:
        change(reader, tmp_path)
    for _time in range(2):
        page = reader.get("first")
    assert "Read or change what you wrote" in page
    with statements(reader.app) as sent:
        reader.get("first")
    # One more for whoever is told on this page that the text has changed.
    assert len(beyond_session(sent)) <= 3 + ("has changed since" in page), sent
    assert "Read or change what you wrote" not in make_reader(app).get("first")


def test_a_text_of_another_substance_asks_again_and_what_was_written_can_count_again(
    reader: Reader, tmp_path: Path
) -> None:
    write(reader)
    adopt(reader, publish(tmp_path, first=FIRST.replace("substance: s1", "substance: s2")))
    assert OFFER in reader.get("first")
    assert SECRET in page_instead(reader)
    assert write(reader) == 303
    assert state_of(reader) is UnitState.DONE
    assert count(Reflection) == 1
    assert problems() == {}


def test_a_module_not_open_yet_leads_to_the_module_which_says_why(app: Flask, tmp_path: Path) -> None:
    hard = FIRST.replace("key: first", "key: thought").replace("A [[state|State]]", "A State")
    publish(tmp_path, first=SOFT, thought=hard)
    reader = make_reader(app)
    answer = reader.client.get(reader.url("thought", "instead"), follow_redirects=True)
    assert "It opens when you have finished what comes before" in answer.text
    refused = reader.post("thought", "instead", text=SECRET)
    assert refused.status_code == 422
    assert SECRET in refused.text
    assert count(Reflection) == 0


def test_questions_still_lead_to_the_passages_of_a_text_that_was_not_read(reader: Reader) -> None:
    write(reader)
    reader.pass_quiz()
    assert f'href="{reader.url("first")}#beginning"' in reader.get("asked")


def test_erasing_the_person_takes_what_they_wrote_with_the_key(reader: Reader) -> None:
    write(reader)
    own = reader.own()
    with unit_of_work() as session:
        people.erase(session, person=session.get_one(Person, reader.person_id), by=None, at=NOW)
    with unit_of_work() as session, pytest.raises(NotFound):
        queries.reflection(session, own, reader.unit("first").id)


def test_a_place_given_up_in_the_middle_keeps_nothing(reader: Reader) -> None:
    own, outline, unit = reader.own(), reader.outline(), reader.unit("first")
    with unit_of_work() as session:
        person = session.get_one(Person, reader.person_id)
        people.erase(session, person=person, by=None, at=NOW)
    with pytest.raises(NotFound), unit_of_work() as session:
        services.write_instead(session, own=own, outline=outline, unit=unit, text=SECRET, key="k" * 20, at=NOW)
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 0


@pytest.mark.parametrize("script", [False, True], ids=["plain", "htmx"])
def test_logs_name_reading_and_writing_alike(
    reader: Reader, app: Flask, monkeypatch: pytest.MonkeyPatch, script: bool
) -> None:
    monkeypatch.setitem(app.config, "LMS_ACCESS_LOG", True)
    other = make_reader(app)
    by_script = {"HX_Request": "true"} if script else {}

    def said(one: Reader, *, instead: bool) -> list[dict[str, Any]]:
        what, more = ("instead", {}) if instead else ("done", by_script)
        page = one.url("first", *(["instead"] if instead else []))
        with capture_logs() as lines:
            assert one.client.get(page).status_code == 200
            one.post("first", what, text=SECRET, **more)
            assert one.client.get(page).status_code == 200
            one.post("first", what, key="short", text=SECRET, **more)
            one.post("first", what, text="", **more)
            one.post("first", "undo", **({"from": "instead"} if instead else more))
            one.app.test_client().get(page)
            one.app.test_client().post(page if instead else f"{page}/done")
        return [{key: value for key, value in line.items() if key != "reference"} for line in lines]

    wrote = said(reader, instead=True)
    assert wrote == said(other, instead=False)
    assert "instead" not in str(wrote)
    assert {"outcome"} == {key for line in wrote for key in line if key in {"status", "ms", "who", "outcome"}}


def test_the_form_of_a_hard_text_is_sent_as_the_one_for_writing_is(reader: Reader) -> None:
    assert "hx-post" not in reader.get("first")
    reader.read()
    assert "hx-post" not in reader.get("first")


def test_logs_still_say_when_the_server_failed_there(
    reader: Reader, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LMS_ACCESS_LOG", True)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("lms.learning.views.reading.text_page", lambda *_any: 1 / 0)
    with capture_logs() as lines:
        assert reader.client.get(reader.url("first")).status_code == 500
    assert [line.get("outcome") for line in lines] == [None, "failed", "failed"]


def test_an_unread_text_is_not_asked_whether_something_was_written(reader: Reader) -> None:
    reader.get("first")
    reader.get("first")
    with statements(reader.app) as sent:
        reader.get("first")
    assert not [one for one in beyond_session(sent) if "lms_reflection" in one]
    reader.read()
    reader.get("first")  # the edition began to read this version only just now: its history is read, and kept
    with statements(reader.app) as sent:
        reader.get("first")
    asked = [one for one in beyond_session(sent) if "lms_reflection" in one]
    assert len(asked) == 1
    assert len(beyond_session(sent)) <= 3, sent
