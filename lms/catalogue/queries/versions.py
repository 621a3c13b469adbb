"""Published versions of courses, from end to end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from lms.catalogue.cache import Kept
from lms.catalogue.models import Course, CourseVersion, Unit, UnitRevision, VersionModule, VersionUnit
from lms.catalogue.rules.outline import Outline, OutlineModule, OutlineUnit, Translation, completion_rule
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass

_OUTLINES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Published:
    """The newest version of a course."""

    course_id: int
    version_id: int
    number: str
    title: Mapping[str, str]
    published_at: dt.datetime


_outlines: Kept[Outline] = Kept(_OUTLINES_KEPT)
# Two curricula of today's size: whoever writes looks at one version all the time.
_files: Kept[Mapping[str, str]] = Kept(1_000_000, lambda files: sum(map(len, files.values())))


def published(session: Session, course_slug: str) -> Published | None:
    """The newest version of a course."""
    return published_of(session, [course_slug]).get(course_slug)


def published_of(session: Session, slugs: Collection[str]) -> dict[str, Published]:
    """The newest versions of these courses by slug; one statement."""
    return _newest(session, Course.slug.in_(slugs))


def courses(session: Session) -> list[tuple[str, Published]]:
    """Every course with its newest version, by slug; one statement."""
    return sorted(_newest(session, true()).items())


def _newest(session: Session, which: ColumnElement[bool]) -> dict[str, Published]:
    place = func.row_number().over(
        partition_by=CourseVersion.course_id, order_by=(CourseVersion.major.desc(), CourseVersion.minor.desc())
    )
    # The numbers first: a row carries the whole title, and there may be many older versions.
    ranked = (
        select(CourseVersion.id, Course.slug, place.label("place"))
        .join(Course, Course.id == CourseVersion.course_id)
        .where(which)
        .subquery()
    )
    rows = session.execute(
        select(
            ranked.c.slug,
            CourseVersion.course_id,
            CourseVersion.id,
            CourseVersion.major,
            CourseVersion.minor,
            CourseVersion.title,
            CourseVersion.published_at,
        )
        .join(ranked, ranked.c.id == CourseVersion.id)
        .where(ranked.c.place == 1)
    )
    return {
        row.slug: Published(row.course_id, row.id, f"{row.major}.{row.minor}", row.title, row.published_at)
        for row in rows
    }


def reusable_modules(session: Session) -> dict[str, int]:
    """Modules other courses may reuse, as "course/module" → row of the newest version that has it."""
    newest: dict[str, int] = {}
    rows = session.execute(
        select(Course.slug, VersionModule.key, VersionModule.id)
        .join(CourseVersion, CourseVersion.id == VersionModule.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .order_by(CourseVersion.major, CourseVersion.minor)
    )
    for slug, key, module_id in rows:
        newest[f"{slug}/{key}"] = module_id
    return newest


def outline(session: Session, version_id: int) -> Outline:
    """A version from end to end: two statements when cold, none when warm. Raises NotFound."""
    return _outlines.get(session, version_id, _read_outline)


def unit_sources(session: Session, version_id: int) -> dict[str, str]:
    """The files of a version's own units, by path."""
    documents = session.scalars(select(VersionModule.document).where(VersionModule.version_id == version_id)).all()
    listings = [unit for document in documents if not document["used_from"] for unit in document["units"].values()]
    texts = [text for unit in listings for text in (unit, *unit["translations"].values())]
    paths = {text["revision_id"]: text["path"] for text in texts}
    query = select(UnitRevision.id, UnitRevision.source).where(UnitRevision.id.in_(paths))
    return {paths[revision_id]: source for revision_id, source in session.execute(query)}


def version_files(session: Session, version_id: int) -> Mapping[str, str]:
    """Every file of a version by its path, byte for byte as it was published; none is ever to be changed."""
    return _files.get(session, version_id, _read_files)


def _read_files(session: Session, version_id: int) -> Mapping[str, str]:
    document = session.scalars(select(CourseVersion.document).where(CourseVersion.id == version_id)).one()
    return dict(sorted({**document["files"], **unit_sources(session, version_id)}.items()))


def _read_outline(session: Session, version_id: int) -> Outline:
    head = session.execute(
        select(CourseVersion, Course.slug)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.id == version_id)
    ).first()
    if head is None:
        raise NotFound("There is no such version of a course.")
    version, slug = head
    modules = tuple(_modules(session, version_id))
    course = version.document["course"]
    return Outline(
        version_id=version.id,
        course_id=version.course_id,
        slug=slug,
        number=f"{version.major}.{version.minor}",
        content_hash=version.content_hash,
        language=course["language"],
        title=version.title,
        description=course["description"],
        pass_mark=version.document["pass_mark"],
        rule=completion_rule(version.rule, tuple(module.key for module in modules)),
        modules=modules,
        terms=tuple(version.document["terms"]),
        sources=tuple(version.document["sources"]),
        # Versions of before courses could have any do not say so.
        media=tuple(version.document.get("media", ())),
    )


def _modules(session: Session, version_id: int) -> list[OutlineModule]:
    rows = session.execute(
        select(
            VersionModule.id, VersionModule.key, VersionModule.document,
            Unit.id.label("unit_id"), Unit.key.label("unit"),
            UnitRevision.id.label("revision_id"), UnitRevision.kind, UnitRevision.substance, UnitRevision.language,
        )
        .join(VersionUnit, VersionUnit.module_id == VersionModule.id)
        .join(Unit, Unit.id == VersionUnit.unit_id)
        .join(UnitRevision, UnitRevision.id == VersionUnit.revision_id)
        .where(VersionModule.version_id == version_id)
        .order_by(VersionModule.position, VersionUnit.position)
    )  # fmt: skip
    by_module: dict[int, list[Any]] = {}
    for row in rows:
        by_module.setdefault(row.id, []).append(row)
    return [_module(rows) for rows in by_module.values()]


def _module(rows: list[Any]) -> OutlineModule:
    document = rows[0].document
    return OutlineModule(
        key=rows[0].key,
        title=document["title"],
        objectives=tuple(document["objectives"]),
        pass_mark=document["pass_mark"],
        after=tuple(document["after"]),
        units=tuple(_unit(row, document["units"][row.unit]) for row in rows),
        used_from=document["used_from"],
    )


def _unit(row: Any, listing: Mapping[str, Any]) -> OutlineUnit:
    return OutlineUnit(
        id=row.unit_id,
        key=row.unit,
        kind=row.kind,
        title=listing["title"],
        minutes=listing["minutes"],
        substance=row.substance,
        pass_mark=listing["pass_mark"],
        questions=listing["questions"],
        revision_id=row.revision_id,
        language=row.language,
        translations={
            language: Translation(found["revision_id"], found["stale"], found["status"])
            for language, found in listing["translations"].items()
        },
    )
