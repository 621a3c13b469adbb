"""Every change to published courses: files become versions, versions become files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import Refused
from lms.plugins.unit_kind import UnitKind

from . import cache, queries
from .checks import Checked, check
from .files import disk
from .models import Course, CourseVersion
from .publishing import BrokenCourse, Publication, reused_anew
from .rules.mistakes import Mistake
from .rules.substance import Change, digest

__all__ = ["BrokenCourse", "LoadReport", "check_folder", "export", "exported_files", "fingerprint", "load"]
ELSEWHERE = (
    "This course was edited in the browser since; export first. Load what was exported as it is, then change it."
)


@dataclass(frozen=True)
class LoadReport:
    """What loading did: "unchanged", or the kind of the version it made, with every change."""

    slug: str
    outcome: str
    version_id: int
    number: str
    changes: tuple[Change, ...] = ()
    notices: tuple[Mistake, ...] = ()


def load(
    session: Session, *, folder: Path, kinds: Mapping[str, UnitKind], at: dt.datetime, by: str | None = None
) -> LoadReport:
    """Publish a course's folder as a version, or do nothing when it is the published one and so is what it reuses.

    Raises BrokenCourse for mistakes in the files, Refused when the course was changed elsewhere since they were taken.
    """
    checked = _sound(session, folder, kinds)
    assert checked.course is not None  # noqa: S101 - `_sound` raises otherwise
    files_hash = fingerprint(checked.files)
    course = _course(session, checked.course.slug, at)
    latest = _latest(session, course)
    same = latest is not None and latest.document["files_hash"] == files_hash
    if latest is not None and same and not reused_anew(session, latest):
        course.files_hash = files_hash
        return LoadReport(course.slug, "unchanged", latest.id, _number(latest), notices=tuple(checked.notices))
    if latest is not None and not same and course.files_hash != latest.document["files_hash"]:
        raise Refused(ELSEWHERE)
    cache.distrust(session)
    version, found = Publication(session, checked, kinds, course, latest, at, by).publish(files_hash)
    return LoadReport(course.slug, version.change.value, version.id, _number(version), found, tuple(checked.notices))


def check_folder(folder: Path, kinds: Mapping[str, UnitKind], elsewhere: Collection[str]) -> Checked:
    """Everything wrong with a course's folder; `elsewhere` names the modules it may reuse as "course/module"."""
    try:
        checked = check(disk.collect(folder), kinds, elsewhere)
    except disk.Unreadable as unreadable:
        return Checked(None, {}, unreadable.mistakes)
    if checked.course is not None and folder.resolve().name != checked.course.slug:
        cure = f"rename the folder to {checked.course.slug}"
        checked.mistakes.append(Mistake("course.yaml", 1, "the folder has another name than the course", cure))
    return checked


def _sound(session: Session, folder: Path, kinds: Mapping[str, UnitKind]) -> Checked:
    checked = check_folder(folder, kinds, queries.reusable_modules(session))
    if not checked.sound:
        raise BrokenCourse(checked.mistakes)
    return checked


def fingerprint(files: Mapping[str, str]) -> str:
    """Names the files of a course, all of them."""
    return digest(dict(files))


def _course(session: Session, slug: str, at: dt.datetime) -> Course:
    course = session.scalars(select(Course).where(Course.slug == slug)).one_or_none()
    if course is None:
        course = Course(slug=slug, files_hash=None, created_at=at)
        session.add(course)
        session.flush()  # its id is needed for versions and units
    return course


def _latest(session: Session, course: Course) -> CourseVersion | None:
    found = queries.published(session, course.slug)
    return session.get_one(CourseVersion, found.version_id) if found else None


def _number(version: CourseVersion) -> str:
    return f"{version.major}.{version.minor}"


def export(session: Session, *, slug: str, folder: Path) -> list[Mistake]:
    """Write the newest version of a course to folder/<slug>/, byte for byte as loaded; says what else stands there.

    Files of an earlier export that the course has no more are left for a person to delete: they may be somebody's work.
    """
    files = exported_files(session, slug)
    disk.save(files, folder / slug)
    strange = (name for name in disk.names(folder / slug) if name not in files)
    return [
        Mistake(f"{slug}/{name}", 1, "the course has no such file", "delete it, or move it away") for name in strange
    ]


def exported_files(session: Session, slug: str) -> dict[str, str]:
    """The files of the newest version of a course by their paths. Raises Refused when there is none."""
    found = queries.published(session, slug)
    if found is None:
        raise Refused(f"There is no published course “{slug}”.")
    version = session.get_one(CourseVersion, found.version_id)
    files: dict[str, str] = dict(version.document["files"])
    files.update(queries.unit_sources(session, version.id))
    return dict(sorted(files.items()))
