"""The sources and the glossary of a draft: found, added, changed, and kept while a text needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.authoring.models import Draft
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, published, worker
from tests.authoring.drafts import begin, save, workspace
from tests.authoring.test_outline_page import follow, form_of, page, send, undo, words
from tests.catalogue import tiny
from tests.conftest import statements

TWO = (
    tiny.SOURCES
    + """\
- id: S002
  title: Un segundo texto
  kind: book
  url: https://example.org/second
  language: es
  accessed: "2020-01-02"
"""
)


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


@pytest.fixture
def draft(trainer: Worker) -> Draft:
    return begin(trainer)


def sources(draft: Draft) -> list[dict[str, Any]]:
    return [dict(source) for source in workspace(draft).course.sources]


def term(draft: Draft, key: str) -> dict[str, Any]:
    return next(dict(one) for one in workspace(draft).course.terms if one["key"] == key)


def shown(text: str) -> list[str]:
    """The ids of the lines that are not hidden."""
    lines = [part.partition(">")[0] for part in text.split("<li id=")[1:]]
    return [line.split('"')[1] for line in lines if " hidden" not in line]


def test_each_source_says_how_often_it_is_cited_and_whether_it_was_looked_at_within_a_year(
    trainer: Worker, draft: Draft
) -> None:
    save(trainer, draft, TWO, path="sources.yaml")
    said = words(page(trainer, draft, "/sources"))
    assert "2 sources" in said
    assert "S001 The first source Report, 2012" in said
    assert "cited 8 times" in said
    assert "not written down when it was looked at" in said
    assert "S002 Un segundo texto Book cited nowhere last looked at 2020-01-02" in said
    assert "1 is cited nowhere, which no version may have." in said


def test_sources_are_found_by_words_and_by_what_is_wrong_with_them(trainer: Worker, draft: Draft) -> None:
    save(trainer, draft, TWO.replace("2020-01-02", "2027-04-01"), path="sources.yaml")
    assert shown(page(trainer, draft, "/sources")) == ["S001", "S002"]
    assert shown(page(trainer, draft, "/sources?q=SEGUNDO+texto")) == ["S002"]
    assert shown(page(trainer, draft, "/sources?q=nothing")) == []
    assert shown(page(trainer, draft, "/sources?which=uncited")) == ["S002"]
    assert shown(page(trainer, draft, "/sources?which=old")) == ["S001"]


def test_a_source_is_added_under_the_next_id_and_undone(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft, "/new-source"), "")
    answer = send(
        trainer, draft, "/new-source", sent, title="A judgment", kind="law", date="2007-02-26", accessed="2027-04-01",
        url="https://example.org/judgment", language="en", author="A court", note="Paragraph 430.",
    )  # fmt: skip
    assert answer.location.endswith("#S002")
    assert sources(draft)[-1] == {
        "id": "S002", "title": "A judgment", "author": "A court", "kind": "law", "date": "2007-02-26",
        "url": "https://example.org/judgment", "language": "en", "accessed": "2027-04-01", "note": "Paragraph 430.",
    }  # fmt: skip
    back = undo(trainer, draft, follow(trainer, answer))
    assert "/sources?" in back.location
    assert [source["id"] for source in sources(draft)] == ["S001"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("date", "12.4.2027"), ("url", "example.org"), ("language", "English"), ("accessed", "yesterday")],
)
def test_a_source_that_the_files_would_not_take_is_refused_beside_its_field(
    trainer: Worker, draft: Draft, field: str, value: str
) -> None:
    sent = form_of(page(trainer, draft, "/sources/S001"), "")
    answer = send(trainer, draft, "/sources/S001", sent, **{field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert workspace(draft).files.changed() == ()


def test_two_who_change_different_sources_do_not_stop_each_other(trainer: Worker, draft: Draft, app: Flask) -> None:
    save(trainer, draft, TWO, path="sources.yaml")
    mine = form_of(page(trainer, draft, "/sources/S001"), "")
    other = worker(app, Role.TRAINER)
    send(other, draft, "/sources/S002", form_of(page(other, draft, "/sources/S002"), ""), title="Theirs")
    assert send(trainer, draft, "/sources/S001", mine, title="Mine").status_code == 303
    assert [source["title"] for source in sources(draft)] == ["Mine", "Theirs"]


def test_of_two_who_change_one_source_the_second_is_told_and_keeps_what_was_typed(
    trainer: Worker, draft: Draft, app: Flask
) -> None:
    mine = form_of(page(trainer, draft, "/sources/S001"), "")
    other = worker(app, Role.TRAINER)
    send(other, draft, "/sources/S001", form_of(page(other, draft, "/sources/S001"), ""), title="Theirs")
    answer = send(trainer, draft, "/sources/S001", mine, title="Mine")
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert sources(draft)[0]["title"] == "Theirs"


def test_a_source_stays_while_it_is_cited_and_where_is_said(trainer: Worker, draft: Draft) -> None:
    shown = page(trainer, draft, "/sources/S001")
    assert "Cited in 3 places First Asked state" in words(shown)
    assert "Take this source out" not in shown
    seen = form_of(shown, "")["seen"]
    answer = send(trainer, draft, "/sources/S001/remove", {"remove-client_key": "some-key-1", "remove-seen": seen})
    assert answer.status_code == 422
    assert "It is named in: “First”; “Asked”; “state”" in words(answer.text)


def test_what_nobody_cites_is_taken_out_one_by_one_or_all_at_once(trainer: Worker, draft: Draft) -> None:
    save(trainer, draft, TWO, path="sources.yaml")
    sent = form_of(page(trainer, draft, "/sources/S002"), "/sources/S002/remove")
    removed = follow(trainer, send(trainer, draft, "/sources/S002/remove", sent))
    assert len(sources(draft)) == 1
    undo(trainer, draft, removed)
    assert len(sources(draft)) == 2
    sent = form_of(page(trainer, draft, "/sources"), "/uncited-sources")
    send(trainer, draft, "/uncited-sources", sent)
    assert [source["id"] for source in sources(draft)] == ["S001"]


def test_the_glossary_is_found_in_any_language(trainer: Worker, draft: Draft) -> None:
    said = words(page(trainer, draft, "/terms"))
    assert "1 term" in said
    assert "state named 1 time" in said
    assert "Spanish: Estado (official)" in said
    assert shown(page(trainer, draft, "/terms?q=estado")) == ["state"]
    assert shown(page(trainer, draft, "/terms?q=member+nations")) == ["state"]
    assert shown(page(trainer, draft, "/terms?q=nothing")) == []


def test_a_term_is_added_with_its_names_definitions_and_sources(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft, "/new-term"), "")
    answer = send(
        trainer, draft, "/new-term", sent,
        **{
            "term.en": "new", "term.es": "nuevo", "definition.en": "Not old.", "official": ["es"],
            "cites": "S001  p. 3\r\n\r\nS001",
        },
    )  # fmt: skip
    assert answer.location.endswith("#new")
    assert term(draft, "new") == {
        "key": "new", "term": {"en": "new", "es": "nuevo"}, "status": {"es": "official"},
        "definition": {"en": "Not old."}, "cites": ["S001 p. 3", "S001"],
    }  # fmt: skip
    assert page(trainer, draft, "/terms/new")


def test_a_term_without_a_source_says_so_and_an_unknown_source_is_named(trainer: Worker, draft: Draft) -> None:
    shown = page(trainer, draft, "/terms/state")
    sent = form_of(shown, "")
    assert sent["cites"] == "S001"
    answer = send(trainer, draft, "/terms/state", sent, cites="S001\nS77 p. 1")
    assert answer.status_code == 422
    assert "The list of sources does not have these: S77 p. 1." in words(answer.text)
    send(trainer, draft, "/terms/state", sent, cites="")
    assert term(draft, "state")["needs_review"] is True
    assert "no source yet" in words(page(trainer, draft, "/terms"))


def test_a_term_stays_while_a_text_names_it(trainer: Worker, draft: Draft) -> None:
    assert "Named in 1 unit First" in words(page(trainer, draft, "/terms/state"))
    seen = form_of(page(trainer, draft, "/terms/state"), "")["seen"]
    answer = send(trainer, draft, "/terms/state/remove", {"remove-client_key": "some-key-1", "remove-seen": seen})
    assert answer.status_code == 422
    first = workspace(draft).files.texts
    for path in ("modules/01-words/first.md", "modules/01-words/first.es.md"):
        save(trainer, draft, first[path].replace("[[state|", "").replace("]]", ""), path=path)
    sent = form_of(page(trainer, draft, "/terms/state"), "/terms/state/remove")
    assert send(trainer, draft, "/terms/state/remove", sent).status_code == 303
    assert workspace(draft).course.terms == ()


@pytest.mark.parametrize("path", ["/sources", "/sources/S001", "/new-source", "/terms", "/terms/state", "/new-term"])
def test_the_lists_of_a_course_that_is_not_ones_own_are_not_there(
    trainer: Worker, draft: Draft, app: Flask, path: str
) -> None:
    page(worker(app, Role.TRAINER, ScopeKind.COURSE, "elsewhere"), draft, path, 404)


def test_the_lists_cost_the_same_however_long_they_are(app: Flask, trainer: Worker, draft: Draft) -> None:
    page(trainer, draft, "/sources")
    with statements(app) as few:
        page(trainer, draft, "/sources")
    save(trainer, draft, TWO, path="sources.yaml")
    with statements(app) as many:
        page(trainer, draft, "/sources")
    assert len(many) == len(few) <= 12
