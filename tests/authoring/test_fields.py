"""A unit as a form: every unit there is, and every one there could be, goes into it and comes back as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.authoring.rules.fields import NOT_HERE, Sort, fields_of, flat_items, translation_fields
from lms.authoring.rules.filled import filled, filled_translation
from lms.authoring.rules.reshaping import reshaped
from lms.authoring.rules.typed import clean, clean_line
from lms.catalogue.checks import check
from lms.catalogue.files import disk
from lms.catalogue.files.canonical import unit_text
from lms.catalogue.files.read import read_unit
from lms.catalogue.files.validator import validator
from lms.catalogue.kinds.plugin import OURS
from lms.catalogue.rules.course_files import UnitFile
from lms.catalogue.rules.translation import OF_ITS_OWN
from tests.authoring.generated import values
from tests.plugins.checklist import Checklist

KINDS = {kind.key: kind for kind in (*OURS, Checklist())}
LANGUAGES = ("en", "es", "fr")
COURSES = Path(__file__).resolve().parents[2] / "courses"
roomy = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@cache
def course_units() -> list[tuple[UnitFile, tuple[UnitFile, ...]]]:
    """Every unit of the courses that come with the code, with its translations."""
    found = []
    for folder in sorted(path for path in COURSES.iterdir() if path.is_dir()):
        course = check(disk.collect(folder), KINDS).course
        assert course
        found += [(unit, module.translations_of(unit)) for module, unit in course.units()]
    return found


def names() -> Any:
    """Names for new entries, one after the other."""
    numbers: Iterator[int] = iter(range(10_000))
    return lambda: f"n{next(numbers)}"


def there_and_back(kind: str, data: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Any:
    schema = KINDS[kind].schema
    items = flat_items(fields_of(schema, data, LANGUAGES))
    return filled(schema, items, data if before is None else before, names()).data


def in_form(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in NOT_HERE}


def test_every_unit_there_is_goes_into_the_form_and_comes_back() -> None:
    units = course_units()
    assert {unit.kind for unit, _ in units} == {"reading", "quiz", "case-study", "reflection"}
    for unit, _translations in units:
        assert there_and_back(unit.kind, unit.front) == unit.front, unit.path
        assert there_and_back(unit.kind, unit.front, {}) == in_form(unit.front), unit.path


def test_every_translation_there_is_goes_into_the_form_and_comes_back() -> None:
    pairs = [(unit, text) for unit, translations in course_units() for text in translations]
    assert pairs
    for unit, text in pairs:
        own = {name: value for name, value in text.front.items() if name not in OF_ITS_OWN}
        fields = translation_fields(KINDS[unit.kind].schema, unit.front, own)
        assert filled_translation(fields, flat_items(fields)) == own, text.path


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_kind_allows_goes_into_the_form_and_comes_back(kind: str) -> None:
    @roomy
    @given(values(KINDS[kind].schema))
    def hold(data: dict[str, Any]) -> None:
        assert there_and_back(kind, data) == data
        # The file that is written of it says the same.
        text = unit_text(UnitFile("", "k", "en", data, "A text."), KINDS[kind])
        assert read_unit("k", "en", text).front == data

    hold()


@pytest.mark.parametrize("kind", KINDS)
def test_no_form_that_could_be_sent_fails_and_what_is_read_can_be_shown_and_written(kind: str) -> None:
    schema = KINDS[kind].schema
    known = sorted({part for unit, _ in course_units() if unit.kind == kind for part in _parts(unit.front)})
    steps = st.sampled_from([*schema["properties"], *known, "0", "1", "7", "99999", "-1", "", "id", "kind", "nobody"])
    paths = st.lists(steps, min_size=1, max_size=6).map(lambda found: ".".join(("f", *found)))
    typed = st.sampled_from(["", "true", "x", "12", "１２", "scale", "matching", " \t ", "a\r\nb\x00", "é"]) | st.text(
        max_size=9
    )
    acts = st.builds(
        lambda verb, path, branch: f"{verb}:{path[2:]}{branch}",
        st.sampled_from(["add", "remove", "up", "down", "burn"]),
        paths,
        st.sampled_from(["", ":matching", ":moment", ":0"]),
    )

    @roomy
    @given(st.dictionaries(paths, typed, max_size=30), acts)
    def hold(items: dict[str, str], act: str) -> None:
        read = filled(schema, items, {}, names()).data
        assert set(read) <= set(schema["properties"]) - NOT_HERE
        changed = reshaped(schema, read, act, names())
        assert there_and_back(kind, changed, {}) == _without_empty_lists(changed)
        text = unit_text(UnitFile("", "k", "en", changed, ""), KINDS[kind])
        assert read_unit("k", "en", text).front == changed

    hold()


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _parts(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _parts(inner)


def _without_empty_lists(data: Any) -> Any:
    if isinstance(data, Mapping):
        kept = {name: _without_empty_lists(value) for name, value in data.items()}
        return {name: value for name, value in kept.items() if value not in ([], {})}
    return [_without_empty_lists(entry) for entry in data] if isinstance(data, list) else data


@given(st.text(max_size=60))
def test_what_was_typed_is_cleaned_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert "\n" not in clean_line(text)


def test_what_a_file_cannot_hold_is_mended_at_the_border() -> None:
    assert (
        clean("One\r\n\ttwo\rthree\u2028four \x00\u202e\ufeff  \n\n\n\nCafe\u0301 ")
        == "One\n    two\nthree\nfour\n\nCafé"
    )
    assert clean_line(" Two\nlines ") == "Two lines"


def test_a_question_of_every_kind_can_be_added_and_has_what_it_needs() -> None:
    schema = KINDS["quiz"].schema
    data: dict[str, Any] = {}
    fresh = names()
    for kind in ("one-of-many", "many-of-many", "true-false", "matching", "ordering", "reflection"):
        data = reshaped(schema, data, f"add:questions:{kind}", fresh)
    made = [
        {name: len(part) if isinstance(part, list) else part for name, part in q.items()} for q in data["questions"]
    ]
    assert [{name: part for name, part in one.items() if name not in ("id", "cites")} for one in made] == [
        {"kind": "one-of-many", "options": 2},
        {"kind": "many-of-many", "options": 2},
        {"kind": "true-false"},
        {"kind": "matching", "pairs": 2},
        {"kind": "ordering", "items": 3},
        {"kind": "reflection"},
    ]
    assert there_and_back("quiz", data) == data


def test_a_filled_new_question_is_what_the_schema_asks_for() -> None:
    schema = KINDS["quiz"].schema
    fresh = names()
    data = reshaped(schema, {}, "add:questions:matching", fresh)
    items = flat_items(fields_of(schema, data, LANGUAGES))
    ids = {name for name in items if name.endswith((".id", ".kind", ".substance"))}
    items |= {name: f"words {number}" for number, name in enumerate(items) if name not in ids}
    items |= {"f.questions.0.passage": "first#here", "f.questions.0.cites.0": "S001"}
    asked = filled(schema, items, {}, fresh).data["questions"][0]
    assert not list(validator(schema["properties"]["questions"]["items"]).iter_errors(asked))


def test_entries_are_moved_and_taken_out_and_ids_stay_with_their_entries() -> None:
    schema = KINDS["quiz"].schema
    data: dict[str, Any] = {"questions": [{"id": "a", "kind": "reflection"}, {"id": "b", "kind": "reflection"}]}
    order = lambda found: [question["id"] for question in found["questions"]]  # noqa: E731
    assert order(reshaped(schema, data, "down:questions.0", names())) == ["b", "a"]
    assert order(reshaped(schema, data, "up:questions.1", names())) == ["b", "a"]
    assert order(reshaped(schema, data, "up:questions.0", names())) == ["a", "b"]
    assert order(reshaped(schema, data, "remove:questions.0", names())) == ["b"]
    assert order(data) == ["a", "b"]


def test_a_new_moment_of_a_figure_stays_a_moment_while_it_is_empty() -> None:
    schema = KINDS["reading"].schema
    data = reshaped(schema, {}, "add:figures:scale", names())
    data = reshaped(schema, data, "add:figures.0.periods:moment", names())
    data = reshaped(schema, data, "add:figures.0.periods:period", names())
    back = there_and_back("reading", data)
    assert [sorted(period) for period in back["figures"][0]["periods"]] == [
        ["at", "cites", "id", "label"],
        ["cites", "from", "id", "label", "to"],
    ]


def test_a_list_takes_no_more_than_its_kind_allows() -> None:
    schema = KINDS["reading"].schema
    data: dict[str, Any] = {}
    for _ in range(6):
        data = reshaped(schema, data, "add:key_points", names())
    assert data["key_points"] == [""] * 4


def test_a_number_that_is_none_is_given_back_and_not_kept() -> None:
    read = filled(KINDS["reading"].schema, {"f.minutes": "a quarter", "f.title.en": "T"}, {}, names())
    assert read.data == {"title": {"en": "T"}}
    assert read.unread == {("minutes",): "a quarter"}


def test_names_sent_twice_or_forged_are_made_anew() -> None:
    schema = KINDS["quiz"].schema
    items = {f"f.questions.{place}.kind": "reflection" for place in range(4)}
    items |= {"f.questions.0.id": "same", "f.questions.1.id": "same", "f.questions.2.id": "<b>"}
    ids = Counter(question["id"] for question in filled(schema, items, {}, names()).data["questions"])
    assert ids["same"] == 1
    assert len(ids) == 4


def test_what_no_form_can_show_stays_as_it_is_in_the_file() -> None:
    before = {"key": "k", "kind": "reading", "substance": "s2", "written_by_hand": {"a": 1}, "minutes": 4}
    assert filled(KINDS["reading"].schema, {"f.minutes": "5"}, before, names()).data == {**before, "minutes": 5}


def test_a_translation_keeps_only_what_is_its_to_say() -> None:
    unit = next(unit for unit, texts in course_units() if unit.kind == "quiz" and texts)
    fields = translation_fields(KINDS["quiz"].schema, unit.front, {})
    said = {field.key for top in fields for field in top.flat() if field.sort is not Sort.LIST}
    assert said <= {"questions", "options", "pairs", "items", "id", "prompt", "text", "left", "right", "explanation",
                    "content_note"}  # fmt: skip
    assert filled_translation(fields, flat_items(fields)) == {}
    first = unit.front["questions"][0]["id"]
    read = filled_translation(fields, {**flat_items(fields), "f.questions.0.prompt": "¿Qué?"})
    assert read == {"questions": [{"id": first, "prompt": "¿Qué?"}]}


def test_texts_of_a_plain_list_not_yet_translated_stand_in_the_words_of_the_source() -> None:
    fields = translation_fields(KINDS["reading"].schema, {"key_points": ["One.", "Two."]}, {})
    assert filled_translation(fields, {"f.key_points.1": "Dos."}) == {"key_points": ["One.", "Dos."]}
    assert filled_translation(fields, {"f.key_points.0": "", "f.key_points.1": " "}) == {}
