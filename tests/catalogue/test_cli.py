"""`flask lms courses ...` from the outside."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from lms.catalogue.cli import courses, packaged_courses
from tests.languages import translated

from .tiny import COURSE, FIRST, tiny_files, written


def run(app: Flask, *words: object) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(courses, [str(word) for word in words])
    return result.exit_code, result.output


def test_validate_says_that_a_course_is_in_order(sqlite_app: Flask, tmp_path: Path) -> None:
    assert run(sqlite_app, "validate", written(tmp_path)) == (0, "tiny: in order (8 files)\n")


def test_validate_says_how_many_units_each_other_language_has(sqlite_app: Flask, tmp_path: Path) -> None:
    files = translated(status="confirmed")
    title = COURSE.replace("  en: A tiny course\n", "  en: A tiny course\n  fr: Un cours\n")
    said = run(sqlite_app, "validate", written(tmp_path, course=title, **files))
    assert said == (0, "tiny: in order (10 files)\ntiny: translated: es 2 of 3 units, fr 0 of 3 units\n")


def test_validate_names_every_mistake_and_fails(sqlite_app: Flask, tmp_path: Path) -> None:
    folder = written(tmp_path, first=FIRST.replace("minutes: 5", "minuts: 5"))
    code, said = run(sqlite_app, "validate", tmp_path)
    assert code == 1
    assert f"{folder}/modules/01-words/first.md:6: “minuts” is not a field here — did you mean “minutes”?" in said
    assert "“minutes” is missing" in said


def test_validate_says_so_when_there_is_no_such_folder(sqlite_app: Flask, tmp_path: Path) -> None:
    code, said = run(sqlite_app, "validate", tmp_path / "nowhere")
    assert (code, "there is no such folder" in said) == (1, True)


def test_format_puts_a_course_right(sqlite_app: Flask, tmp_path: Path) -> None:
    folder = written(tmp_path, first=FIRST.replace("key: first", "key:   first"))
    assert run(sqlite_app, "validate", folder)[0] == 1
    assert run(sqlite_app, "format", folder) == (0, f"{folder}/modules/01-words/first.md: formatted\n")
    assert run(sqlite_app, "validate", folder)[0] == 0


def test_format_leaves_a_course_it_cannot_read_alone(sqlite_app: Flask, tmp_path: Path) -> None:
    broken = FIRST.replace("minutes: 5", "minutes: [")
    folder = written(tmp_path, first=broken)
    assert run(sqlite_app, "format", folder)[0] == 1
    assert (folder / "modules/01-words/first.md").read_text() == broken


def test_load_export_and_load_again(app: Flask, tmp_path: Path) -> None:
    folder = written(tmp_path / "given")
    assert run(app, "load", folder) == (0, "tiny: version 1.0 (first)\n")
    assert run(app, "load", folder) == (0, "tiny: unchanged, version 1.0\n")
    assert run(app, "export", tmp_path / "taken") == (0, "tiny: version 1.0\n")
    for path, text in tiny_files().items():
        assert (tmp_path / "taken/tiny" / path).read_bytes() == text.encode()
    written(tmp_path / "given", first=FIRST.replace("A point.", "A better point."))
    assert run(app, "load", folder) == (
        0,
        "tiny: version 1.1 (editorial)\n  editorial: modules/01-words/first.md has changed\n",
    )


def test_a_broken_course_stops_no_other(app: Flask, tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "course.yaml").write_text("slug: broken\n")
    code, said = run(app, "load", tmp_path)
    assert code == 1
    assert "“language” is missing" in said
    assert "tiny: version 1.0 (first)" in said


def test_the_courses_that_come_with_the_house_are_in_order(sqlite_app: Flask) -> None:
    code, said = run(sqlite_app, "validate")
    assert (code, "lemkin-seminar: in order" in said) == (0, True), said
    assert (packaged_courses() / "lemkin-seminar" / "course.yaml").is_file()


def test_every_command_of_the_guide_works(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (packaged_courses().parent / "docs" / "course-format.md").read_text(encoding="utf-8")
    commands = re.findall(r"^flask lms courses (.+)$", guide, re.MULTILINE)
    assert {command.split()[0] for command in commands} == set(courses.commands)
    shutil.copytree(packaged_courses(), tmp_path / "courses")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        code, said = run(app, *command.split())
        assert code == 0, (command, said)


def test_format_says_so_when_there_is_no_such_folder(sqlite_app: Flask, tmp_path: Path) -> None:
    code, said = run(sqlite_app, "format", tmp_path / "nowhere")
    assert (code, "there is no such folder" in said) == (1, True)


def test_validate_refuses_a_folder_that_load_would_refuse(sqlite_app: Flask, tmp_path: Path) -> None:
    folder = written(tmp_path).rename(tmp_path / "another")
    code, said = run(sqlite_app, "validate", folder)
    assert (code, "rename the folder to tiny" in said) == (1, True)


def reusing(tmp_path: Path, slug: str, source: str) -> None:
    """A course of nothing but the module "words" of another."""
    course = COURSE.replace("slug: tiny", f"slug: {slug}").partition("modules:\n- ")[0]
    folder = tmp_path / slug
    folder.mkdir()
    (folder / "course.yaml").write_text(f"{course}modules:\n- use: {source}/words\n")
    (folder / "sources.yaml").write_text("sources: []\n")
    (folder / "glossary.yaml").write_text("terms: []\n")


def test_a_course_is_loaded_after_those_it_reuses(app: Flask, tmp_path: Path) -> None:
    reusing(tmp_path, "a-third", "b-second")
    reusing(tmp_path, "b-second", "tiny")
    written(tmp_path)
    code, said = run(app, "load", tmp_path)
    assert (code, [line.split(":")[0] for line in said.splitlines()]) == (0, ["tiny", "b-second", "a-third"])


def test_export_names_what_the_course_has_no_more(app: Flask, tmp_path: Path) -> None:
    run(app, "load", written(tmp_path / "given"))
    left = tmp_path / "taken/tiny/modules/01-words/gone.md"
    left.parent.mkdir(parents=True)
    left.write_text(FIRST)
    code, said = run(app, "export", tmp_path / "taken")
    assert (code, "tiny/modules/01-words/gone.md:1: the course has no such file" in said) == (1, True)
    assert left.read_text() == FIRST
