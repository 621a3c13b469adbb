"""`flask lms courses ...`: check, format and export courses kept as files. `load` joins where reviewers are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import click
from flask.cli import AppGroup

import lms
from lms.kernel.unit_of_work import unit_of_work
from lms.plugins.manager import unit_kinds
from lms.plugins.unit_kind import UnitKind

from . import queries, services
from .files import disk
from .files.canonical import canonical_files
from .files.read import read_files
from .media.formatting import in_form
from .rules.mistakes import Mistake

courses = AppGroup("courses", help="Courses kept as files: check, format, load and export them.")
PATH = click.argument("path", required=False, type=click.Path(path_type=Path))


def packaged_courses() -> Path:
    """The folder of the courses that come with this code: beside it in a checkout, inside it in a wheel."""
    package = Path(lms.__file__).parent
    return next((p for p in (package.parent / "courses", package / "courses") if p.is_dir()), package / "courses")


@courses.command("validate")
@PATH
def validate(path: Path | None) -> None:
    """Name every mistake in the courses at PATH, with file, line and cure."""
    folders = disk.course_folders(path or packaged_courses())
    kinds = unit_kinds()
    broken = [folder for folder in folders if not _is_sound(folder, kinds)]
    if broken:
        raise SystemExit(1)


def _is_sound(folder: Path, kinds: Mapping[str, UnitKind]) -> bool:
    checked = services.check_folder(folder, kinds, modules_beside(folder))
    say(folder, checked.mistakes)
    say(folder, checked.notices)
    if checked.sound:
        click.echo(f"{folder.name}: in order ({len(checked.files)} files)")
        if found := checked.translated():
            click.echo(f"{folder.name}: translated: {', '.join(found)}")
    return checked.sound


def say(folder: Path, mistakes: Iterable[Mistake]) -> None:
    """Print mistakes of a course's folder, each on its line."""
    for mistake in mistakes:
        click.echo(f"{folder}/{mistake}")


def modules_beside(folder: Path) -> set[str]:
    """The modules of a folder's own course and of those beside it, as "course/module"."""
    found = folder.resolve().parent.glob("*/modules/[0-9][0-9]-*/module.yaml")
    return {f"{path.parts[-4]}/{path.parts[-2][3:]}" for path in found}


@courses.command("format")
@PATH
def format_files(path: Path | None) -> None:
    """Write the courses at PATH in the one canonical form."""
    folders = disk.course_folders(path or packaged_courses())
    broken = [folder for folder in folders if not _formatted(folder, unit_kinds())]
    if broken:
        raise SystemExit(1)


def _formatted(folder: Path, kinds: Mapping[str, UnitKind]) -> bool:
    try:
        reading = read_files(disk.collect(folder), kinds)
    except disk.Unreadable as unreadable:
        say(folder, unreadable.mistakes)
        return False
    if reading.course is None or not reading.whole:
        say(folder, sorted(reading.mistakes))
        return False
    made = in_form(reading, reading.course)
    for name in made.originals:
        click.echo(f"{folder}/{name}: the original is now {folder}/{disk.set_aside(name, folder)}")
    texts = {name: text.encode() for name, text in canonical_files(made.course, kinds).items()}
    for name in disk.save(texts | made.files, folder):
        click.echo(f"{folder}/{name}: formatted")
    say(folder, made.mistakes)
    return not made.mistakes


def reused_first(folders: list[Path]) -> list[Path]:
    """Each course after those whose modules it reuses."""
    by_slug = {folder.resolve().name: folder for folder in folders}
    order = TopologicalSorter({slug: _reuses(folder) & by_slug.keys() for slug, folder in by_slug.items()})
    try:
        return [by_slug[slug] for slug in order.static_order()]
    except CycleError:
        return folders


def with_reused(folder: Path) -> list[Path]:
    """The folder of a course behind those whose modules it reuses, where they lie beside it."""
    whole = folder.resolve()
    found, waiting = {whole}, [whole]
    while waiting:
        beside = {whole.parent / slug for slug in _reuses(waiting.pop())}
        fresh = {path for path in beside - found if path.is_dir()}
        found |= fresh
        waiting += fresh
    return reused_first(sorted(found))


def _reuses(folder: Path) -> set[str]:
    try:
        head = disk.collect(folder).get("course.yaml", b"")
    except disk.Unreadable:
        return set()
    return set(re.findall(r"\buse:\s*([a-z0-9-]+)/", head.decode("utf-8", "replace")))


def tell(report: services.LoadReport) -> None:
    """Print what loading a course did."""
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
    strange: list[Mistake] = []
    with unit_of_work() as session:
        for slug, version in queries.courses(session):
            strange += services.export(session, slug=slug, folder=folder)
            click.echo(f"{slug}: version {version.number}")
    if strange:
        say(folder, strange)
        raise SystemExit(1)
