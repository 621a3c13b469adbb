"""A unit of a draft is tried as a participant would find it, and leaves no trace."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from lms.kernel.db import db
from lms.kernel.unit_of_work import reading
from lms.people.rules import Role
from tests.authoring.desks import published, worker
from tests.authoring.drafts import begin
from tests.authoring.editors import Editor, visible


@pytest.fixture
def questions(app: Flask, tmp_path: Path) -> Editor:
    """A trainer at the questions of a draft."""
    published(tmp_path)
    hanne = worker(app, Role.TRAINER)
    return Editor(hanne, begin(hanne), "asked")


def everything() -> dict[str, list[Any]]:
    """Every row of every table but the last use of a session, which every request notes."""
    with reading() as session:
        names = sorted(inspect(db.engine).get_table_names())
        rows = {name: session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names}
    return {name: sorted(map(repr, found)) for name, found in rows.items() if name != "lms_sign_in_session"}


def test_a_quiz_is_answered_scored_and_explained_and_nothing_is_written_down(questions: Editor) -> None:
    before = everything()
    page = questions.page("/try")
    assert "Which one?" in page
    assert "Because the text says so." not in page
    missing = questions.worker.client.post(questions.trial, data={})
    assert missing.status_code == 422
    assert "have no answer yet" in missing.text
    right = questions.worker.client.post(questions.trial, data=_answers(page, "This one"))
    said = html.unescape(visible(right.text))
    assert right.status_code == 200, said
    assert re.search(r"\d of \d answered as the text does\.", said), said
    assert "Yes." in said
    wrong = questions.worker.client.post(questions.trial, data=_answers(page, "That one"))
    assert "Not quite." in wrong.text
    assert everything() == before


def _answers(page: str, words: str) -> dict[str, str]:
    """The choice that says these words; at every other question, the first there is."""
    choices = re.findall(
        r'<input type="(?:radio|checkbox)" name="([\w-]+)" value="([\w-]+)"[^>]*> <span>(.*?)</span>', page
    )
    found: dict[str, str] = {}
    for name, value, said in choices:
        if name not in found or re.sub(r"<[^>]+>", "", said) == words:
            found[name] = value
    for number, (question, item, options) in enumerate(_selects(page)):
        found[f"{question}.{item}"] = options[number % len(options)]
    return found


def _selects(page: str) -> list[tuple[str, str, list[str]]]:
    """What is to be put together or in order: the question, the item, and the values it may get."""
    selects = re.findall(r'<select[^>]*name="([\w-]+)\.([\w-]+)"[^>]*>(.*?)</select>', page, re.S)
    return [(one, item, re.findall(r'value="([^"]+)"', inner)) for one, item, inner in selects]


def test_what_is_saved_in_the_draft_is_what_is_tried(questions: Editor) -> None:
    questions.save(f__questions__0__prompt="Which of the two?", f__questions__0__explanation="It says so itself.")
    page = questions.page("/try")
    assert "Which of the two?" in page
    assert "It says so itself." in questions.worker.client.post(questions.trial, data=_answers(page, "This one")).text


def test_questions_that_cannot_be_scored_say_what_is_to_be_mended(questions: Editor) -> None:
    questions.save(f__questions__0__options__0__correct=None)
    page = html.unescape(questions.page("/try"))
    assert "These questions cannot be answered yet" in page
    assert "0 options are marked as correct" in page
    assert 'method="post" action="' + questions.trial + '"' not in page
    assert questions.worker.client.post(questions.trial, data={}).status_code == 200


def test_a_text_is_tried_with_its_note_and_its_sources(questions: Editor) -> None:
    first = Editor(questions.worker, questions.draft, "first")
    page = first.page("/try")
    assert "This text describes violence." in page
    assert 'id="s1"' in page
    spanish = Editor(questions.worker, questions.draft, "first", "es")
    assert "En 2012" in spanish.page("/try")


def test_a_link_to_another_unit_leads_from_its_trial_to_the_trial_of_that_unit(questions: Editor) -> None:
    first = Editor(questions.worker, questions.draft, "first")
    first.save(body="It is [asked](asked) of everybody.")
    assert 'href="asked"' in first.page("/try")
    assert urljoin(first.trial, "asked") == questions.trial
    questions.page("/try")
