"""Whatever is done to a course's files, the answer is a list of mistakes and never a crash."""

# ruff: noqa: E501 - samples stand on one line
from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.catalogue.checks import check
from lms.catalogue.publication import published_modules

from .figures import PATH, PILLARS, SCALE
from .test_figure_faults import unit
from .tiny import KINDS, encoded, tiny_files

FILES = tiny_files(
    first=tiny_files()["modules/01-words/first.md"].replace("  en: First\n", "  en: First\n  es: Primero\n")
) | {
    "modules/01-words/first.es.md": "---\nfollows: t23456789abcdef0\nstatus: confirmed\nkey_points:\n- Uno.\n---\n",
    "modules/01-words/asked.es.yaml": (
        "follows: t23456789abcdef0\nstatus: confirmed\nquestions:\n- id: which\n  prompt: ¿Cuál?\n"
    ),
}
SNIPPETS = st.sampled_from(
    ["", "- x", "x: y", "  x: 1", "[[", "[@", "[@S001", "[[state", "{", "---", "[x](y)", "|-", "> “x”", "| a | b |\n|---|---|\n| 1 |",
     "key: 1", "kind: quiz", "questions: 3", "title: x", "key_points: x", "after: words", "modules: x", "- 1", "true", "id: [a]", "# x {#", "\\"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.integers(0, 24), st.integers(0, 3), SNIPPETS)
@example("course.yaml", 0, 0, "")
@example("modules/01-words/module.yaml", 6, 2, "")
@example("course.yaml", 16, 0, "- x")
def test_a_mutilated_file_is_answered_with_mistakes(path: str, at: int, gone: int, snippet: str) -> None:
    lines = FILES[path].split("\n")
    lines[at : at + gone] = [snippet] if snippet else []
    checked = check(encoded({**FILES, path: "\n".join(lines)}), KINDS)
    assert checked.sound or checked.mistakes
    for mistake in checked.mistakes:
        assert mistake.line >= 1
        assert mistake.what
        assert mistake.cure


PICTURED = {**FILES, "modules/01-words/first.md": unit(PILLARS, SCALE, PATH)}
PICTURED.pop("modules/01-words/first.es.md")
FIGURES = st.sampled_from(
    ["at: x", '    at: "0000"', '    at: "2999-13"', '    at: "9999-12-31"', "    from: 2", "  figures: x", "- id: wind", "  kind: path",
     "  text: x", "{{figure: house}}", "  - id: a", "    label: x", "    cites: []", "  strands: []", "    grave: 1", "    note: ''"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 160), st.integers(0, 4), st.one_of(SNIPPETS, FIGURES))
def test_a_mutilated_figure_is_answered_with_mistakes(at: int, gone: int, snippet: str) -> None:
    path = "modules/01-words/first.md"
    lines = PICTURED[path].split("\n")
    lines[at : at + gone] = [snippet] if snippet else []
    checked = check(encoded({**PICTURED, path: "\n".join(lines)}), KINDS)
    assert checked.sound or checked.mistakes
    if checked.sound:
        published_modules(checked, KINDS)


@given(st.binary(max_size=200), st.sampled_from(sorted(FILES)))
def test_bytes_that_are_no_course_are_answered_with_mistakes(raw: bytes, path: str) -> None:
    checked = check({**encoded(FILES), path: raw}, KINDS)
    assert checked.sound or checked.mistakes
