"""What reaches a page of a figure is what the drawing made, whatever stands in its labels and whoever made the HTML."""

# ruff: noqa: E501 - samples stand on one line
from __future__ import annotations

import copy
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from lms.catalogue.figures.figure import figure_html
from lms.catalogue.render import PageContext, sanitise

from .figures import SAMPLES, drawn

TAGS = {"figure", "p", "b", "svg", "g", "path", "rect", "circle", "text", "tspan", "figcaption", "details", "summary"}
ATTRIBUTES = {"class", "dir", "viewbox", "role", "aria-label", "d", "x", "y", "dy", "width", "height", "cx", "cy", "r"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</text></svg><img src=x onerror=alert(1)>",
    "</tspan><a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>",
    "<foreignObject><iframe src=//example.org></iframe></foreignObject>",
    "]]><use href=#x>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --!><script>alert(1)</script>",
    "{{figure: house}} [x](javascript:alert(1))",
]


class Read(HTMLParser):
    """Every tag with its attributes, and all the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def labelled(figure: dict[str, Any], label: str) -> dict[str, Any]:
    """The figure with all its labels replaced."""
    made = copy.deepcopy(figure)
    for entry in entries(made):
        for name in ("title", "label", "name", "note", "foot", "over", "under"):
            if name in entry:
                entry[name] = label
    return made


def entries(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from entries(inner)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_words_and_nothing_else(name: str, label: str) -> None:
    html = figure_html(labelled(SAMPLES[name], label), "en", "<b>w</b>")
    for page in (Read(html), Read(sanitise(html))):
        assert {tag for tag, _ in page.tags} <= TAGS
        assert {attribute for _, attributes in page.tags for attribute in attributes} <= ATTRIBUTES
        assert "".join(label.split()) in "".join("".join(page.words).split())
        names = {attributes["aria-label"] for tag, attributes in page.tags if tag == "svg"}
        assert names == {label}
    assert len(Read(html).tags) == len(Read(sanitise(html)).tags)


@pytest.mark.parametrize("name", drawn())
def test_a_drawing_passes_the_sanitiser_as_it_is(name: str) -> None:
    assert sanitise(drawn()[name]) == drawn()[name]


def test_a_figures_text_is_markdown_like_any_other() -> None:
    context = PageContext("en", {"S001": {"id": "S001", "title": "One"}}, {})
    context.figures = {"house": {**SAMPLES["pillars"], "text": "A <b>roof</b>. [@S001]"}}
    html = sanitise(context.prose("Before.\n\n{{figure: house}}\n\nAfter. [@S001]"))
    assert '<p>A &lt;b&gt;roof&lt;/b&gt;.<a class="ref" id="r1" href="#s1"' in html
    assert html.index("Before.") < html.index("<figure") < html.index("After.")
    assert 'id="r1b"' in html


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ('<svg onload="x()" style="x" id="a" class="draw btn" width="9999"></svg>', '<svg class="draw"></svg>'),
        ('<svg role="button" viewBox="0 0 1 1"></svg>', '<svg viewBox="0 0 1 1"></svg>'),
        ('<svg viewBox="0 0 1 1;x"></svg>', "<svg></svg>"),
        ('<svg><script>x()</script><style>*{}</style></svg>', "<svg></svg>"),
        ('<svg><foreignObject><p onclick="x()">t</p></foreignObject></svg>', "<svg></svg>"),
        ('<svg><a href="javascript:x()"><text>t</text></a></svg>', "<svg><a><text>t</text></a></svg>"),
        ('<svg><use href="https://example.org/#x"></use><image href="x"></image></svg>', "<svg></svg>"),
        ('<svg><rect width="1e9px" height="expression(1)" fill="red" x="1"></rect></svg>', '<svg><rect x="1"></rect></svg>'),
        ('<svg><path d="M0 0L1 1" stroke="red"></path><path d="x()"></path></svg>', '<svg><path d="M0 0L1 1"></path><path></path></svg>'),
        ('<svg><g class="d-bar panel btn" transform="scale(99)"></g></svg>', '<svg><g class="d-bar"></g></svg>'),
        ('<svg><animate attributeName="x"></animate><set></set><title>t</title></svg>', "<svg>t</svg>"),
        ('<p class="d-bar draw fig-title">t</p>', '<p class="fig-title">t</p>'),
        ('<figure dir="auto" class="fig" style="x"></figure>', '<figure class="fig"></figure>'),
        ('<details open ontoggle="x()"><summary onclick="x()">t</summary></details>', "<details><summary>t</summary></details>"),
    ],
)  # fmt: skip
def test_a_kind_of_somebody_elses_gets_no_more_through_than_our_drawings_need(dirty: str, clean: str) -> None:
    assert sanitise(dirty) == clean
