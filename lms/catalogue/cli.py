"""`flask lms courses ...`: check, format, load and export courses kept as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from flask.cli import AppGroup

import lms
from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.plugins.manager import unit_kinds
from lms.plugins.unit_kind import UnitKind

from . import queries, services
from .checks import Checked, check
from .files import disk
from .files.canonical import canonical_files
from .files.read import read_files
from .rules.mistakes import Mistake

courses = AppGroup("courses", help="Courses kept as files: check, format, load and export them.")
_PATH = click.argument("path", required=False, type=click.Path(path_type=Path))


def packaged_courses() -> Path:
    """The folder of the courses that come with this code: beside it in a checkout, inside it in a wheel."""
    package = Path(lms.__file__).parent
    return next((p for p in (package.parent / "courses", package / "courses") if p.is_dir()), package / "courses")


@courses.command("validate")
@_PATH
def validate(path: Path | None) -> None:
    """Name every mistake in the courses at PATH, with file, line and cure."""
    folders = disk.course_folders(path or packaged_courses())
    kinds = unit_kinds()
    broken = [folder for folder in folders if not _is_sound(folder, kinds)]
    if broken:
        raise SystemExit(1)


def _is_sound(folder: Path, kinds: Mapping[str, UnitKind]) -> bool:
    try:
        checked = check(disk.collect(folder), kinds, _modules_beside(folder))
    except disk.Unreadable as unreadable:
        checked = Checked(None, {}, unreadable.mistakes)
    _say(folder, checked.mistakes)
    _say(folder, checked.notices)
    if checked.sound:
        click.echo(f"{folder.name}: in order ({len(checked.files)} files)")
    return checked.sound


def _say(folder: Path, mistakes: Iterable[Mistake]) -> None:
    for mistake in mistakes:
        click.echo(f"{folder}/{mistake}")


def _modules_beside(folder: Path) -> set[str]:
    found = folder.resolve().parent.glob("*/modules/[0-9][0-9]-*/module.yaml")
    return {f"{path.parts[-4]}/{path.parts[-2][3:]}" for path in found}


@courses.command("format")
@_PATH
def format_files(path: Path | None) -> None:
    """Write the courses at PATH in the one canonical form."""
    broken = False
    for folder in disk.course_folders(path or packaged_courses()):
        reading = read_files(disk.collect(folder), unit_kinds())
        if reading.course is None or not reading.whole:
            _say(folder, sorted(reading.mistakes))
            broken = True
            continue
        for name in disk.save(canonical_files(reading.course, unit_kinds()), folder):
            click.echo(f"{folder}/{name}: formatted")
    if broken:
        raise SystemExit(1)


@courses.command("load")
@_PATH
def load(path: Path | None) -> None:
    """Publish the courses at PATH: unchanged files do nothing, changed ones make a new version."""
    broken = False
    for folder in _reused_first(disk.course_folders(path or packaged_courses())):
        try:
            with unit_of_work() as session:
                report = services.load(session, folder=folder, kinds=unit_kinds(), at=now())
        except services.BrokenCourse as refused:
            _say(folder, refused.mistakes)
            broken = True
        except Refused as refused:
            click.echo(f"{folder}: {refused}")
            broken = True
        else:
            _tell(report)
    if broken:
        raise SystemExit(1)


def _reused_first(folders: list[Path]) -> list[Path]:
    """Courses that reuse modules come after those that do not."""
    return sorted(folders, key=lambda folder: ("use:" in _head(folder), folder.name))


def _head(folder: Path) -> str:
    head = folder / "course.yaml"
    return head.read_text(encoding="utf-8", errors="replace") if head.is_file() else ""


def _tell(report: services.LoadReport) -> None:
    if report.outcome == "unchanged":
        click.echo(f"{report.slug}: unchanged, version {report.number}")
        return
    click.echo(f"{report.slug}: version {report.number} ({report.outcome})")
    for change in report.changes:
        click.echo(f"  {change}")
    for notice in report.notices:
        click.echo(f"  {notice}")


@courses.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write the newest version of every course to FOLDER/<slug>/, byte for byte as it was loaded."""
    with unit_of_work() as session:
        for slug, version in queries.courses(session):
            services.export(session, slug=slug, folder=folder)
            click.echo(f"{slug}: version {version.number}")
