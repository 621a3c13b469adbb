"""The attendance sheet: one half-day at a time to mark, all of them to look at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, LmsError, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import SessionForm
from lms.seminars.labels import HALVES, MARKS, STATE_MARKS, STATES, state_name
from lms.seminars.rules import HalfDay, Mark, SheetSession, half_day_at_hand
from lms.web.access import Permission, requires
from lms.web.clicks import one_click
from lms.web.dates import local_day
from lms.web.forms import submitted
from lms.web.logs import note_look
from lms.web.meanwhile import ChangedMeanwhile, marks_of
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/attendance")
@requires(Permission.COORDINATE)
def attendance(edition: str) -> str:
    """The sheet."""
    return _sheet(edition, request.args.get("half"))


def _sheet(edition: str, half: str | None, kept: Mapping[int, Mark] | None = None, no: LmsError | None = None) -> str:
    """The sheet with a half-day to mark; where its marks were turned down (`no`), with those that are `kept` set."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    half_days = queries.sessions_of(session, found.id)
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    for row in queries.marks_of(session, found.id):
        marks[row.enrolment_id][row.session_id] = row.mark
    note_look("attendance.looked", found.public_id)
    people = queries.sheet_people(session, found, scope)
    clashing = no.places if isinstance(no, services.MarkedMeanwhile) else ()
    return render(
        "lms/seminars/attendance.html",
        edition=found,
        half_days=half_days,
        here=_chosen(half_days, half, local_day(now(), found.zone)),
        people=people,
        marks=marks,
        kept={place: mark for place, mark in (kept or {}).items() if place not in clashing},
        problem=no and str(no),
        clashing=[person.name for person in people if person.enrolment_id in clashing],
        closing=queries.closing_of(session, found.id),
        labels={"halves": HALVES, "marks": MARKS, "states": STATES, "state_marks": STATE_MARKS},
        mark_choices=[(str(mark), label) for mark, label in MARKS.items()],
        state_name=state_name,
    )


def _chosen(half_days: list[SheetSession], asked: str | None, today: dt.date) -> SheetSession | None:
    """The half-day asked for; else the one of today, else the first."""
    if asked is None:
        return half_day_at_hand(half_days, today)
    found = next((row for row in half_days if row.key == asked), None)
    if found is None:
        raise NotFound
    return found


@bp.post("/editions/<edition>/attendance")
@requires(Permission.COORDINATE)
def mark(edition: str) -> Answer:
    """Take the marks of one half-day, and if asked for, mark everyone without one as present who has accepted; only
    what differs is written down. What cannot be taken stays set on the page that says why."""
    half, places = str(submitted("half")), _places(edition)
    sent, seen = _marks("mark-", places), _marks("seen-", places)
    try:
        with unit_of_work() as session:
            changed = _take(session, edition, half, sent, seen)
    except (Refused, Conflict) as no:
        mine = {place: mark for place, mark in sent.items() if mark is not seen.get(place)}
        return _sheet(edition, half, mine, no), no.status
    flash(ngettext("%(num)d mark was saved.", "%(num)d marks were saved.", changed), "done")
    return redirect(url_for(".attendance", edition=edition, half=half), 303)


def _take(session: Session, edition: str, half: str, sent: Mapping[int, Mark], seen: Mapping[int, Mark]) -> int:
    """Write the marks of a half-day down; says how many. Raises NotFound, Refused, Conflict."""
    viewer = me()
    found = queries.edition_of(session, edition, viewer.scope)
    half_day = next((row for row in queries.sessions_of(session, found.id) if row.key == half), None)
    if half_day is None:
        raise NotFound
    if submitted("rest"):
        people = queries.sheet_people(session, found, viewer.scope)
        here = {person.enrolment_id for person in people if not person.invited}
        marked = {row.enrolment_id for row in queries.marks_of(session, found.id) if row.session_id == half_day.id}
        sent = {**dict.fromkeys(here - marked, Mark.PRESENT), **sent}
    return services.mark_attendance(
        session,
        edition=found,
        marks={(place, half_day.id): value for place, value in sent.items()},
        seen={(place, half_day.id): value for place, value in seen.items()},
        at=now(),
        by=viewer.subject,
    )


def _places(edition: str) -> dict[str, int]:
    """Every place of an edition that one coordinates, by its public id: also of who has left while somebody marked."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    return queries.places_by_public_id(session, found, scope)


def _marks(prefix: str, places: Mapping[str, int]) -> dict[int, Mark]:
    """The marks sent, by enrolment id; raises NotFound for somebody who is not in the edition, Refused for no mark."""
    sent = {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}
    if not sent.keys() <= places.keys():
        raise NotFound
    if not set(sent.values()) <= set(Mark):
        raise Refused(_("A mark is present, absent or excused."))
    return {places[public_id]: Mark(value) for public_id, value in sent.items()}


@bp.route("/editions/<edition>/sessions", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def sessions(edition: str) -> Answer:
    """The half-days on the sheet: titles, one more, one less."""
    viewer = me()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = SessionForm(day=found.starts_on, shown=marks_of({"title": ""}))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                found = queries.edition_of(session, edition, viewer.scope)
                half = HalfDay(form.half.data)
                services.set_session(
                    session, edition=found, day=form.day.data, half=half, title=form.title.data or "",
                    shown=form.shown.data or "", at=now(), by=viewer.subject,
                )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        except ChangedMeanwhile as no:
            form.show_both(no, no.there, {"title": form.title.data or ""})
        else:
            flash(_("The half-day is on the sheet."), "done")
            return redirect(url_for(".sessions", edition=edition), 303)
    half_days = queries.sessions_of(db.session(), found.id)
    closing = queries.closing_of(db.session(), found.id)
    page = render(
        "lms/seminars/sessions.html", form=form, edition=found, half_days=half_days, closing=closing, halves=HALVES,
        shown={row.key: marks_of({"title": row.title}) for row in half_days},
    )  # fmt: skip
    return page, form.status


@bp.post("/editions/<edition>/sessions/remove")
@requires(Permission.COORDINATE)
def remove_session(edition: str) -> Answer:
    """Take a half-day without marks off the sheet."""
    viewer, key = me(), str(submitted("half"))
    with one_click() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        row = next((row for row in queries.sessions_of(session, found.id) if row.key == key), None)
        if row is None:
            raise NotFound
        services.remove_session(session, edition=found, day=row.day, half=row.half, at=now(), by=viewer.subject)
    flash(_("The half-day is off the sheet."), "done")
    return redirect(url_for(".sessions", edition=edition), 303)
