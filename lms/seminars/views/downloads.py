"""Lists of this context that are taken away, each with the scope and the function of its page."""

from __future__ import annotations

from collections import defaultdict

from werkzeug.wrappers import Response

from lms.kernel.db import db
from lms.people.sign_in import me
from lms.seminars import queries
from lms.seminars.rules import Mark
from lms.seminars.sheets import attendance_sheet, editions_sheet
from lms.web.access import Permission, requires
from lms.web.sheets import Sheet, as_csv, taken_away

from .blueprint import bp


@bp.get("/editions/<edition>/attendance.csv")
@requires(Permission.COORDINATE)
def attendance_csv(edition: str) -> Response:
    """The whole attendance sheet, as comma-separated values."""
    return as_csv(_attendance(edition, "csv"))


def _attendance(edition: str, form: str) -> Sheet:
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    for row in queries.marks_of(session, found.id):
        marks[row.enrolment_id][row.session_id] = row.mark
    people = queries.sheet_people(session, found, scope)
    taken_away(edition, "attendance", form, people=len(people))
    return attendance_sheet(people, queries.sessions_of(session, found.id), marks)


@bp.get("/editions.csv")
@requires(Permission.OVERSEE)
def editions_csv() -> Response:
    """The editions one has to do with, as comma-separated values."""
    return as_csv(_editions("csv"))


def _editions(form: str) -> Sheet:
    rows = queries.editions_visible(db.session(), me().scope)
    taken_away("editions", "editions", form, editions=len(rows))
    return editions_sheet(rows)
