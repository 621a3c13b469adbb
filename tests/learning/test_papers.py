"""The whole form of a quiz: what is taken back on it, what comes too late for it, and a quiz nobody can read."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.kernel.checks import run_all
from lms.kernel.db import db
from tests.learning.makers import Reader, make_reader, publish


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    return make_reader(app)


def form_on(page: str) -> tuple[str, dict[str, Any]]:
    """Where the form of a page is sent, and its hidden fields, as a browser without scripts would send them."""
    form = page[page.rindex("<form", 0, page.index("data-save=")) :].partition("</form>")[0]
    action = re.search(r'action="([^"]+)"', form)
    assert action
    hidden: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        hidden.setdefault(name, []).append(value)
    return html.unescape(action[1]), hidden


@pytest.mark.parametrize("button", ["save", "check"])
def test_an_answer_taken_back_on_a_plain_form_is_taken_back(reader: Reader, button: str) -> None:
    tried = reader.begin()
    reader.check(tried, act="save", **reader.right(), think="My thought.")
    action, hidden = form_on(reader.get("asked"))
    fields = {**reader.right(), "think": "", **hidden, "act": button}
    del fields["several"]
    assert reader.client.post(action, data=fields).status_code == (303 if button == "save" else 422)
    page = reader.get("asked")
    assert "My thought." not in page
    assert not re.search(r'type="checkbox"[^>]*checked', page)
    assert re.search(r'type="radio"[^>]*checked', page)


def test_a_stale_page_that_never_had_an_answer_takes_none_back(reader: Reader) -> None:
    tried = reader.begin()
    action, hidden = form_on(reader.get("asked"))
    reader.save(tried, "think", think="Written in another window.")
    reader.save(tried, "truth", truth="true")
    fields = {**reader.right(), **hidden, "think": ""}
    del fields["truth"]
    assert reader.client.post(action, data=fields).status_code == 303
    assert "Written in another window." in reader.get("asked")
    assert "5 of 5 answered as the text does." in reader.get("asked")


@pytest.mark.parametrize("button", ["save", "check"])
def test_a_single_answer_that_arrives_after_the_whole_form_does_not_win(reader: Reader, button: str) -> None:
    reader.begin()
    page = reader.get("asked")
    single = re.search(r'data-save="([^"]+)"', page)
    assert single
    action, hidden = form_on(page)

    def late(key: str, value: str, sequence: int) -> None:
        sent = {"client_key": key, "question": "truth", "truth": value, "sequence": sequence}
        answer = reader.client.post(html.unescape(single[1]), data=sent, headers={"Accept": "application/json"})
        assert answer.status_code == 200

    late("key-number-1", "true", 5)
    assert reader.client.post(action, data={**hidden, "truth": "true", "sequence": "7", "act": button}).status_code in {
        303,
        422,
    }
    late("key-number-2", "false", 6)
    assert re.search(r'value="true"[^>]*checked', reader.get("asked"))


def test_a_unit_whose_plugin_was_removed_says_so_and_the_checks_name_it(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.pass_quiz()
    tried = reader.begin()
    rest = {key: kind for key, kind in reader.app.extensions["lms.unit_kinds"].items() if key != "quiz"}
    monkeypatch.setitem(reader.app.extensions, "lms.unit_kinds", rest)
    sentence = "This unit needs a part that is not installed."
    assert sentence in reader.get("asked", 503)
    said = reader.save(tried, "truth", truth="true")
    assert (said.status_code, said.json["text"]) == (503, sentence)
    assert sentence in reader.check(tried, truth="true").text
    assert "First" in reader.get("first")
    found = run_all(db.session())
    assert [one.problem for one in found["learning.kinds"]] == ["needs a part that is not installed: the kind quiz"]
    assert len(found["learning.tries"]) == 1
