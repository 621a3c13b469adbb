"""A whole figure: its title, drawn twice for narrow and for wide screens, what it shows, and the same in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from lms.catalogue.labels import label
from lms.kernel.values import dataclass

from . import path, pillars, scale
from .dates import right_to_left
from .sheet import Drawing, Misfit
from .svg import svg

SLIM, WIDE = 288.0, 640.0
"""Widths in units: what a phone of 320 pixels has between its margins, and what a page of paper has."""

Layout = Callable[[Mapping[str, Any], str, float], Drawing]


@dataclass(frozen=True)
class Kind:
    """A kind of figure: its two layouts, and the label that says how to read it, where it needs one."""

    slim: Layout
    wide: Layout
    note: str = ""


KINDS: Mapping[str, Kind] = {
    "pillars": Kind(pillars.slim, pillars.wide),
    "scale": Kind(scale.slim, scale.wide, "true-scale"),
    "path": Kind(path.slim, path.wide, "order-not-scale"),
}


def drawings(data: Mapping[str, Any], language: str) -> tuple[Drawing, Drawing]:
    """The slim and the wide one."""
    kind = KINDS[data["kind"]]
    return kind.slim(data, language, SLIM), kind.wide(data, language, WIDE)


def misfits(data: Mapping[str, Any], language: str) -> Iterator[Misfit]:
    """The texts that have no room in one drawing or the other."""
    for drawing in drawings(data, language):
        yield from drawing.misfits


def figure_html(data: Mapping[str, Any], language: str, words: str) -> str:
    """The figure as a block of the page; `words` is its text, already HTML."""
    turned = right_to_left(language)
    looks = ("draw-slim", "draw-wide")
    drawn = (
        svg(drawing, data["title"], look, right_to_left=turned)
        for drawing, look in zip(drawings(data, language), looks, strict=True)
    )
    note = KINDS[data["kind"]].note
    said = f"<figcaption>{escape(label(note, language))}</figcaption>\n" if note else ""
    return (
        f'<figure class="fig" dir="{"rtl" if turned else "ltr"}">\n'
        f'<p class="fig-title">{escape(data["title"])}</p>\n{"".join(drawn)}{said}'
        f'<details class="fig-words"><summary>{escape(label("in-words", language))}</summary>'
        f"<p>{words}</p></details></figure>\n"
    )
