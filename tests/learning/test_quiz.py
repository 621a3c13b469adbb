"""Quizzes: tries, answers saved at once, checking, and nothing told before."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import Answer, ProgressEvent, ProgressKind, QuizTry, Receipt, UnitProgress, UnitState
from lms.learning.views.asked import quiz_of
from tests.catalogue import tiny
from tests.conftest import statements
from tests.learning.makers import ASKED, Reader, adopt, make_reader, publish


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    return make_reader(app)


def count(kind: type) -> int:
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def best(reader: Reader) -> tuple[UnitState, int | None, int | None]:
    with unit_of_work() as session:
        row = session.execute(
            select(UnitProgress.state, UnitProgress.best_points, UnitProgress.best_total).where(
                UnitProgress.enrolment_id == reader.enrolment_id, UnitProgress.unit_id == reader.unit("asked").id
            )
        ).one()
    return row.state, row.best_points, row.best_total


def wrong(reader: Reader, **changed: Any) -> dict[str, Any]:
    """Everything right but the first question."""
    with unit_of_work() as session:
        quiz = quiz_of(session, reader.unit("asked").revision_id)
    other = next(option.id for option in quiz.questions[0].options if not option.correct)
    return {**reader.right(), "which": other, **changed}


def test_opening_the_page_begins_no_try(reader: Reader) -> None:
    page = reader.get("asked")
    assert "Begin" in page
    assert "Which one?" not in page
    assert count(QuizTry) == 0


def test_a_try_is_begun_once_however_often_the_button_is_pressed(reader: Reader) -> None:
    tries = {reader.begin(), reader.begin()}
    assert reader.post("asked", "tries", key="the-same-key").status_code == 303
    assert reader.post("asked", "tries", key="the-same-key").status_code == 303
    assert len(tries) == 1
    assert count(QuizTry) == 1
    assert best(reader)[0] is UnitState.STARTED


def test_every_kind_of_question_can_be_answered_with_a_keyboard_and_no_script(reader: Reader) -> None:
    reader.begin()
    page = reader.get("asked")
    assert page.count('type="radio"') == 3 + 2
    assert page.count('type="checkbox"') == 3
    assert page.count("<select") == 2 + 3
    assert page.count("<textarea") >= 1
    assert 'for="q-match-' in page


def test_an_answer_is_saved_at_once_with_a_receipt(reader: Reader) -> None:
    tried = reader.begin()
    answer = reader.save(tried, "truth", truth="true")
    assert answer.status_code == 200
    with unit_of_work() as session:
        receipt = session.scalars(select(Receipt.id).order_by(Receipt.id.desc())).first()
    assert answer.json == {"text": f"Saved at 12:00, receipt {receipt}."}
    assert re.search(r'value="true"[^>]*checked', reader.get("asked"))


def test_a_lost_answer_sent_again_gets_the_first_receipt(reader: Reader) -> None:
    tried = reader.begin()
    first = reader.save(tried, "truth", key="the-same-key", truth="true")
    second = reader.save(tried, "truth", key="the-same-key", truth="true")
    assert first.json == second.json
    assert count(Answer) == 1


def test_the_same_key_with_another_answer_is_a_conflict_that_shows_both(reader: Reader) -> None:
    tried = reader.begin()
    reader.save(tried, "truth", key="the-same-key", truth="true")
    said = reader.save(tried, "truth", key="the-same-key", truth="false")
    assert said.status_code == 409
    assert said.json["url"] == reader.url("asked")
    plain = reader.post("asked", "tries", tried, "answers", key="the-same-key", question="truth", truth="false")
    assert plain.status_code == 409
    assert re.search(r"<th[^>]*>Is it so\?</th><td>True</td><td>False</td>", plain.text)
    assert count(Answer) == 1


def test_a_form_changed_after_back_is_a_conflict_that_shows_both(reader: Reader) -> None:
    tried = reader.begin()
    reader.check(tried, key="the-same-key", truth="true", think="My thought.")
    answer = reader.check(tried, key="the-same-key", truth="false", think="Another thought.")
    assert answer.status_code == 409
    for words in ("<td>True</td><td>False</td>", "<td>My thought.</td><td>Another thought.</td>"):
        assert words in answer.text


def test_the_plain_form_saves_everything_and_goes_back(reader: Reader) -> None:
    tried = reader.begin()
    saved = reader.check(tried, act="save", truth="true", think="My thought.")
    assert saved.status_code == 303
    page = reader.get("asked")
    assert re.search(r'value="true"[^>]*checked', page)
    assert "My thought." in page
    assert reader.post("asked", "tries", tried, "answers", which="").status_code == 303


def test_checking_refuses_while_one_is_open_and_keeps_the_others(reader: Reader) -> None:
    tried = reader.begin()
    fields = reader.right()
    del fields["which"]
    answer = reader.check(tried, **fields)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert "1 question has no answer yet" in answer.text
    link = re.search(r'<a href="#(q-which-\w+)">Question 1: choose one answer</a>', answer.text)
    assert link
    assert f'id="{link[1]}"' in answer.text
    assert count(Answer) == 4
    assert reader.check(tried, which=reader.right()["which"]).status_code == 303
    assert best(reader) == (UnitState.DONE, 5, 5)


def test_a_half_filled_matching_is_kept_and_counts_as_open(reader: Reader) -> None:
    tried = reader.begin()
    fields = reader.right()
    name = next(name for name in fields if name.startswith("match."))
    assert reader.save(tried, "match", **{name: fields[name]}).status_code == 200
    assert f'value="{fields[name]}" selected' in reader.get("asked")
    del fields[name]
    other = next(name for name in fields if name.startswith("match."))
    fields[other] = ""
    assert "has no answer yet" in reader.check(tried, **fields).text


def test_nothing_of_the_answers_leaves_before_the_try_is_closed(reader: Reader) -> None:
    tried = reader.begin()
    bodies = [
        reader.get("first"),
        reader.get("asked"),
        reader.client.get(f"/learn/{reader.edition}/modules/words").text,
        reader.save(tried, "truth", truth="true").text,
        reader.save(tried, "which", which="nonsense").text,
        reader.check(tried, truth="true").text,
        reader.get("asked"),
    ]
    for body in map(html.unescape, bodies):
        for secret in ("SECRET", "because it says so", "correct", "explanation", "first#beginning", "Read the passage"):
            assert secret not in body, secret
        for name in ('"this"', '"that"', '"alpha"', '"gamma"', '"early"', ".early"):
            assert name not in body, name
    reader.check(tried, **reader.right())
    assert "SECRET-FIVE" in reader.get("asked")


def test_saving_says_the_same_of_right_and_wrong_answers(reader: Reader) -> None:
    tried = reader.begin()
    said = {re.sub(r"\d+\.$", "", reader.save(tried, "truth", truth=value).json["text"]) for value in ("true", "false")}
    assert len(said) == 1


def test_the_right_order_is_not_the_order_on_the_page(reader: Reader) -> None:
    reader.begin()
    page = reader.get("asked")
    places = [page.index(f">{word}</label>") for word in ("Early", "Middle", "Late")]
    assert places != sorted(places)


def test_checking_explains_with_the_passage_and_marks_by_question(reader: Reader) -> None:
    tried = reader.begin()
    assert reader.check(tried, **wrong(reader)).status_code == 303
    page = html.unescape(reader.get("asked"))
    assert "4 of 5 answered as the text does. 80% is asked, so this unit is passed." in page
    assert f'href="{reader.url("first")}#beginning"' in page
    assert page.count("Not quite.") == 1
    assert page.count("<b>Yes.</b>") == 4
    assert "Your answer, not this one" in page
    assert "The right answer" in page


def test_another_try_is_a_new_shuffle_and_the_best_counts(reader: Reader) -> None:
    first = reader.begin()
    reader.check(first, **{**wrong(reader), "truth": "false"})
    assert best(reader) == (UnitState.STARTED, 3, 5)
    reader.pass_quiz()
    third = reader.begin()
    assert "SECRET" not in reader.get("asked")
    reader.check(third, **wrong(reader, truth="false"))
    assert best(reader) == (UnitState.DONE, 5, 5)
    with unit_of_work() as session:
        tries = session.execute(select(QuizTry.seed, QuizTry.points).order_by(QuizTry.number)).all()
    assert [row.points for row in tries] == [3, 5, 3]
    assert len({row.seed for row in tries}) == 3
    assert "Your best try counts: 100%." in html.unescape(reader.get("asked"))


def test_a_closed_try_takes_no_more_answers(reader: Reader) -> None:
    tried = reader.begin()
    reader.save(tried, "truth", key="the-same-key", truth="true")
    reader.check(tried, key="the-check-key", **wrong(reader))
    before = (count(Answer), count(ProgressEvent), best(reader))
    late = reader.save(tried, "which", which=reader.right()["which"])
    assert late.status_code == 422
    assert "checked already" in late.json["text"]
    assert reader.check(tried, **reader.right()).status_code == 422
    assert reader.check(tried, key="the-check-key", **wrong(reader)).status_code == 303
    assert reader.save(tried, "truth", key="the-same-key", truth="true").status_code == 200
    assert (count(Answer), count(ProgressEvent), best(reader)) == before


def test_answers_to_a_try_of_somebody_else_are_answers_to_nothing(reader: Reader, app: Flask) -> None:
    other = make_reader(app)
    tried = other.begin()
    missing = reader.save("missing", "truth", truth="true")
    foreign = reader.save(tried, "truth", truth="true")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json == missing.json
    assert reader.check(tried, **reader.right()).status_code == 404
    assert other.client.post(reader.url("asked", "tries", tried, "check")).status_code in {404, 422}
    assert other.post("first", "tries", tried, "check").status_code == 404
    assert count(Answer) == 0


def test_a_question_of_another_quiz_is_missing(reader: Reader) -> None:
    assert reader.save(reader.begin(), "elsewhere", elsewhere="x").status_code == 404


def test_questions_that_changed_in_substance_are_begun_anew(reader: Reader, tmp_path: Path) -> None:
    tried = reader.begin()
    reader.save(tried, "truth", truth="true")
    changed = ASKED.replace("substance: s1", "substance: s2").replace("Is it so?", "Was it so?")
    adopt(reader, publish(tmp_path, asked=changed))
    old = reader.save(tried, "truth", truth="false")
    assert old.status_code == 404
    assert "have changed since you began" in old.json["text"]
    assert reader.begin() != tried
    with unit_of_work() as session:
        rows = session.execute(select(QuizTry.substance, QuizTry.set_aside).order_by(QuizTry.id)).all()
    assert [tuple(row) for row in rows] == [("s1", True), ("s2", False)]
    reader.pass_quiz()
    assert best_states(reader) == {"s1": UnitState.STARTED, "s2": UnitState.DONE}


def best_states(reader: Reader) -> dict[str, UnitState]:
    with unit_of_work() as session:
        rows = session.execute(
            select(UnitProgress.substance, UnitProgress.state).where(UnitProgress.unit_id == reader.unit("asked").id)
        ).all()
    return {row.substance: row.state for row in rows}


def test_an_editorial_change_leaves_an_open_try_as_it_was(reader: Reader, tmp_path: Path) -> None:
    tried = reader.begin()
    reader.save(tried, "truth", truth="true")
    publish(tmp_path, asked=ASKED.replace("SECRET-ONE because", "SECRET-ONE, since"))
    assert reader.begin() == tried
    assert reader.check(tried, **reader.right()).status_code == 303
    assert best(reader) == (UnitState.DONE, 5, 5)


def test_a_late_request_does_not_overtake_a_newer_choice_of_the_same_page(reader: Reader) -> None:
    tried = reader.begin()
    page = re.search(r'data-save="([^"]+)"', reader.get("asked"))
    assert page
    for sequence, value in ((7, "false"), (5, "true")):
        sent = {"client_key": f"key-number-{sequence}", "question": "truth", "truth": value, "sequence": sequence}
        saved = reader.client.post(html.unescape(page[1]), data=sent, headers={"Accept": "application/json"})
        assert saved.status_code == 200
    assert re.search(r'value="false"[^>]*checked', reader.get("asked"))
    reader.save(tried, "truth", truth="true", sequence="3")
    assert re.search(r'value="true"[^>]*checked', reader.get("asked")), "another page has its own count"


def test_two_browsers_at_once_write_one_set_of_answers(reader: Reader) -> None:
    tried = reader.begin()
    reader.save(tried, "truth", truth="true")
    fields = reader.right()
    del fields["truth"]
    assert reader.check(tried, **fields).status_code == 303, "what the other window saved is not lost"
    assert best(reader) == (UnitState.DONE, 5, 5)


@pytest.mark.parametrize(
    "fields",
    [
        {"which": "nonsense"},
        {"which": ["true", "false"]},
        {"truth": ["true", "false"]},
        {"several": ["nonsense"]},
        {"match.nonsense": "x", "match.x": ""},
        {"think": "x" * 4001},
        {"think": "nul\x00"},
        {"truth": "true", "sequence": "many"},
        {"truth": "true", "sequence": "-1"},
        {"truth": "true", "sequence": str(2**70)},
        {"truth": "true", "client_key": "x"},
        {"truth": "true", "client_key": "x" * 300},
        {"truth": "true", "question": "truth" * 100},
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_kept(reader: Reader, fields: dict[str, Any]) -> None:
    tried = reader.begin()
    name = next(iter(fields)).split(".")[0]
    sent = {"client_key": "a-proper-key", "question": name, **fields}
    answer = reader.client.post(
        reader.url("asked", "tries", tried, "answers"), data=sent, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422 or name == "match"
    assert answer.json["text"]
    with unit_of_work() as session:
        assert all(given == [] for given in session.scalars(select(Answer.given)))


def test_scores_cannot_be_claimed_by_fields_of_a_form(reader: Reader) -> None:
    tried = reader.begin()
    reader.check(tried, **wrong(reader, truth="false"), points="5", total="5", percent="100", state="done", passed="1")
    assert best(reader) == (UnitState.STARTED, 3, 5)
    with unit_of_work() as session:
        kinds = session.scalars(select(ProgressEvent.kind).order_by(ProgressEvent.id)).all()
    assert kinds == [ProgressKind.STARTED, ProgressKind.NOT_PASSED]


def test_what_is_written_in_a_quiz_is_sealed(reader: Reader) -> None:
    tried = reader.begin()
    reader.save(tried, "think", think="My private thought.")
    assert "My private thought." in reader.get("asked")
    with unit_of_work() as session:
        (row,) = session.execute(select(Answer.given, Answer.sealed)).all()
        bodies = session.scalars(select(Receipt.body)).all()
    assert row.given == []
    assert b"private" not in row.sealed
    assert "private thought" not in str(bodies)


def test_an_expired_session_says_that_the_answer_is_still_on_the_page(reader: Reader) -> None:
    tried = reader.begin()
    page = reader.get("asked")
    assert "Your answer is kept on this page only" in page
    stranger = reader.app.test_client()
    path = reader.url("asked", "tries", tried, "answers")
    answer = stranger.post(path, data={"client_key": "a-proper-key", "question": "truth", "truth": "true"})
    assert answer.status_code == 401
    sent = {"client_key": "a-proper-key", "question": "truth", "truth": "true"}
    said = stranger.post(path, data=sent, headers={"Accept": "application/json"})
    assert said.status_code == 401
    assert "What you chose is still on the page" in said.json["text"]
    assert count(Answer) == 0


def test_saving_an_answer_takes_few_statements(reader: Reader) -> None:
    tried = reader.begin()
    reader.save(tried, "truth", truth="true")
    with statements(reader.app) as sent:
        reader.save(tried, "truth", truth="false")
    asked = [one for one in sent if "lms_session" not in one and not one.startswith(("BEGIN", "PRAGMA"))]
    assert len(asked) <= 4, asked
    with statements(reader.app) as sent:
        reader.get("asked")
    assert len(sent) <= 8, sent


OTHER = """\
key: other
kind: quiz
title:
  en: Another quiz
minutes: 2
substance: s1
questions:
- id: match
  kind: matching
  prompt: What else belongs together?
  pairs:
  - id: three
    left: Left three
    right: Right three
  - id: four
    left: Left four
    right: Right four
  explanation: Because.
  passage: first#beginning
  cites:
  - S001
"""


def test_a_key_used_for_another_quiz_is_a_conflict_that_says_nothing_of_it(app: Flask, tmp_path: Path) -> None:
    folder = tiny.written(tmp_path) / "modules/01-words"
    (folder / "other.yaml").write_text(OTHER)
    publish(tmp_path, words=tiny.WORDS + "- other\n")
    reader = make_reader(app)
    name, target = next(item for item in reader.right().items() if item[0].startswith("match."))
    reader.save(reader.begin(), "match", key="the-same-key", **{name: target})
    tried, right = reader.begin("other"), reader.right("other")
    answer = reader.post("other", "tries", tried, "answers", key="the-same-key", question="match", **right)
    assert answer.status_code == 409
    assert "Left three: Right three" in answer.text
    assert "Left one" not in answer.text
