"""One canonical form: what is written is read back equal, and what is read is written back byte for byte."""

# ruff: noqa: E501 - samples stand on one line
from __future__ import annotations

import os
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.catalogue.files import disk
from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.emit import emit
from lms.catalogue.files.nodes import read_yaml
from lms.catalogue.files.read import read_files
from lms.catalogue.files.text import tidy
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile

from .tiny import FIRST, KINDS, encoded, tiny_files, written

KEYS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8).map(lambda key: f"k{key}")
# Everything a person might type, and everything YAML might take for something else.
LINES = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Co"),
        exclude_characters="\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    min_size=1,
    max_size=90,
)
AWKWARD = st.sampled_from(
    ["no", "NO", "null", "~", "2012", "2012-03-04", "0x1f", "1e3", "12:30", "a: b", "a #b", "- a", "? a", "& a", "* a", "! a",
     "| a", "> a", "% a", "@ a", "`a`", "'a'", '"a"', "{a}", "[a]", "a:", "#a", "---", "...", "é", "e\u0301", "\\n", "=", "<<", ".inf", "a" * 200]
)  # fmt: skip
WORDS = (
    st.one_of(LINES, AWKWARD, st.lists(st.one_of(LINES, AWKWARD), min_size=1, max_size=3).map("\n".join))
    .map(tidy)
    .filter(bool)
)
TEXTS = st.fixed_dictionaries({"en": WORDS}, optional={"es": WORDS, "no": WORDS, "yes": WORDS})


@st.composite
def readings(draw: st.DrawFn, folder: str, key: str) -> UnitFile:
    front: dict[str, Any] = {
        "key": key,
        "kind": "reading",
        "title": draw(TEXTS),
        "minutes": draw(st.integers(1, 600)),
        "substance": "s1",
    }
    if draw(st.booleans()):
        front["content_note"] = draw(WORDS)
        front["written_alternative"] = draw(WORDS)
        front["key_points"] = draw(st.lists(WORDS, min_size=1, max_size=4))
    return UnitFile(f"modules/{folder}/{key}.md", key, "en", front, draw(WORDS))


@st.composite
def quizzes(draw: st.DrawFn, folder: str, key: str) -> UnitFile:
    options = [{"id": f"o{index}", "text": draw(WORDS)} for index in range(draw(st.integers(2, 4)))]
    options[0]["correct"] = True
    question = {
        "id": draw(KEYS), "kind": "one-of-many", "prompt": draw(WORDS), "options": options,
        "explanation": draw(WORDS), "passage": "a#b", "cites": ["S001"],
    }  # fmt: skip
    truth = {"id": "truth", "kind": "true-false", "prompt": draw(WORDS), "answer": draw(st.booleans()), "explanation": draw(WORDS), "passage": "a#b", "cites": ["S001 p. 3"]}  # fmt: skip
    front = {
        "key": key,
        "kind": "quiz",
        "title": draw(TEXTS),
        "minutes": 3,
        "substance": "s1",
        "questions": [question, truth],
    }
    return UnitFile(f"modules/{folder}/{key}.yaml", key, "en", front)


@st.composite
def courses(draw: st.DrawFn) -> CourseFiles:
    modules = []
    for number, key in enumerate(draw(st.lists(KEYS, min_size=1, max_size=2, unique=True)), 1):
        folder = f"{number:02}-{key}"
        units = [
            draw(st.one_of(readings(folder, name), quizzes(folder, name)))
            for name in draw(st.lists(KEYS, min_size=1, max_size=2, unique=True))
        ]
        fields = {"key": key, "title": draw(TEXTS), "objectives": [draw(TEXTS)], "units": [unit.key for unit in units]}
        modules.append(ModuleFile(folder, fields, tuple(units)))
    head = {
        "slug": draw(KEYS), "language": "en", "title": draw(TEXTS), "description": draw(TEXTS),
        "pass_mark": draw(st.integers(1, 100)), "completion": {"modules": "all"},
        "modules": [{"module": module.folder} for module in modules],
    }  # fmt: skip
    terms = [
        {"key": key, "term": draw(TEXTS), "definition": draw(TEXTS), "needs_review": True}
        for key in draw(st.lists(KEYS, max_size=2, unique=True))
    ]
    return CourseFiles(head, tuple(sorted(modules, key=lambda module: module.folder)), tuple(terms), ())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_a_course_is_read_back_as_it_was_written(course: CourseFiles) -> None:
    files = canonical_files(course, KINDS)
    reading = read_files(encoded(files), KINDS)
    long = [mistake for mistake in reading.mistakes if "number of characters" not in mistake.what]
    assert not long, [str(mistake) for mistake in long]
    if reading.whole:
        assert reading.course == course
        assert canonical_files(reading.course, KINDS) == files


@given(
    st.dictionaries(
        KEYS, st.one_of(WORDS, st.integers(0, 10**8), st.booleans(), st.lists(WORDS, max_size=3)), min_size=1
    )
)
def test_any_fields_survive_yaml(fields: dict[str, Any]) -> None:
    document, mistakes = read_yaml("x.yaml", emit(fields))
    assert mistakes == []
    assert document.data == fields


@given(WORDS)
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_formatting_canonical_files_changes_nothing(tmp_path: Path) -> None:
    reading = read_files(encoded(tiny_files()), KINDS)
    assert reading.course is not None
    assert canonical_files(reading.course, KINDS) == dict(sorted(tiny_files().items()))
    assert disk.save(encoded(canonical_files(reading.course, KINDS)), written(tmp_path)) == []


def test_formatting_puts_fields_in_order_and_ends_lines_cleanly() -> None:
    untidy = FIRST.replace("key: first\nkind: reading\n", "kind:   reading\nkey:  'first'\n").replace("\n", "  \r\n")
    files = encoded(tiny_files())
    reading = read_files(
        {**files, "modules/01-words/first.md": untidy.encode().replace(b"---  \r\n", b"---\r\n")}, KINDS
    )
    assert reading.course is not None, reading.mistakes
    assert canonical_files(reading.course, KINDS) == dict(sorted(tiny_files().items()))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\na: 2\n", 2, "“a” stands here twice"),
        ("a: &x 1\nb: *x\n", 1, "anchor or alias"),
        ("a:\n  - [\n", 3, "not YAML"),
        ("a: 2013-03-20\n", 1, "neither text, a whole number"),
        ("a: 1.5\n", 1, "neither text, a whole number"),
        ("a: yes\n", 1, "neither text, a whole number"),
        ("a:\n", 1, "this field is empty"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", 1, "nested too deeply"),
        ("[a]: 1\n", 1, "must be a word"),
        ("a: !!python/object:os.system 1\n", 1, "neither text, a whole number"),
    ],
)
def test_what_makes_yaml_surprising_is_refused(text: str, line: int, what: str) -> None:
    _, mistakes = read_yaml("x.yaml", text)
    assert [(mistake.line, what in mistake.what) for mistake in mistakes] == [(line, True)], mistakes


def test_a_chain_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    _, mistakes = read_yaml("x.yaml", bomb)
    assert len(mistakes) == 1


def test_files_that_are_no_text_are_refused_with_their_line() -> None:
    files = encoded(tiny_files())
    files["sources.yaml"] = b"sources:\n- \xff\xfe\n"
    files["glossary.yaml"] = b"terms:\n\t- x\n"
    said = [str(mistake) for mistake in read_files(files, KINDS).mistakes]
    assert "sources.yaml:2: this is not UTF-8 text — save the file as UTF-8" in said
    assert "glossary.yaml:2: there is a tab — use spaces" in said


def test_text_that_turns_direction_unseen_is_refused() -> None:
    files = encoded(tiny_files(first=FIRST.replace("A point.", "A \u202epoint.")))
    assert "modules/01-words/first.md:9: there is an invisible control character (U+202E) — delete it" in map(
        str, read_files(files, KINDS).mistakes
    )


def test_a_file_too_large_is_refused() -> None:
    files = {**encoded(tiny_files()), "sources.yaml": b"x" * (257 * 1024)}
    assert any("257 kB" in mistake.what for mistake in read_files(files, KINDS).mistakes)


def test_links_on_the_disk_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "modules/01-words/extra.md").symlink_to("/etc/hostname")
    with pytest.raises(disk.Unreadable, match="link to another place"):
        disk.collect(folder)


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "modules/03-outside").symlink_to(tmp_path)
    with pytest.raises(disk.Unreadable, match="link to another place"):
        disk.collect(folder)


def test_hidden_files_are_left_alone(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / ".DS_Store").write_bytes(b"\x00")
    assert ".DS_Store" not in disk.collect(folder)


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = written(tmp_path)
    os.mkfifo(folder / "modules/01-words/pipe.md")
    with pytest.raises(disk.Unreadable, match="no file that can be read"):
        disk.collect(folder)


def test_a_name_that_is_no_text_can_still_be_said(tmp_path: Path) -> None:
    folder = written(tmp_path)
    Path(os.fsdecode(os.fsencode(folder) + b"/no\xfftext.md")).write_text("x")
    said = [str(mistake) for mistake in read_files(disk.collect(folder), KINDS).mistakes]
    assert any("no\ufffdtext.md" in line for line in said)
    assert "\n".join(said).encode()
