"""Lists of this context that are taken away, each with the scope and the function of its page."""

from __future__ import annotations

from collections import defaultdict

from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.sign_in import me
from lms.seminars import queries
from lms.seminars.rules import Mark
from lms.seminars.sheets import attendance_sheet, editions_sheet
from lms.web.access import Permission, requires
from lms.web.sheets import as_file, taken_away

from .blueprint import bp


@bp.get("/editions/<edition>/attendance.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/attendance.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def attendance_file(edition: str, form: str) -> Response:
    """The whole attendance sheet."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    for row in queries.marks_of(session, found.id):
        marks[row.enrolment_id][row.session_id] = row.mark
    people = queries.sheet_people(session, found, scope)
    taken_away(edition, "attendance", form, people=len(people))
    return as_file(attendance_sheet(people, queries.sessions_of(session, found.id), marks), form)


@bp.get("/editions.csv", defaults={"form": "csv"})
@bp.get("/editions.xlsx", defaults={"form": "xlsx"})
@requires(Permission.OVERSEE)
def editions_file(form: str) -> Response:
    """The editions one has to do with."""
    rows = queries.editions_visible(db.session(), me().scope)
    taken_away("editions", "editions", form, editions=len(rows))
    return as_file(editions_sheet(rows, now()), form)
