"""The attendance sheet: one half-day at a time to mark, all of them to look at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import SessionForm
from lms.seminars.labels import HALVES, MARKS, state_name
from lms.seminars.rules import HalfDay, Mark, SheetSession, half_day_at_hand
from lms.web.access import Permission, requires
from lms.web.dates import local_day
from lms.web.forms import submitted
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/attendance")
@requires(Permission.COORDINATE)
def attendance(edition: str) -> str:
    """The sheet."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    half_days = queries.sessions_of(session, found.id)
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    for row in queries.marks_of(session, found.id):
        marks[row.enrolment_id][row.session_id] = row.mark
    note_look("attendance.looked", found.public_id)
    return render(
        "lms/seminars/attendance.html",
        edition=found,
        half_days=half_days,
        here=_chosen(half_days, local_day(now(), found.zone)),
        people=queries.sheet_people(session, found, scope),
        marks=marks,
        closing=queries.closing_of(session, found.id),
        labels={"halves": HALVES, "marks": MARKS},
        mark_choices=[(str(mark), label) for mark, label in MARKS.items()],
        state_name=state_name,
    )


def _chosen(half_days: list[SheetSession], today: dt.date) -> SheetSession | None:
    """The half-day asked for; else the one of today, else the first."""
    asked = request.args.get("half")
    if asked is None:
        return half_day_at_hand(half_days, today)
    found = next((row for row in half_days if row.key == asked), None)
    if found is None:
        raise NotFound
    return found


@bp.post("/editions/<edition>/attendance")
@requires(Permission.COORDINATE)
def mark(edition: str) -> Answer:
    """Take the marks of one half-day, and if asked for, mark everyone without one as present; only what differs is
    written down."""
    viewer, half = me(), str(submitted("half"))
    with unit_of_work() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        half_day = next((row for row in queries.sessions_of(session, found.id) if row.key == half), None)
        if half_day is None:
            raise NotFound
        people = {
            person.public_id: person.enrolment_id for person in queries.sheet_people(session, found, viewer.scope)
        }
        sent, seen = _marks("mark-", people), _marks("seen-", people)
        if submitted("rest"):
            marked = {row.enrolment_id for row in queries.marks_of(session, found.id) if row.session_id == half_day.id}
            sent = {**dict.fromkeys(set(people.values()) - marked, Mark.PRESENT), **sent}
        changed = services.mark_attendance(
            session,
            edition=found,
            marks={(place, half_day.id): value for place, value in sent.items()},
            seen={(place, half_day.id): value for place, value in seen.items()},
            at=now(),
            by=viewer.subject,
        )
    flash(ngettext("%(num)d mark was saved.", "%(num)d marks were saved.", changed), "done")
    return redirect(url_for(".attendance", edition=edition, half=half), 303)


def _marks(prefix: str, people: dict[str, int]) -> dict[int, Mark]:
    """The marks sent, by enrolment id; raises NotFound for somebody who is not on the sheet, Refused for no mark."""
    sent = {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}
    if not sent.keys() <= people.keys():
        raise NotFound
    if not set(sent.values()) <= set(Mark):
        raise Refused(_("A mark is present, absent or excused."))
    return {people[public_id]: Mark(value) for public_id, value in sent.items()}


@bp.route("/editions/<edition>/sessions", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def sessions(edition: str) -> Answer:
    """The half-days on the sheet: titles, one more, one less."""
    viewer = me()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = SessionForm(day=found.starts_on)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                found = queries.edition_of(session, edition, viewer.scope)
                half = HalfDay(form.half.data)
                services.set_session(
                    session, edition=found, day=form.day.data, half=half, title=form.title.data or "",
                    at=now(), by=viewer.subject,
                )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("The half-day is on the sheet."), "done")
            return redirect(url_for(".sessions", edition=edition), 303)
    half_days = queries.sessions_of(db.session(), found.id)
    closing = queries.closing_of(db.session(), found.id)
    page = render(
        "lms/seminars/sessions.html", form=form, edition=found, half_days=half_days, closing=closing, halves=HALVES
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/editions/<edition>/sessions/remove")
@requires(Permission.COORDINATE)
def remove_session(edition: str) -> Answer:
    """Take a half-day without marks off the sheet."""
    viewer, key = me(), str(submitted("half"))
    with unit_of_work() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        row = next((row for row in queries.sessions_of(session, found.id) if row.key == key), None)
        if row is None:
            raise NotFound
        services.remove_session(session, edition=found, day=row.day, half=row.half, at=now(), by=viewer.subject)
    flash(_("The half-day is off the sheet."), "done")
    return redirect(url_for(".sessions", edition=edition), 303)
