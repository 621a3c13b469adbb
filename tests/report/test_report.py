"""`flask lms courses report`: figures of the files, and of the pages as they travel."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.catalogue.checks import check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from lms.report.wire import weigh
from tests.catalogue import tiny
from tests.catalogue.illustrated import picture, written_with_media
from tests.learning.makers import ASKED, FIRST

LIGHT, WITH_A_FIGURE, ALL_OF_IT = 15_000, 25_000, 1_500_000
LEMKIN = packaged_courses() / "lemkin-seminar"


def reported(app: Flask, *arguments: str) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["lms", "courses", "report", "--json", *arguments])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return tiny.written(tmp_path, first=FIRST, asked=ASKED)


def test_each_unit_says_what_it_asks_of_its_reader(sqlite_app: Flask, course: Path) -> None:
    found = reported(sqlite_app, str(course))
    units = {unit["unit"]: unit for unit in found["units"]}
    first, asked = units["first"], units["asked"]
    assert (first["course"], first["module"], first["kind"]) == ("tiny", "words", "reading")
    assert (first["minutes"], first["citations"], first["questions"]) == (5, 2, 0)
    # Two headings, two sentences and a key point of two words, and six paragraphs for institutions.
    assert first["words"] == 2 + 5 + 2 + 2 + 4 + 4 + 3 + 3 + 3 + 3
    assert asked["questions"] == 5
    assert asked["citations"] == 5
    assert found["questions"] == sum(unit["questions"] for unit in found["units"])
    assert found["terms"] == 1


def test_a_page_weighs_what_a_reader_receives(sqlite_app: Flask, course: Path) -> None:
    before = {unit["unit"]: unit for unit in reported(sqlite_app, str(course))["units"]}
    path = next(course.rglob("first.md"))
    noise = " ".join(f"w{number * 7919 % 99991:x}y" for number in range(2000)).translate(
        str.maketrans("0123456789", "ghijklmnop")
    )
    path.write_text(path.read_text() + f"\n{noise}\n")
    after = {unit["unit"]: unit for unit in reported(sqlite_app, str(course))["units"]}
    assert after["first"]["bytes"] > before["first"]["bytes"] + 4000
    assert abs(after["asked"]["bytes"] - before["asked"]["bytes"]) < 100
    assert after["first"]["seconds"] == round(after["first"]["bytes"] * 8 / 64_000, 1)


def test_a_page_weighs_its_pictures_as_a_phone_gets_them(sqlite_app: Flask, tmp_path: Path) -> None:
    before = {unit["unit"]: unit for unit in reported(sqlite_app, str(tiny.written(tmp_path / "bare")))["units"]}
    after = {unit["unit"]: unit for unit in reported(sqlite_app, str(written_with_media(tmp_path / "full")))["units"]}
    more = after["first"]["bytes"] - before["first"]["bytes"]
    assert len(picture().narrower[960]) < more < len(picture().narrower[960]) + 3000


def test_places_to_review_and_translations_are_told(sqlite_app: Flask, course: Path) -> None:
    path = next(course.rglob("first.md"))
    path.write_text(path.read_text().replace("It ended. [@S001]", "It ended in 2013. [@needs-review]"))
    first = next(unit for unit in reported(sqlite_app, str(course))["units"] if unit["unit"] == "first")
    assert first["needs_review"] == 1
    assert first["citations"] == 1
    assert set(first["translations"].values()) <= {"missing", "stale", "awaiting-native-reader", "confirmed"}


def test_a_broken_course_is_named_and_not_weighed(sqlite_app: Flask, course: Path) -> None:
    path = next(course.rglob("first.md"))
    path.write_text(path.read_text().replace("[@S001 p. 3]", "[@S009]"))
    result = sqlite_app.test_cli_runner().invoke(args=["lms", "courses", "report", str(course)])
    assert result.exit_code == 1
    assert "sources.yaml has no “S009”" in result.output


def test_the_table_for_people_ends_with_the_sum(sqlite_app: Flask, course: Path) -> None:
    result = sqlite_app.test_cli_runner().invoke(args=["lms", "courses", "report", str(course)])
    assert result.exit_code == 0, result.output
    last = result.output.strip().splitlines()[-1]
    assert "questions; 1 terms;" in last
    assert last.endswith("seconds at 64 kbit/s")


def test_a_mistake_in_a_course_that_is_reused_is_named_with_its_file(sqlite_app: Flask, tmp_path: Path) -> None:
    owner = tiny.written(tmp_path)
    course = tiny.COURSE.replace("slug: tiny", "slug: other").replace("module: 01-words", "use: tiny/words")
    borrower = tiny.written(tmp_path, course=course)
    shutil.rmtree(borrower / "modules/01-words")
    assert [unit["unit"] for unit in reported(sqlite_app, str(borrower))["units"]] == ["thought"]
    first = next(owner.rglob("first.md"))
    first.write_text(first.read_text().replace("[@S001", "[@S009", 1))
    result = sqlite_app.test_cli_runner().invoke(args=["lms", "courses", "report", str(borrower)])
    assert result.exit_code == 1
    assert f"{owner}/modules/01-words/first.md" in result.output
    assert "sources.yaml has no “S009”" in result.output


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_seminars_pre_reading_suits_a_slow_line(language: str) -> None:
    course = check(disk.collect(LEMKIN), tiny.KINDS).course
    assert course is not None
    drawn = {unit.key for _, unit in course.units() if "figures" in unit.front}
    assert len(drawn) == 3
    weights = weigh([LEMKIN], "lemkin-seminar", tiny.KINDS, language)
    assert sum(weight.bytes for weight in weights.values()) < ALL_OF_IT
    for unit, weight in weights.items():
        assert weight.bytes < (WITH_A_FIGURE if unit in drawn else LIGHT), unit
