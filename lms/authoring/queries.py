"""Which courses somebody's mandate is about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course, CourseVersion
from lms.catalogue.queries import Published
from lms.people.rules import Grant, Role, ScopeKind
from lms.seminars.models import Edition, EditionVersion

TEACHING = frozenset({Role.TRAINER, Role.REVIEWER})


def taught_courses(session: Session, grants: Iterable[Grant]) -> list[tuple[str, Published]]:
    """The courses that mandates as trainer or reviewer cover, by slug, each with its newest version."""
    held = [grant for grant in grants if grant.role in TEACHING]
    if any(grant.scope is ScopeKind.ALL for grant in held):
        return catalogue.courses(session)
    slugs = {grant.scope_id for grant in held if grant.scope is ScopeKind.COURSE and grant.scope_id}
    slugs |= _read_in(session, [grant.scope_id for grant in held if grant.scope is ScopeKind.EDITION])
    found = ((slug, catalogue.published(session, slug)) for slug in sorted(slugs))
    return [(slug, version) for slug, version in found if version]


def _read_in(session: Session, editions: list[str | None]) -> set[str]:
    """The courses that these editions read."""
    if not editions:
        return set()
    read = (
        select(Course.slug)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(EditionVersion, EditionVersion.version_id == CourseVersion.id)
        .join(Edition, Edition.id == EditionVersion.edition_id)
        .where(Edition.public_id.in_(editions))
    )
    return set(session.scalars(read.distinct()))
