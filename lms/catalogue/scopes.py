"""Courses as something that a mandate reaches over."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.people.rules.mandates import ScopeKind
from lms.people.scopes import scope_choices
from lms.web.languages import language

from .queries import courses
from .rules.texts import localised


@scope_choices(ScopeKind.COURSE)
def course_choices(session: Session) -> list[tuple[str, str]]:
    """Every published course, by the title its readers know."""
    return [(slug, localised(found.title, language())) for slug, found in courses(session)]
