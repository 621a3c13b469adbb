"""The courses somebody works on: the list, the outline of one, and what in it needs review."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from lms.authoring.desk import Desk, behind, desk_of, desks_of
from lms.authoring.pages import CourseLine, CoursePage, MarkedUnit
from lms.authoring.queries import stored_texts, taught, taught_courses
from lms.authoring.rules.marks import marks_in
from lms.kernel.db import db
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import bp


def line_of(desk: Desk) -> CourseLine:
    """A course in the language and time zone of who looks."""
    return CourseLine(desk, language(), me().zone or "UTC")


def names_on(session: Session, desk: Desk, revision_ids: list[int]) -> dict[int, str]:
    """The names of those who said something of these texts; that they were shown is noted."""
    people = {said.person_id for revision_id in revision_ids for said in desk.said.get(revision_id, ())}
    if people:
        note_look("readers.seen", desk.slug)
    return names_of(session, people)


@bp.get("/courses")
@requires(Permission.AUTHOR)
def courses() -> str:
    """The courses that one's mandates as trainer or reviewer reach over."""
    session = db.session()
    lines = [line_of(desk) for desk in desks_of(session, taught_courses(session, me().grants))]
    return render("lms/authoring/courses.html", lines=lines)


@bp.get("/courses/<slug>")
@requires(Permission.AUTHOR)
def course(slug: str) -> str:
    """A course from end to end, with every language of every unit."""
    session = db.session()
    desk = desk_of(session, slug, taught(session, me().grants, slug))
    names = names_on(session, desk, list(desk.said))
    page = CoursePage(line_of(desk), behind(session, list(desk.stale())), names)
    return render("lms/authoring/course.html", page=page)


@bp.get("/courses/<slug>/review")
@requires(Permission.AUTHOR)
def review(slug: str) -> str:
    """Every place of a course that needs a source, sentence by sentence."""
    session = db.session()
    line = line_of(desk_of(session, slug, taught(session, me().grants, slug)))
    return render("lms/authoring/review.html", line=line, units=_marked_units(session, line))


def _marked_units(session: Session, line: CourseLine) -> list[MarkedUnit]:
    desk, kinds = line.desk, unit_kinds()
    marked = [unit for _module, unit in desk.outline.units() if desk.marks(unit)]
    texts = stored_texts(session, [unit.revision_id for unit in marked])
    return [
        MarkedUnit(
            title=unit.named(line.language),
            url=url_for("authoring.unit", slug=desk.slug, unit=unit.key),
            language=unit.language,
            marks=marks_in(texts[unit.revision_id].document, kinds[unit.kind].schema if unit.kind in kinds else {}),
        )
        for unit in marked
    ]
