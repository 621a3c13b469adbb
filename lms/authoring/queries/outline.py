"""What acts on the outline of a draft have to know: names taken for ever, what an act wrote over, what is gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftSave
from lms.catalogue import queries as catalogue
from lms.catalogue.models import CourseVersion, Unit, VersionModule, VersionUnit
from lms.kernel.values import dataclass

from .drafts import DraftFiles, SavedState, first_files


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """The keys that a course's versions ever had: progress and addresses hang on them."""

    units: frozenset[str]
    modules: frozenset[str]


def ever_published(session: Session, course_id: int) -> PublishedKeys:
    """Every key of a unit and of a module that the course ever published; two statements."""
    units = session.scalars(select(Unit.key).where(Unit.course_id == course_id))
    modules = select(VersionModule.key).join(CourseVersion, CourseVersion.id == VersionModule.version_id)
    keys = session.scalars(modules.where(CourseVersion.course_id == course_id).distinct())
    return PublishedKeys(frozenset(units), frozenset(keys))


@dataclass(frozen=True, slots=True)
class Reusable:
    """A module that another course has published: its name as "course/module", and what it holds."""

    name: str
    title: Mapping[str, str]
    course: Mapping[str, str]
    units: tuple[str, ...]


def reusable(session: Session, slug: str) -> list[Reusable]:
    """The modules of other courses, each of the newest version that has it, by name; what they reuse themselves is left
    to its own course. Two statements."""
    newest = {row: name for name, row in catalogue.reusable_modules(session).items() if not name.startswith(f"{slug}/")}
    rows = session.execute(
        select(VersionModule.id, VersionModule.document, CourseVersion.title)
        .join(CourseVersion, CourseVersion.id == VersionModule.version_id)
        .where(VersionModule.id.in_(newest))
    )
    found = [
        Reusable(newest[row.id], row.document["title"], row.title, tuple(row.document["units"]))
        for row in rows
        if not row.document["used_from"]
    ]
    return sorted(found, key=lambda module: module.name)


def newest_version(session: Session, slug: str) -> int | None:
    """The newest version of another course, to take a module over from."""
    found = catalogue.published(session, slug)
    return found.version_id if found else None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A unit or a module that a version has and the draft has not; `module` is where it stood."""

    key: str
    title: Mapping[str, str]
    module: str
    version_id: int
    number: str
    is_module: bool


def left_out(session: Session, course_id: int, units: Collection[str], modules: Collection[str]) -> list[LeftOut]:
    """What the course ever published and a draft with these units and modules has not, each from the newest version
    that has it; modules first. Two statements."""
    return [*_modules_left_out(session, course_id, modules), *_units_left_out(session, course_id, units)]


_OF_MODULE = (
    VersionModule.key, VersionModule.document, VersionModule.version_id, CourseVersion.major, CourseVersion.minor,
)  # fmt: skip


def _modules_left_out(session: Session, course_id: int, present: Collection[str]) -> list[LeftOut]:
    newest = (
        select(func.max(VersionModule.id))
        .join(CourseVersion, CourseVersion.id == VersionModule.version_id)
        .where(CourseVersion.course_id == course_id, VersionModule.key.not_in(present))
        .group_by(VersionModule.key)
    )
    modules = select(*_OF_MODULE).join(CourseVersion, CourseVersion.id == VersionModule.version_id)
    rows = session.execute(modules.where(VersionModule.id.in_(newest)).order_by(VersionModule.key))
    return [_left_out(row, row.document, row.key, True) for row in rows if not row.document["used_from"]]


def _units_left_out(session: Session, course_id: int, present: Collection[str]) -> list[LeftOut]:
    newest = (
        select(func.max(VersionUnit.id))
        .join(Unit, Unit.id == VersionUnit.unit_id)
        .join(VersionModule, VersionModule.id == VersionUnit.module_id)
        .join(CourseVersion, CourseVersion.id == VersionModule.version_id)
        .where(CourseVersion.course_id == course_id, Unit.course_id == course_id, Unit.key.not_in(present))
        .group_by(Unit.key)
    )
    rows = session.execute(
        select(Unit.key.label("unit"), *_OF_MODULE)
        .join(VersionUnit, VersionUnit.unit_id == Unit.id)
        .join(VersionModule, VersionModule.id == VersionUnit.module_id)
        .join(CourseVersion, CourseVersion.id == VersionModule.version_id)
        .where(VersionUnit.id.in_(newest))
        .order_by(VersionModule.key, VersionUnit.position)
    )
    return [_left_out(row, row.document["units"][row.unit], row.unit, False) for row in rows]


def _left_out(row: Any, listing: Mapping[str, Any], key: str, is_module: bool) -> LeftOut:
    return LeftOut(key, listing["title"], row.key, row.version_id, f"{row.major}.{row.minor}", is_module)


def taken_out(session: Session, draft: Draft, files: DraftFiles) -> dict[str, str]:
    """The last texts of the files that were taken out of a draft, by their paths; one statement, none where there are
    none."""
    gone = [path for path in files.last if path not in files.texts]
    if not gone:
        return {}
    newest = (
        select(func.max(DraftSave.id))
        .where(DraftSave.draft_id == draft.id, DraftSave.path.in_(gone), DraftSave.text.is_not(None))
        .group_by(DraftSave.path)
    )
    saved = session.execute(select(DraftSave.path, DraftSave.text).where(DraftSave.id.in_(newest)))
    texts = {path: files.base[path] for path in gone if path in files.base}
    return texts | {path: text for path, text in saved if text}


def saves_with(session: Session, draft: Draft, key: str) -> list[SavedState]:
    """What one act saved, by its key."""
    row = DraftSave
    found = select(row.id, row.path, row.person_id, row.at, row.text).where(
        row.draft_id == draft.id, row.client_key == key
    )
    return [SavedState(*one) for one in session.execute(found.order_by(row.path))]


def texts_before(session: Session, draft: Draft, saves: Collection[SavedState]) -> dict[str, str | None]:
    """What stood in the files that an act saved before it, by their paths; one statement and what the base needs."""
    if not saves:
        return {}
    paths, first = [save.path for save in saves], min(save.id for save in saves)
    earlier = (
        select(func.max(DraftSave.id))
        .where(DraftSave.draft_id == draft.id, DraftSave.path.in_(paths), DraftSave.id < first)
        .group_by(DraftSave.path)
    )
    base = first_files(session, draft)
    texts: dict[str, str | None] = {path: base.get(path) for path in paths}
    saved = session.execute(select(DraftSave.path, DraftSave.text).where(DraftSave.id.in_(earlier)))
    return texts | {row.path: row.text for row in saved}
