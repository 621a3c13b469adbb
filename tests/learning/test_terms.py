"""The common working language: every term by letter, searched without scripts, and a page for each."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path

import brotli
import pytest
from flask import Flask

from lms.catalogue import services as courses
from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from tests.catalogue import tiny
from tests.conftest import statements
from tests.learning.makers import FIRST, Reader, make_reader, publish
from tests.seminars.makers import make_edition

GLOSSARY = """\
terms:
- key: state
  term:
    en: state
    es: Estado
    fr: État
  status:
    es: official
    fr: translation
  definition:
    en: A member or observer of the United Nations.
  cites:
  - S001 p. 3
- key: duty
  term:
    en: duty to act
    es: deber de actuar
    ar: واجب التصرف
  status:
    ar: translation
    es: translation
  definition:
    en: What one must not leave to others.
    es: Lo que no se puede dejar a otros.
  needs_review: true
- key: act
  term:
    en: Acting in time
    es: ñandú
  status:
    es: translation
  definition:
    en: Doing something early.
  needs_review: true
"""
THOUGHT = """\
---
key: thought
kind: reflection
title:
  en: A thought
minutes: 3
substance: s1
---

What would a [[state]] do, and is there a [[duty]]?
"""


@pytest.fixture
def course(sqlite_app: Flask, tmp_path: Path) -> Flask:
    publish(tmp_path, glossary=GLOSSARY, thought=THOUGHT)
    return sqlite_app


@pytest.fixture
def reader(course: Flask) -> Reader:
    return make_reader(course)


def terms(reader: Reader, query: str = "") -> str:
    answer = reader.client.get(f"/learn/{reader.edition}/terms{query}")
    assert answer.status_code == 200
    return answer.text


def term(reader: Reader, key: str, status: int = 200) -> str:
    answer = reader.client.get(f"/learn/{reader.edition}/terms/{key}")
    assert answer.status_code == status
    return answer.text


def shown(page: str) -> list[str]:
    """The keys of the terms that are not hidden, in their order."""
    return re.findall(r'<li id="t-([\w-]+)" data-item>', page)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_term_stands_under_its_letter_with_what_it_is_called_elsewhere(reader: Reader) -> None:
    page = terms(reader)
    assert shown(page) == ["act", "duty", "state"]
    assert re.findall(r'<h2 id="head-\d+">(.)</h2>', page) == ["A", "D", "S"]
    assert 'href="#letter-2">D</a>' in page
    said = words(page)
    assert "3 terms of this course" in said
    assert "Spanish: Estado (official)" in said
    assert "French: État (translation, to be checked)" in said


def test_each_word_says_in_which_language_it_is(reader: Reader) -> None:
    page = terms(reader)
    assert '<span lang="es" dir="auto" data-text>Estado</span>' in page
    assert '<span lang="ar" dir="auto" data-text>واجب التصرف</span>' in page
    assert "<span data-text>A member or observer of the United Nations.</span>" in page


def test_in_another_language_the_order_and_the_marks_turn_round(reader: Reader) -> None:
    page = terms(reader, "?lang=x-rtl")
    assert '<html lang="ar" dir="rtl">' in page
    # There the Arabic name comes first, for the one term that has one.
    assert shown(page) == ["act", "state", "duty"]
    assert "<span data-text>واجب التصرف</span>" in page
    assert '<span lang="en" dir="auto" data-text>duty to act</span>' in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state", ["state"]),
        ("ETAT", ["state"]),
        ("ÉTAT", ["state"]),
        ("nandu", ["act"]),
        ("واجب", ["duty"]),
        ("وَاجِب", ["duty"]),
        ("observer nations", ["state"]),
        ("leave actuar", ["duty"]),
        ("to act", ["duty"]),
        ("act", ["act", "duty"]),
        ("", ["act", "duty", "state"]),
        ("  ", ["act", "duty", "state"]),
        ("zzz", []),
        ("<b>%00", []),
        ("x" * 5000, []),
    ],
)
def test_the_form_finds_without_scripts(reader: Reader, asked: str, found: list[str]) -> None:
    answer = reader.client.get(f"/learn/{reader.edition}/terms", query_string={"q": asked})
    assert answer.status_code == 200
    assert shown(answer.text) == found
    assert ("data-none hidden" in answer.text) is bool(found)
    assert ("data-all hidden" in answer.text) is not bool(asked.strip())
    assert (f"Terms found: {len(found)}" in answer.text) is bool(asked.strip())


def test_what_was_asked_comes_back_as_text_alone(reader: Reader) -> None:
    page = terms(reader, "?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page


def test_a_reader_sees_which_terms_the_text_they_came_from_uses(reader: Reader) -> None:
    page = words(terms(reader, "?unit=thought"))
    assert "2 terms in the text you came from A thought duty to act state" in page
    assert page.count("In the text you came from") == 2
    assert "you came from" not in words(terms(reader))
    assert "you came from" not in words(terms(reader, "?unit=no-such-unit"))
    assert 'name="unit" value="thought"' in terms(reader, "?unit=thought&q=state")


def test_a_term_has_a_page_with_all_that_is_known_of_it(reader: Reader) -> None:
    page = term(reader, "state")
    said = words(page)
    assert "<title>state – " in page
    assert "A member or observer of the United Nations." in said
    assert "Spanish Estado Official" in said
    assert "French État Translation, to be checked" in said
    assert 'href="https://example.org/first"' in page
    assert "p. 3." in said
    assert "No source is named yet." in words(term(reader, "duty"))


def test_only_open_units_are_linked_and_others_say_what_they_wait_for(reader: Reader) -> None:
    page = term(reader, "state")
    assert f'href="/learn/{reader.edition}/units/first"' in page
    assert f'href="/learn/{reader.edition}/units/thought"' not in page
    assert "A thought" in page
    assert "Opens when you have read: Words." in page
    reader.read()
    reader.pass_quiz()
    page = term(reader, "state")
    assert f'href="/learn/{reader.edition}/units/thought"' in page
    assert "Opens when" not in page
    assert "No text of this course marks it yet." in term(reader, "act")


def test_its_neighbours_are_those_of_the_alphabet(reader: Reader) -> None:
    assert re.findall(r'/terms/(\w+)" rel="(\w+)"', term(reader, "duty")) == [("act", "prev"), ("state", "next")]
    assert re.findall(r'/terms/(\w+)" rel="(\w+)"', term(reader, "act")) == [("duty", "next")]
    spoken = reader.client.get(f"/learn/{reader.edition}/terms/duty?lang=x-rtl").text
    assert re.findall(r'/terms/(\w+)" rel="(\w+)"', spoken) == [("state", "prev")]


def test_texts_modules_and_home_lead_there(reader: Reader) -> None:
    unit = reader.get("first")
    here = f"/learn/{reader.edition}/terms"
    assert f'<dt id="d-state"><a href="{here}/state">' in unit
    assert unit.count(f'href="{here}/state"') == 2
    assert f'href="{here}?unit=first"' in unit
    assert f'href="{here}"' in reader.client.get(f"/learn/{reader.edition}/modules/words").text
    assert f'href="{here}"' in reader.client.get("/").text


def test_a_text_that_explains_a_term_of_another_course_does_not_lead_nowhere(sqlite_app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, glossary=GLOSSARY, thought=THOUGHT)
    reuse = tiny.COURSE.replace("slug: tiny", "slug: other").replace("- module: 01-words\n", "- use: tiny/words\n")
    own = THOUGHT.replace("[[state]]", "[[nation]]")
    folder = tiny.written(tmp_path, course=reuse, glossary=GLOSSARY.replace("key: state", "key: nation"), thought=own)
    shutil.rmtree(folder / "modules/01-words")
    with unit_of_work() as session:
        courses.load(session, folder=folder, kinds=tiny.KINDS, at=now(), by=None)
        edition = make_edition(session, "other")
    reader = make_reader(sqlite_app, edition)
    page = reader.get("first")
    assert '<dt id="d-state">' in page
    assert f'href="/learn/{reader.edition}/terms/state"' not in page
    term(reader, "state", 404)


def test_a_course_without_terms_has_an_empty_page_and_no_ways_to_it(sqlite_app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, glossary="terms: []\n", first=FIRST.replace("[[state|State]]", "State"))
    reader = make_reader(sqlite_app)
    assert "No term is found" in terms(reader)
    assert "/terms" not in reader.client.get("/").text
    assert "/terms" not in reader.client.get(f"/learn/{reader.edition}/modules/words").text


def test_whoever_is_not_in_the_edition_finds_nothing(reader: Reader, course: Flask) -> None:
    with unit_of_work() as session:
        other = make_edition(session, "tiny")
    stranger = make_reader(course, other)
    for path in ("terms", "terms/state"):
        assert stranger.client.get(f"/learn/{reader.edition}/{path}").status_code == 404
        assert course.test_client().get(f"/learn/{reader.edition}/{path}").status_code == 303
    term(reader, "no-such-term", 404)


def test_lists_cost_one_statement(reader: Reader) -> None:
    terms(reader), term(reader, "state")
    for path, most in (("terms?q=state", 3), ("terms/state", 4)):
        with statements(reader.app) as sent:
            assert reader.client.get(f"/learn/{reader.edition}/{path}").status_code == 200
        # Who is signed in, their place, for a term how far they have come, and what they proposed.
        asked = [line for line in sent if not line.startswith(("BEGIN", "PRAGMA"))]
        assert len(asked) == most, asked


def test_the_real_glossary_is_light(sqlite_app: Flask) -> None:
    assert sqlite_app.test_cli_runner().invoke(args=["lms", "courses", "load"]).exit_code == 0
    with unit_of_work() as session:
        edition = make_edition(session, "lemkin-seminar")
    reader = make_reader(sqlite_app, edition)
    page = terms(reader)
    assert len(shown(page)) == 58
    assert len(brotli.compress(page.encode(), quality=4)) < 12_000
    assert len(brotli.compress(term(reader, "genocide").encode(), quality=4)) < 12_000
