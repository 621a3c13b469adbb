"""A unit of a draft is written in the browser: without scripts first, and everything a script asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from lms.authoring.editing import form_of
from lms.authoring.rules.fields import flat_items
from lms.authoring.unit_writing import Writing
from lms.people.rules import Role
from tests.authoring.desks import Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, workspace
from tests.authoring.editors import Editor, form_in, links_to, visible
from tests.conftest import statements


@pytest.fixture
def hanne(sqlite_app: Flask, tmp_path: Path) -> Worker:
    """A trainer of a published course."""
    published(tmp_path)
    return worker(sqlite_app, Role.TRAINER)


@pytest.fixture
def at_first(hanne: Worker) -> Editor:
    """She has opened the first text of a new draft."""
    return Editor(hanne, begin(hanne))


def text(editor: Editor, path: str = FIRST_PATH) -> str:
    return workspace(editor.draft).files.texts[path]


def test_a_unit_is_opened_changed_and_saved(at_first: Editor) -> None:
    before = text(at_first)
    page = at_first.page()
    assert "Not changed in this draft yet." in page
    answer = at_first.send(body="A new text. [@S001]", f__minutes="7")
    assert answer.status_code == 303, answer.text
    after = text(at_first)
    assert "A new text. [@S001]" in after
    assert "minutes: 7" in after
    assert before != after
    assert "Saved at 11:00." in at_first.page() or "Saved at" in at_first.page()
