"""A participant's own pages of an edition: programme, more time, not being able to attend."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import DeclineForm, MessageForm
from lms.seminars.labels import HALVES
from lms.seminars.plain_text import blocks
from lms.seminars.rules import EnrolmentState, RequestKind
from lms.web.access import Permission, requires
from lms.web.clicks import one_click
from lms.web.dates import clocks, town
from lms.web.languages import listed
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/seminar/<edition>/programme")
@requires(Permission.LEARN)
def programme(edition: str) -> str:
    """Programme and practical information, for everyone who is in the edition."""
    viewer = me()
    found = queries.edition_to_read(db.session(), edition, viewer.scope)
    mine = queries.my_enrolments(db.session(), viewer.person_id)
    return render(
        "lms/seminars/programme.html",
        edition=found,
        sessions=queries.sessions_of(db.session(), found.id),
        halves=HALVES,
        programme=blocks(found.programme),
        practical=blocks(found.practical),
        offered=any(row.edition_id == found.id and row.state is EnrolmentState.INVITED for row in mine)
        and not queries.settled(db.session(), found.id),
    )


@bp.post("/seminar/<edition>/accept")
@requires(Permission.LEARN)
def accept_place(edition: str) -> Answer:
    """Take the place offered, for somebody who was signed in already when the invitation came."""
    viewer = me()
    with one_click() as session:
        mine = queries.own_enrolment(session, edition, viewer.person_id)
        if mine.state is EnrolmentState.INVITED:
            services.accept(session, enrolment=mine, at=now(), by=viewer.subject)
        services.came_back(session, person_id=viewer.person_id, at=now())
    flash(_("You have accepted your place."), "done")
    return redirect(url_for("home.index"), 303)


@bp.route("/seminar/<edition>/decline", methods=["GET", "POST"])
@requires(Permission.LEARN)
def decline_place(edition: str) -> Answer:
    """Not take the place that is offered, so that somebody else can be sent."""
    viewer, form = me(), DeclineForm()
    if form.validate_on_submit():
        try:
            with one_click() as session:
                enrolment = queries.own_enrolment(session, edition, viewer.person_id)
                reason = form.reason.data or ""
                services.decline_own(session, enrolment=enrolment, reason=reason, at=now(), by=viewer.subject)
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            flash(_("You have declined your place. Your coordinator knows it."), "done")
            return redirect(url_for("home.index"), 303)
    mine = queries.enrolment_of_person(db.session(), edition, viewer.person_id)
    if mine.state is not EnrolmentState.INVITED:
        return redirect(url_for(".cannot_attend", edition=edition), 303)
    page = render("lms/seminars/decline.html", form=form, mine=mine)
    return page, form.status


@bp.route("/seminar/<edition>/more-time", methods=["GET", "POST"])
@requires(Permission.LEARN)
def more_time(edition: str) -> Answer:
    """Ask the coordinator for a later deadline."""
    return _ask(edition, RequestKind.MORE_TIME)


@bp.route("/seminar/<edition>/cannot-attend", methods=["GET", "POST"])
@requires(Permission.LEARN)
def cannot_attend(edition: str) -> Answer:
    """Tell the coordinator that one cannot come, so that somebody else can be sent."""
    return _ask(edition, RequestKind.CANNOT_ATTEND)


def _ask(edition: str, kind: RequestKind) -> Answer:
    viewer, form = me(), MessageForm()
    mine = queries.enrolment_of_person(db.session(), edition, viewer.person_id)
    if form.validate_on_submit():
        try:
            with one_click() as session:
                enrolment = queries.own_enrolment(session, edition, viewer.person_id)
                services.ask(
                    session, enrolment=enrolment, kind=kind, message=form.message.data, at=now(), by=viewer.subject
                )
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("Your coordinator has your message and will answer by e-mail."), "done")
            return redirect(url_for("home.index"), 303)
    asked = [row for row in queries.requests_of(db.session(), mine.id, viewer.person_id) if row.kind is kind]
    zone = viewer.zone or mine.institution_zone
    shown = clocks(
        mine.deadline, (zone, ""), (mine.institution_zone, ""), (mine.edition_zone, town(mine.edition_place))
    )
    page = render("lms/seminars/ask.html", form=form, kind=kind, asked=asked, zone=zone, clocks=shown, listed=listed)
    return page, form.status
