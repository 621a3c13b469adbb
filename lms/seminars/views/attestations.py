"""One person's half-days: what a coordinator attests of them, and what the person sees and says; the list for the
door."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import AttestForm
from lms.seminars.labels import COMPANIONS, HALVES, MARKS, STATES
from lms.seminars.models import Edition
from lms.seminars.queries.attestations import shown_of
from lms.seminars.rules import EnrolmentState, Mark
from lms.web.access import Permission, requires
from lms.web.clicks import one_click
from lms.web.languages import unmarked
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp


@bp.route("/editions/<edition>/people/<enrolment>/attendance", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def attest(edition: str, enrolment: str) -> Answer:
    """Say of a half-day what it was and why, and which work makes up for it."""
    viewer = me()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = AttestForm(queries.sessions_of(db.session(), found.id))
    if form.validate_on_submit():
        try:
            with one_click() as session:
                found = queries.edition_of(session, edition, viewer.scope)
                half_days = {row.key: row for row in queries.sessions_of(session, found.id)}
                if form.half_day.data not in half_days:
                    raise Refused(_("The sheet has changed in the meantime. Look at it again."))
                services.attest(
                    session, edition=found, enrolment=queries.enrolment_in(session, found, enrolment, viewer.scope),
                    half_day=half_days[form.half_day.data], mark=Mark(form.mark.data), reason=form.reason.data,
                    make_up=services.MakeUpWork(*form.work) if form.work else None,
                    shown=form.shown.data or "", at=now(), by=viewer.subject,
                )  # fmt: skip
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            flash(_("It stands on the sheet, with your name and reason."), "done")
            return redirect(url_for(".attest", edition=edition, enrolment=enrolment), 303)
    row = queries.enrolment_row(db.session(), edition, enrolment, viewer.scope)
    note_look("attestations.looked", row.public_id)
    lines = queries.attestations_of(db.session(), found.id, row.id, row.person_id)
    form.shown.data = shown_of(lines)
    page = render(
        "lms/seminars/attest.html",
        edition=found,
        row=row,
        form=form,
        person_name=people.person_name(db.session(), row.person_id),
        lines=lines,
        closing=queries.closing_of(db.session(), found.id),
        labels={"halves": HALVES, "marks": MARKS},
    )
    return page, form.status


@bp.post("/editions/<edition>/people/<enrolment>/attendance/<make_up>")
@requires(Permission.COORDINATE)
def confirm_make_up(edition: str, enrolment: str, make_up: str) -> Answer:
    """The work was done: the half-day counts."""
    viewer = me()
    with unit_of_work() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        place = queries.enrolment_in(session, found, enrolment, viewer.scope)
        work = queries.make_up_in(session, place.id, make_up)
        services.confirm_make_up(session, edition=found, enrolment=place, make_up=work, at=now(), by=viewer.subject)
    flash(_("The work is confirmed, and the half-day counts."), "done")
    return redirect(url_for(".attest", edition=edition, enrolment=enrolment), 303)


@bp.get("/seminar/<edition>/attendance")
@requires(Permission.LEARN)
def own_attendance(edition: str) -> str:
    """One's own half-days: what was marked, by whom and why, and what is to be made up for."""
    viewer, session = me(), db.session()
    mine = queries.enrolment_of_person(session, edition, viewer.person_id)
    found = queries.edition_to_read(session, edition, viewer.scope)
    return render(
        "lms/seminars/own_attendance.html",
        edition=found,
        lines=queries.attestations_of(session, found.id, mine.id, viewer.person_id),
        closing=queries.closing_of(session, found.id),
        labels={"halves": HALVES, "marks": MARKS},
        zone=viewer.zone or mine.institution_zone,
    )


@bp.post("/seminar/<edition>/attendance/<make_up>")
@requires(Permission.LEARN)
def make_up_done(edition: str, make_up: str) -> Answer:
    """The person says that the work is done."""
    viewer = me()
    with unit_of_work() as session:
        place = queries.own_enrolment(session, edition, viewer.person_id)
        work = queries.make_up_in(session, place.id, make_up)
        found = session.get_one(Edition, place.edition_id)
        services.make_up_done(session, edition=found, enrolment=place, make_up=work, at=now(), by=viewer.subject)
    flash(_("Your coordinator sees that it is done, and confirms it."), "done")
    return redirect(url_for(".own_attendance", edition=edition), 303)


@bp.get("/editions/<edition>/door")
@requires(Permission.COORDINATE)
def door(edition: str) -> str:
    """Everybody who comes or may come, without numbers, with a box for each half-day: to be printed."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    companions = queries.companions_of(session, found, scope)
    names = people.names_of(session, [row.person_id for row in companions])
    asked = str(STATES[EnrolmentState.INVITED])
    guests = [(row.name, asked if row.invited else "") for row in queries.sheet_people(session, found, scope)]
    guests += [(names[row.person_id], str(COMPANIONS[row.role])) for row in companions]
    if not guests:
        raise NotFound
    note_look("door.looked", found.public_id, people=len(guests))
    return render(
        "lms/seminars/door.html",
        edition=found,
        guests=sorted(guests, key=lambda guest: unmarked(guest[0])),
        half_days=queries.sessions_of(session, found.id),
        halves=HALVES,
    )
