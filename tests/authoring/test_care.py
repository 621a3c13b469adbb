"""Everything that needs care stands on one page, each with a way to its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask

from lms.kernel.clock import frozen
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import MARKED, published, worker
from tests.authoring.test_courses import reusing, words
from tests.catalogue import tiny
from tests.conftest import NOW, statements
from tests.languages import FIRST, translated
from tests.learning.makers import make_reader, publish
from tests.learning.test_reading import beyond_session

LOOKED_AT = "  url: https://example.org/first\n"


def sources(accessed: str) -> str:
    """The sources of the course, looked at on this day."""
    assert LOOKED_AT in tiny.SOURCES
    return tiny.SOURCES.replace(LOOKED_AT, f'{LOOKED_AT}  accessed: "{accessed}"\n')


def said(app: Flask) -> str:
    return words(worker(app, Role.TRAINER, ScopeKind.COURSE, "tiny").page("/tiny/care"))


def test_it_is_all_on_one_page_with_a_number_for_each_kind(app: Flask, tmp_path: Path) -> None:
    glossary = tiny.GLOSSARY.replace("  cites:\n  - S001\n", "  needs_review: true\n")
    files = translated(first=MARKED)
    publish(tmp_path, **files, glossary=glossary)
    changed = MARKED.replace("It ended.", "It ended at last.")
    publish(tmp_path, **files | {"first": changed}, glossary=glossary)
    trainer = worker(app, Role.TRAINER)
    page = trainer.page("/tiny/care")
    assert "7 things need care" in words(page)
    for part in ("2 places need review", "1 term has no source yet", "1 translation follows an older text",
                 "2 translations await a native reader", "1 source to look at again"):  # fmt: skip
        assert part in words(page)
    for anchor in ("places", "glossary", "stale", "awaiting", "sources"):
        assert f'href="#{anchor}"' in page
        assert f'id="{anchor}"' in page
    assert "7 things need care" in words(trainer.page("/tiny"))


def test_a_source_leads_to_the_texts_that_cite_it(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    page = worker(app).page("/tiny/care")
    assert "No day is given on which it was looked at" in words(page)
    assert "Where: First , Asked" in words(page)
    assert 'href="/courses/tiny/units/first#s1"' in page
    assert 'id="s1"' in worker(app).page("/tiny/units/first")


def test_a_source_is_to_be_looked_at_again_after_a_year(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, sources=sources("2026-04-12"))
    assert "Nothing needs care" in said(app)
    assert "Nothing needs care" in words(worker(app).page("/tiny"))
    with frozen(NOW + dt.timedelta(days=1)):
        page = said(app)
    assert "1 thing needs care" in page
    assert "Last looked at: 12 April 2026" in page


def test_a_translation_that_is_confirmed_or_followed_up_needs_no_care(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, **translated(), sources=sources("2027-04-01"))
    reviewer = worker(app)
    assert "Translations that await a native reader First (Spanish) Asked (Spanish)" in said(app)
    reviewer.confirm()
    assert "Translations that await a native reader Asked (Spanish)" in said(app)
    reviewer.confirm("asked")
    assert "Nothing needs care" in said(app)


def test_a_stale_translation_says_how_far_it_is_behind(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    publish(tmp_path, **translated() | {"first": FIRST.replace("It ended.", "It ended at last.")})
    page = said(app)
    assert "follow an older text First (Spanish) 1 passage of the original has changed since." in page


def test_a_module_taken_over_leads_to_no_source_of_this_course(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    reusing(tmp_path)
    page = worker(app).page("/other/care")
    assert 'href="/courses/other/units/first#s1"' not in page


def test_whoever_has_no_mandate_over_the_course_finds_no_page(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    assert make_reader(app).client.get("/courses/tiny/care").status_code == 404
    for role in (Role.COORDINATOR, Role.EVALUATOR):
        worker(app, role).page("/tiny/care", 404)


@pytest.mark.parametrize("marks", [1, 30])
def test_the_page_asks_as_much_for_much_as_for_little(app: Flask, tmp_path: Path, marks: int) -> None:
    more = "".join(f"\nSome say it was in {2000 + number}. [@needs-review]\n" for number in range(marks))
    publish(tmp_path, first=FIRST.rstrip("\n") + "\n" + more)
    trainer = worker(app)
    trainer.page("/tiny/care")
    with statements(app) as sent:
        trainer.page("/tiny/care")
    # The newest version, what is counted of its texts, what was said of them, those with marks, what they cite.
    assert len(beyond_session(sent)) <= 6, sent
