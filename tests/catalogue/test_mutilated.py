"""Whatever is done to a course's files, the answer is a list of mistakes and never a crash."""

# ruff: noqa: E501 - samples stand on one line
from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.catalogue.checks import check

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


@given(st.binary(max_size=200), st.sampled_from(sorted(FILES)))
def test_bytes_that_are_no_course_are_answered_with_mistakes(raw: bytes, path: str) -> None:
    checked = check({**encoded(FILES), path: raw}, KINDS)
    assert checked.sound or checked.mistakes
