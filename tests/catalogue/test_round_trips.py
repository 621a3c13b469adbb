"""Whatever can be written comes back as it was: from files to the database and out, and through one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy.orm import Session

from lms.catalogue import services
from lms.catalogue.bundles import Bundle, pack, unpack
from lms.catalogue.checks import check
from lms.catalogue.files import disk
from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.read import is_medium_file, read_files
from lms.catalogue.rules.course_files import CourseFiles
from lms.kernel.unit_of_work import unit_of_work
from tests.conftest import DATABASES, NOW, fresh_database, running

from .generated import courses, files_of
from .tiny import KINDS

# A whole course is large, and making a failing one smaller takes minutes; its mistakes say enough.
LARGE = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    "phases": [Phase.explicit, Phase.generate],
}
EXAMPLES = {"sqlite": 40, "postgresql": 12}


class Undone(Exception):
    """Takes back what an example did."""


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app on a database that all examples use; gives the name of the database."""
    home = tmp_path_factory.mktemp("trips")
    with fresh_database(request.param, request, home) as url, running(url, home):
        yield request.param


@settings(max_examples=120, **LARGE)
@given(courses())
def test_the_canonical_form_of_any_course_is_sound_and_a_fixed_point(course: CourseFiles) -> None:
    files = files_of(course)
    checked = check(files, KINDS)
    assert checked.sound, "\n".join(map(str, checked.mistakes))
    assert checked.course == course
    again = read_files(files, KINDS)
    assert again.whole
    assert again.course is not None
    assert canonical_files(again.course, KINDS) == checked.files
    assert {path: text.encode() for path, text in checked.files.items()} | checked.media == files


@settings(max_examples=60, **LARGE)
@given(courses())
def test_any_course_comes_out_of_one_file_as_it_went_in(course: CourseFiles) -> None:
    files = files_of(course)
    packed = pack(files, course.slug)
    assert unpack(packed) == Bundle(course.slug, files)
    assert pack(unpack(packed).files, course.slug) == packed


def test_any_course_comes_out_of_the_database_byte_for_byte_and_loading_it_again_changes_nothing(database: str) -> None:
    @settings(max_examples=EXAMPLES[database], **LARGE)
    @given(courses())
    def holds(course: CourseFiles) -> None:
        with suppress(Undone), TemporaryDirectory() as folder, unit_of_work() as session:
            _round(session, Path(folder), course)
            _round(session, Path(folder), _reusing(course))
            raise Undone

    holds()


def _round(session: Session, folder: Path, course: CourseFiles) -> None:
    """Into the database and out, and in again from what came out."""
    files, slug = files_of(course), course.slug
    texts = {path: raw.decode() for path, raw in files.items() if not is_medium_file(path)}
    disk.save(files, folder / "given" / slug)
    loaded = services.load(session, folder=folder / "given" / slug, kinds=KINDS, at=NOW)
    assert loaded.outcome == "first"
    assert services.exported_files(session, slug) == texts
    assert services.export(session, slug=slug, folder=folder / "exported") == []
    assert disk.collect(folder / "exported" / slug) == files
    again = services.load(session, folder=folder / "exported" / slug, kinds=KINDS, at=NOW)
    assert (again.outcome, again.version_id) == ("unchanged", loaded.version_id)


def _reusing(course: CourseFiles) -> CourseFiles:
    """A course of nothing but the first module of another."""
    used = {"use": f"{course.slug}/{course.modules[0].key}"}
    kept = {name: course.fields[name] for name in ("language", "title", "description")}
    return CourseFiles(
        {**kept, "slug": f"{course.slug}-again", "completion": {"modules": "all"}, "modules": [used]}, ()
    )
