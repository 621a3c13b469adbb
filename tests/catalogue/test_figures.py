"""Figures are drawn within their sheet, true to their data, and every time the same."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli
import pytest
from fontTools.ttLib import TTFont
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lms.catalogue.checks import check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.figures import lettering
from lms.catalogue.figures.dates import how_long, in_words, right_to_left, time
from lms.catalogue.figures.figure import KINDS as FIGURE_KINDS
from lms.catalogue.figures.figure import drawings, figure_html
from lms.catalogue.figures.lettering import HEAD, STYLES, WORDS, Style
from lms.catalogue.figures.sheet import Box, Dot, Drawing, Line, mirrored, overlaps, spread
from lms.catalogue.figures.svg import CLASSES
from lms.catalogue.files import disk

from .figures import GOLDEN, PATH, PILLARS, SAMPLES, SCALE, drawn
from .tiny import KINDS

ROOT = Path(__file__).resolve().parents[2]
STYLE_SHEET = (ROOT / "lms/web/static_src/lemkin.css").read_text(encoding="utf-8")
# A stroke lies half outside of its line, and a ring at the edge of the sheet may too.
STROKE = 2.0
LANGUAGES = st.sampled_from(["en", "es", "fr", "ar", "he", "ru", "sw"])
LETTERS = st.sampled_from("aeinorstlmWM'ñéжшبسשם")
LABELS = st.lists(st.text(LETTERS, min_size=1, max_size=7), min_size=1, max_size=6).map(" ".join)
DAYS = st.dates(dt.date(1915, 1, 1), dt.date(2030, 12, 31))


@st.composite
def pillars(draw: st.DrawFn) -> dict[str, Any]:
    made = []
    for number in range(draw(st.integers(2, 4))):
        parts = draw(st.lists(LABELS, min_size=1, max_size=6))
        pillar = {"id": f"p{number}", "label": draw(LABELS)[:9], "name": draw(LABELS)}
        pillar["parts"] = [{"id": f"i{at}", "label": label} for at, label in enumerate(parts)]
        made.append({**pillar, **({"foot": draw(LABELS)} if draw(st.booleans()) else {})})
    return {"kind": "pillars", "title": "T", "over": draw(LABELS), "pillars": made, "under": draw(LABELS)}


def written(day: dt.date, exactness: int) -> str:
    return day.isoformat()[: (4, 7, 10)[exactness]]


@st.composite
def scales(draw: st.DrawFn) -> dict[str, Any]:
    events = [
        {"id": f"e{at}", "at": written(day, draw(st.integers(0, 2))), "label": draw(LABELS)}
        for at, day in enumerate(draw(st.lists(DAYS, min_size=2, max_size=14)))
    ]
    events.sort(key=lambda event: time(event["at"]).middle)
    edges = sorted(draw(st.lists(DAYS, min_size=2, max_size=7, unique=True)))
    periods = [
        {
            "id": f"p{at}",
            "from": a.isoformat(),
            "to": b.isoformat(),
            "label": draw(LABELS),
            "grave": draw(st.booleans()),
        }
        for at, (a, b) in enumerate(pairwise(edges))
    ]
    return {"kind": "scale", "title": "T", "events": events, "periods": periods}


@st.composite
def paths(draw: st.DrawFn) -> dict[str, Any]:
    def stations(number: int) -> list[dict[str, Any]]:
        days = sorted(draw(st.lists(DAYS, min_size=1, max_size=number)))
        made = [{"id": f"s{at}", "at": written(day, 2), "label": draw(LABELS)} for at, day in enumerate(days)]
        return [{**station, **({"note": draw(LABELS)} if draw(st.booleans()) else {})} for station in made]

    strands = [
        {"id": f"w{at}", "label": draw(LABELS), "stations": stations(8)} for at in range(draw(st.integers(1, 2)))
    ]
    together = stations(4)
    del together[-1]["at"]
    return {"kind": "path", "title": "T", "strands": strands, "together": together}


FIGURES = st.one_of(pillars(), scales(), paths())


def points(drawing: Drawing) -> Iterator[tuple[float, float]]:
    """The outermost points of every shape."""
    for shape in drawing.shapes:
        if isinstance(shape, Line):
            yield from shape.points
        elif isinstance(shape, Box):
            yield from ((shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height))
        else:
            yield from (
                (shape.x - shape.radius, shape.y - shape.radius),
                (shape.x + shape.radius, shape.y + shape.radius),
            )


def kept_in(drawing: Drawing) -> None:
    for put in drawing.lettering:
        assert put.start >= -0.01, put
        assert put.end <= drawing.width + 0.01, put
        assert put.y >= -0.01, put
        assert put.bottom <= drawing.height + 0.01, put
    for x, y in points(drawing):
        assert -STROKE <= x <= drawing.width + STROKE
        assert -STROKE <= y <= drawing.height + STROKE


@settings(max_examples=150, deadline=None)
@given(FIGURES, LANGUAGES)
def test_nothing_lies_outside_of_the_sheet_or_on_another_text(data: dict[str, Any], language: str) -> None:
    for drawing in drawings(data, language):
        assume(not drawing.misfits)
        kept_in(drawing)
        assert list(overlaps(drawing)) == []


@settings(max_examples=60, deadline=None)
@given(FIGURES)
def test_a_mirrored_drawing_is_the_same_read_from_the_other_side(data: dict[str, Any]) -> None:
    for drawing in drawings(data, "en"):
        turned = mirrored(drawing)
        assert (turned.width, turned.height) == (drawing.width, drawing.height)
        assert [put.lines for put in turned.lettering] == [put.lines for put in drawing.lettering]
        assert sorted((round(drawing.width - x, 6), y) for x, y in points(turned)) != []
        assert [round(put.x, 6) for put in mirrored(turned).lettering] == [round(put.x, 6) for put in drawing.lettering]


@settings(max_examples=80, deadline=None)
@given(scales())
def test_places_on_the_scale_are_true_to_their_days(data: dict[str, Any]) -> None:
    exact = [event for event in data["events"] if len(event["at"]) == 10]
    assume(len({event["at"] for event in exact}) > 1)
    for drawing in drawings(data, "en"):
        dots = [shape.y for shape in drawing.shapes if isinstance(shape, Dot) and shape.look == "stop"]
        days = [time(event["at"]).middle for event in exact]
        assert len(dots) == len(days)
        unit = (dots[-1] - dots[0]) / (days[-1] - days[0])
        assert unit > 0
        for dot, day in zip(dots, days, strict=True):
            assert abs(dots[0] + (day - days[0]) * unit - dot) < 0.001


@settings(max_examples=80, deadline=None)
@given(scales())
def test_lengths_on_the_scale_are_true_to_their_times_and_suffering_looks_like_no_progress(
    data: dict[str, Any],
) -> None:
    for drawing in drawings(data, "en"):
        bars = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.width in {10.0, 8.5}]
        looks = {(box.look, box.width) for box in bars}
        assert looks <= {("bar", 10.0), ("grave", 8.5)}
        lengths = [box.height + (1.5 if box.look == "grave" else 0) for box in bars]
        days = [time(period["to"]).ends - time(period["from"]).begins for period in data["periods"]]
        # A grave time is drawn by its outline, which cannot be thinner than a stroke.
        longest = max(zip(days, lengths, strict=True))
        for many, length in zip(days, lengths, strict=True):
            assert abs(length - many * longest[1] / longest[0]) < 0.01 or length == 2.5
        assert [box.look == "grave" for box in bars] == [period["grave"] for period in data["periods"]]


def test_what_is_known_to_the_year_is_drawn_as_long_as_the_year() -> None:
    slim, _ = drawings(SCALE, "en")
    year, month = (shape for shape in slim.shapes if isinstance(shape, Box) and shape.width == 3)
    assert year.height / month.height == pytest.approx(365 / 30)


@settings(max_examples=60, deadline=None)
@given(paths())
def test_stations_stand_in_the_order_of_time(data: dict[str, Any]) -> None:
    for drawing in drawings(data, "en"):
        stops = [shape.y for shape in drawing.shapes if isinstance(shape, Dot)]
        assert stops == sorted(stops)
        assert len(set(stops)) == len(stops)


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(1, 90)), min_size=1, max_size=14), st.floats(0, 30))
def test_words_that_are_moved_apart_keep_their_order_and_stay_near(
    things: list[tuple[float, float]], gap: float
) -> None:
    wanted, heights = [want for want, _ in things], [height for _, height in things]
    tops = spread(wanted, heights, gap, 0)
    assert tops[0] >= 0
    for before, after, height in zip(tops, tops[1:], heights, strict=False):
        assert after >= before + height + gap - 1e-6
    free = all(b >= a + h + gap for a, b, h in zip(wanted, wanted[1:], heights, strict=False))
    if free and wanted[0] >= 0:
        assert tops == pytest.approx(wanted)


def test_two_that_want_one_place_share_the_way() -> None:
    assert spread([100, 100], [20, 20], 10, 0) == pytest.approx([85, 115])


@given(LABELS, st.sampled_from(STYLES), st.floats(30, 400))
def test_lines_hold_every_word_once_and_no_more_than_there_is_room_for(text: str, style: Style, room: float) -> None:
    found = lettering.lines(text, style, room)
    assert " ".join(found).split() == text.split()
    for line in found:
        assert lettering.width(line, style) <= room or len(line.split()) == 1


def test_a_word_may_break_after_a_hyphen_and_a_number_may_not() -> None:
    assert lettering.lines("capacity-building", WORDS, 70) == ["capacity-", "building"]
    assert lettering.lines("2007-2013", WORDS, 20) == ["2007-2013"]
    assert lettering.lines("16\u00a0months", WORDS, 20) == ["16\u00a0months"]


def advances(path: Path) -> dict[str, float]:
    font = TTFont(path)
    sizes, units = font["hmtx"], font["head"].unitsPerEm
    return {chr(code): sizes[name][0] / units for code, name in font.getBestCmap().items()}


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:-’éèçñãüÅœÆжΩωБ…", max_size=40))
def test_a_line_is_never_wider_than_it_was_measured(text: str) -> None:
    reading = ROOT / "node_modules/@fontsource/gentium-book-plus/files"
    faces = [(HEAD, reading / "gentium-book-plus-latin-400-normal.woff2")]
    found = subprocess.run(
        ["fc-match", "-f", "%{family}|%{file}", "DejaVu Sans"], capture_output=True, text=True, check=False
    ).stdout.split("|")
    if found[0].startswith("DejaVu Sans"):
        faces.append((WORDS, Path(found[1])))
    for style, path in faces:
        real = FACES.setdefault(path, advances(path))
        assert sum(real.get(letter, 0) for letter in text) * style.size <= lettering.width(text, style) + 0.01


FACES: dict[Path, dict[str, float]] = {}


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2007-12-27", "2008-02-28", "2 months"),
        ("2008-02-28", "2013-03-04", "5 years"),
        ("2013-03-04", "2013-03-04", "1 day"),
        ("2008-01-18", "2008-02-27", "41 days"),
        ("2011-04-20", "2012-08-19", "16 months"),
        ("2010-01-01", "2012-06-30", "30 months"),
    ],
)
def test_a_time_is_told_in_the_largest_measure_that_is_true(first: str, last: str, said: str) -> None:
    assert how_long(time(first).begins, time(last).ends, "en") == said


def test_dates_are_told_as_exactly_as_they_are_known_and_in_the_language_of_the_text() -> None:
    assert [in_words(day, "en") for day in ("2008", "2008-02", "2008-02-28")] == [
        "2008",
        "February 2008",
        "28 February 2008",
    ]
    assert in_words("2008-02-28", "es") == "28 de febrero de 2008"
    assert in_words("2008-02-28", "fr", short=True) == "28 févr. 2008"
    assert in_words("2008-02-28", "xx") == "28 February 2008"
    assert how_long(0, 1826, "fr") == "5 ans"
    assert (right_to_left("ar"), right_to_left("fr")) == (True, False)


@pytest.mark.parametrize("name", drawn())
def test_the_same_data_give_the_same_drawing(name: str) -> None:
    # A drawing that was changed on purpose is looked at, then written anew: python -m tests.catalogue.figures
    assert drawn()[name] == (GOLDEN / f"{name}.html").read_text(encoding="utf-8")


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == set(FIGURE_KINDS)
    named = json.loads((ROOT / "lms/catalogue/schemas/figures.json").read_text())["$defs"]["figures"]["items"]["oneOf"]
    assert [option["$ref"].rpartition("/")[2] for option in named] == list(FIGURE_KINDS)


def test_a_figure_is_drawn_for_two_widths_and_told_in_words() -> None:
    html = figure_html(PILLARS, "es", "Igual.")
    assert re.findall(r'<svg class="draw (\S+)" viewBox="0 0 (\d+) ', html) == [
        ("draw-slim", "288"),
        ("draw-wide", "640"),
    ]
    assert html.count('role="img" aria-label="What holds a house"') == 2
    assert "<summary>La figura en palabras</summary><p>Igual.</p>" in html


def test_a_drawing_in_a_language_from_right_to_left_is_turned_and_says_so() -> None:
    assert '<figure class="fig" dir="rtl">' in figure_html(PATH, "ar", "x")
    (x,) = {float(x) for x in re.findall(r'<circle cx="([\d.]+)"', figure_html(one_strand(), "ar", "x"))[:1]}
    (y,) = {float(x) for x in re.findall(r'<circle cx="([\d.]+)"', figure_html(one_strand(), "en", "x"))[:1]}
    assert x == 288 - y


def one_strand() -> dict[str, Any]:
    data = copy.deepcopy(PATH)
    del data["strands"][1:]
    return data


def test_every_look_of_a_drawing_stands_in_the_style_sheet_and_is_used() -> None:
    known = set(re.findall(r"\.([a-z][\w-]*)", STYLE_SHEET))
    assert known >= CLASSES
    assert {"draw", "draw-slim", "draw-wide", "fig", "fig-title", "fig-words"} <= known
    used = {
        name for html in drawn().values() for value in re.findall(r'class="([^"]*)"', html) for name in value.split()
    }
    assert used >= CLASSES


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name or "words")
def test_letters_are_as_large_as_they_were_measured(style: Style) -> None:
    rules = re.findall(r"^ *(\.d[\w., -]*) \{ ([^}]*) \}", STYLE_SHEET, re.M)
    sizes = {
        name: int(size[1])
        for names, body in rules
        for name in names.split(", ")
        if (size := re.search(r"font(?:-size)?: (?:400 )?(\d+)px", body))
    }
    assert sizes.get(f".d-{style.name}", sizes[".draw"]) == style.size


def the_courses() -> Iterator[Mapping[str, Any]]:
    for folder in disk.course_folders(packaged_courses()):
        course = check(disk.collect(folder), KINDS).course
        assert course is not None
        yield from (figure for _, unit in course.units() for figure in unit.front.get("figures", ()))


def test_a_figure_of_a_course_travels_in_two_and_a_half_kilobytes() -> None:
    found = list(the_courses())
    assert found
    for figure in found:
        assert len(brotli.compress(figure_html(figure, "en", figure["text"]).encode())) < 2500, figure["id"]
