"""The courses somebody works on: the list, and the outline of one with what comes back from it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.authoring.desk import Desk, behind, desk_of, desks_of
from lms.authoring.pages import CourseLine, CoursePage, WhatComesBack
from lms.authoring.queries import in_review, reaches, taught, taught_courses
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.learning.queries import running_editions, waiting_reports
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.dates import local_day
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render


def line_of(desk: Desk) -> CourseLine:
    """A course in the language and time zone of who looks."""
    return CourseLine(desk, language(), me().zone or "UTC")


def names_on(session: Session, desk: Desk, revision_ids: list[int]) -> dict[int, str]:
    """The names of those who said something of these texts; that they were shown is noted."""
    people = {said.person_id for revision_id in revision_ids for said in desk.said.get(revision_id, ())}
    if people:
        note_look("readers.seen", desk.slug)
    return names_of(session, people)


@requires(Permission.AUTHOR)
def courses() -> str:
    """The courses that one's mandates as trainer or reviewer reach over."""
    session = db.session()
    lines = [line_of(desk) for desk in desks_of(session, taught_courses(session, me().grants))]
    waiting = in_review(session, [line.desk.slug for line in lines])
    return render("lms/authoring/courses.html", lines=lines, waiting=waiting)


@requires(Permission.AUTHOR)
def course(slug: str) -> str:
    """A course from end to end, with every language of every unit."""
    session = db.session()
    desk = desk_of(session, slug, taught(session, me().grants, slug))
    names = names_on(session, desk, list(desk.said))
    page = CoursePage(
        line_of(desk), behind(session, list(desk.stale())), names, _back(session, desk), reaches(me().grants, slug)
    )
    return render("lms/authoring/course.html", page=page, waiting=in_review(session, [slug]).get(slug, 0))


def _back(session: Session, desk: Desk) -> WhatComesBack:
    today, course_id = local_day(now(), me().zone or "UTC"), desk.published.course_id
    return WhatComesBack(
        care=desk.in_need_of_care(today),
        reports=waiting_reports(session, course_id),
        editions=len(running_editions(session, course_id, today)),
    )
