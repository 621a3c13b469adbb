"""Course texts become HTML that is safe, the same every time, and complete."""

# ruff: noqa: E501 - samples stand on one line
from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from lms.catalogue.kinds.plugin import OURS
from lms.catalogue.publication import render_unit
from lms.catalogue.render import PageContext, sanitise, source_html
from lms.plugins.unit_kind import UnitSource

SOURCES = {
    "S001": {"id": "S001", "title": "One <b>", "url": "https://www.example.org/x"},
    "S002": {"id": "S002", "title": "Two", "author": "A"},
}
TERMS = {
    "state": {
        "key": "state",
        "term": {"en": "state", "es": "Estado"},
        "definition": {"en": "A member."},
        "cites": ["S002 p. 1"],
    }
}
CASE = {
    "timeline": [{"when": "2007", "text": "A vote. [@S001]"}, {"when": "2013", "text": "A vote. [@S002]"}],
    "actors": [{"name": "A panel", "role": "It mediated."}],
    "decisions": [{"when": "2008", "situation": "Now.", "question": "What do you do?"}],
    "debrief": ["What cost?"],
    "rubric": [{"key": "funding", "factor": "Funding", "question": "Was there money?"}],
    "body": "## Account {#account}\n\nText. [@S001]\n",
}


def attributes(html: str) -> list[str]:
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(name for name, _ in attrs)

    Reader().feed(html)
    return found


def page(language: str = "en", **more: bool) -> PageContext:
    return PageContext(language, SOURCES, TERMS, **more)


def test_a_footnote_is_numbered_by_its_source_and_lettered_by_its_use() -> None:
    html = page().prose("A. [@S002 p. 4] B. [@S001; @S002]")
    assert '<a class="ref" id="r1" href="#s1" role="doc-noteref" aria-label="Source 1, p. 4">1</a>' in html
    assert 'id="r2" href="#s2"' in html
    assert 'id="r1b" href="#s1"' in html


def test_a_footnote_hangs_on_the_sentence_before_it() -> None:
    assert 'A.<a class="ref"' in page().prose("A. [@S001]")


def test_a_term_is_a_button_once_and_words_after_that() -> None:
    context = page()
    html = context.prose("[[state|States]] and [[state]]")
    assert html.count("<button") == 1
    assert '<button class="term" type="button" popovertarget="t-state">States</button> and state' in html
    assert context.rendered("").terms[0].definition == "A member."
    assert context.rendered("").terms[0].source == "Two"


def test_what_touches_a_term_never_stands_alone_on_another_line() -> None:
    html = sanitise(page().prose("He said “[[state|a state]]”. [@S001; @S002] More."))
    held = html.partition('<span class="whole">')[2].partition("</span>")[0]
    assert held.startswith('“<button class="term"')
    assert "</button>”.<a " in held
    assert held.endswith(">2</a>")
    assert "whole" not in page().prose("A [[state]] acts.")


@pytest.mark.parametrize(
    ("language", "date", "written"),
    [
        ("en", "2014", "2014"),
        ("en", "2021-11", "November 2021"),
        ("en", "1948-12-09", "9 December 1948"),
        ("es", "1948-12-09", "9 de diciembre de 1948"),
        ("fr", "2021-11", "novembre 2021"),
        ("en", "about 1948", "about 1948"),
    ],
)
def test_the_date_of_a_source_is_written_as_people_write_it(language: str, date: str, written: str) -> None:
    assert source_html({"title": "One", "date": date}, language) == f"<cite>One</cite>, {written}."


@pytest.mark.parametrize(
    "hostile",
    ["<script>ran = 1</script>", "\"><img src=x onerror='ran = 1'>", "a & b &amp; c", "«\u00a0x\u00a0»", "]]>"],
)
def test_of_a_source_nothing_is_left_to_sanitise(hostile: str) -> None:
    source = {"title": hostile, "author": hostile, "date": hostile, "url": f"https://www.example.org/{hostile}"}
    html = source_html(source, "en")
    assert sanitise(html) == html
    assert html.count("<") == 4
    assert html.endswith('rel="noreferrer">example.org</a>')


def test_an_address_of_a_source_leads_only_into_the_web() -> None:
    assert source_html({"title": "One", "url": "javascript:ran = 1//"}, "en") == "<cite>One</cite>."


def test_a_term_is_shown_in_the_language_of_the_text() -> None:
    assert ">Estado</button>" in page("es").prose("[[state]]")


def test_headings_get_their_anchors_and_are_listed() -> None:
    context = page()
    assert context.prose("## The *first* {#first}") == '<h2 id="first">The <em>first</em></h2>\n'
    assert [(section.id, section.title) for section in context.sections] == [("first", "The first")]


def test_a_table_stands_in_a_box_that_scrolls() -> None:
    html = sanitise(page().prose("| a | b |\n| - | :-: |\n| 1 | 2 |\n"))
    assert '<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>' in html
    assert '<th scope="col">a</th>' in html
    assert "style" not in html


def test_two_tables_of_a_text_have_names_of_their_own() -> None:
    table = "| a |\n|---|\n| b |"
    html = page().prose(f"{table}\n\nThen.\n\n{table}")
    assert re.findall(r'aria-label="([^"]+)"', html) == ["Table", "Table 2"]


def test_words_for_review_are_seen_by_trainers_only() -> None:
    reader, trainer = page(), page(for_trainers=True)
    assert "review" not in reader.prose("So. [@needs-review]")
    assert '<span class="review">needs review</span>' in trainer.prose("So. [@needs-review]")
    assert reader.rendered("").needs_review == 1


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html,x)",
        "<a href='javascript:alert(1)'>x</a>", "[x](vbscript:x)", "<svg onload=alert(1)>", "![x](javascript:alert(1))",
        "<style>*{}</style>", "[x](https://example.org 'onmouseover=alert(1)')", "<iframe src=//example.org>", "`<script>`",
        "## x {#a\"onclick=alert(1)}", "[[state|<script>x</script>]]", "[@S001 <script>]", "<p style='color:red'>", "&lt;script&gt;",
    ],
)  # fmt: skip
def test_an_author_cannot_run_a_script(attack: str) -> None:
    html = sanitise(page().prose(attack))
    for word in (
        "<script",
        "<img",
        "<svg",
        "<style",
        "<iframe",
        'href="javascript',
        'href="data',
        'href="vb',
        "<p style",
    ):
        assert word not in html.lower(), html
    assert not [name for name in attributes(html) if name.startswith("on") or name == "style"]


def test_the_sanitiser_takes_away_what_no_text_may_have() -> None:
    dirty = '<p class="btn pull" onclick="x()" id="a" style="x">t</p><img src="https://example.org/x"><form></form>'
    assert sanitise(dirty) == '<p class="pull">t</p>'


def test_a_link_out_of_the_house_does_not_say_where_one_came_from() -> None:
    assert page().prose("[x](https://example.org/)") == '<p><a href="https://example.org/" rel="noreferrer">x</a></p>\n'


def test_a_source_is_listed_with_its_address_and_without_markup_of_its_own() -> None:
    context = page()
    context.prose("[@S001]")
    assert context.rendered("").citations[0].html == (
        '<cite>One &lt;b&gt;</cite>. <a href="https://www.example.org/x" rel="noreferrer">example.org</a>'
    )


def test_a_case_study_has_its_parts_in_order() -> None:
    kind = next(kind for kind in OURS if kind.key == "case-study")
    rendered = render_unit(kind, CASE, page())
    assert [s["id"] for s in rendered["sections"]] == [
        "timeline",
        "actors",
        "account",
        "decisions",
        "debrief",
        "rubric",
    ]
    assert rendered["html"] == render_unit(kind, CASE, page())["html"]
    assert sanitise(rendered["html"]) == rendered["html"]


def test_a_case_study_in_spanish_has_spanish_headings() -> None:
    kind = next(kind for kind in OURS if kind.key == "case-study")
    assert render_unit(kind, CASE, page("es"))["sections"][0]["title"] == "Cronología"


def test_a_quiz_shows_nothing_by_itself_but_lists_its_sources() -> None:
    kind = next(kind for kind in OURS if kind.key == "quiz")
    fields = {
        "questions": [
            {
                "id": "q",
                "kind": "true-false",
                "prompt": "P",
                "answer": True,
                "explanation": "E",
                "passage": "a#b",
                "cites": ["S002 p. 1"],
            }
        ]
    }
    rendered = render_unit(kind, kind.parse(UnitSource("q", "en", fields)), page())
    assert rendered["html"] == ""
    assert [citation["source"] for citation in rendered["citations"]] == ["S002"]
