"""Somebody more in an edition: one person who is invited, or who takes over another's place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people.models import Sector
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import NomineeForm, ReplaceForm
from lms.seminars.labels import STATE_MARKS, STATES, state_name, state_names
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import Deadline, end_of_day, told_without_zone
from lms.web.access import Permission, requires
from lms.web.dates import local_day
from lms.web.languages import choices, own_name
from lms.web.meanwhile import marks_of
from lms.web.render import render

from .blueprint import Answer, bp


def _languages() -> dict[str, str]:
    return {code: own_name(code) for code in choices()}


def _nominee(form: NomineeForm) -> services.Nominee:
    return services.Nominee(
        name=form.name.data,
        address=form.address.data,
        state=form.state.data,
        institution=form.institution.data,
        sector=Sector(form.sector.data) if form.sector.data else None,
        zone=form.zone.data or "",
        language=form.language.data,
    )


@bp.route("/editions/<edition>/invite", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def invite(edition: str) -> Answer:
    """Invite one person into an edition."""
    viewer = me()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = NomineeForm(_languages(), due=_due_late(found))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                found = queries.edition_of(session, edition, viewer.scope)
                place = _once(session, form, found, lambda: _invited(session, found, _nominee(form)))
                elsewhere = services.serves_elsewhere(session, enrolment=place, nominee=_nominee(form))
        except (Refused, Conflict) as no:
            _refuse(form, no, edition)
        else:
            flash(_("The invitation is on its way."), "done")
            _say_where(elsewhere)
            return _to(edition, place)
    page = render("lms/seminars/invite.html", form=form, edition=found, states=state_names())
    return page, form.status


def _refuse(form: NomineeForm, no: Refused | Conflict, edition: str) -> None:
    """So that it can be sent again, on purpose; with what came of it when it said something else."""
    form.refuse(no)
    form.anew()
    if isinstance(no, services.SentOtherwise):
        form.first = url_for(".participant", edition=edition, enrolment=no.made)


def _once(session: Session, form: NomineeForm, edition: Edition, give: Callable[[], Enrolment]) -> Enrolment:
    """The place that is given by this form, now or when it was sent before; raises Refused, Conflict."""
    viewer = me()
    kept = services.receipt(session, key=form.client_key.data, said=form.said, by=viewer.subject, at=now())
    if kept.made:
        return queries.enrolment_in(session, edition, kept.made, viewer.scope)
    place = give()
    if form.due.data:
        due = _until_end_of(form.due.data, edition)
        services.give_until(session, enrolment=place, due=due, at=now(), by=viewer.subject)
    kept.made = place.public_id
    services.send_invitation(session, enrolment=place, at=now(), by=viewer.person_id)
    return place


def _until_end_of(day: dt.date, edition: Edition) -> Deadline:
    """The deadline that is meant, as those of the edition are."""
    return Deadline(end_of_day(day, edition.zone), day if edition.deadline_on else None)


def _due_late(edition: Edition) -> dt.date | None:
    """Until when somebody has time who comes after the edition's deadline: until the first day on site, or the last."""
    if edition.deadline.at > now():
        return None
    today = local_day(now(), edition.zone)
    return next((day for day in (edition.starts_on, edition.ends_on) if day >= today), None)


def _due_after(row: queries.EnrolmentRow, edition: Edition) -> dt.date | None:
    """Until when somebody has time who takes over this place: as long as its holder, where they were given more."""
    told = told_without_zone(row.deadline, row.institution_zone, edition.zone)
    given = told.day or local_day(told.at, edition.zone)
    return given if row.has_more_time and told.at > now() else _due_late(edition)


def _invited(session: Session, edition: Edition, nominee: services.Nominee) -> Enrolment:
    by = me().subject
    place = services.nominate(session, edition=edition, nominee=nominee, at=now(), by=by)
    services.invite(session, enrolment=place, at=now(), by=by)
    return place


def _say_where(elsewhere: bool) -> None:
    if elsewhere:
        said = _("This person has been here before and says where they serve; the place stands under that institution.")
        flash(" ".join([said, _("If it is no longer so, ask them to change it on their account page.")]), "care")


def _to(edition: str, place: Enrolment) -> Response:
    return redirect(url_for(".participant", edition=edition, enrolment=place.public_id), 303)


def _substituted(session: Session, edition: Edition, place: Enrolment, form: ReplaceForm) -> Enrolment:
    services.hold_as_shown(session, enrolment=place, shown=form.shown.data or "")
    return services.substitute(
        session, edition=edition, enrolment=place, nominee=_nominee(form), reason=form.reason.data or "", at=now(),
        by=me().subject,
    )  # fmt: skip


@bp.route("/editions/<edition>/people/<enrolment>/replace", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def replace(edition: str, enrolment: str) -> Answer:
    """Somebody else takes over the place."""
    viewer = me()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    row = queries.enrolment_row(db.session(), edition, enrolment, viewer.scope)
    person_name = people.person_name(db.session(), row.person_id)
    state_code, institution = people.beside(person_name, row.state_code, row.institution_name)
    form = ReplaceForm(
        _languages(), state=state_name(state_code) if state_code else "", institution=institution,
        due=_due_after(row, found), shown=marks_of({"state": row.state}),
    )  # fmt: skip
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                found = queries.edition_of(session, edition, viewer.scope)
                old = queries.enrolment_in(session, found, enrolment, viewer.scope)
                new = _once(session, form, found, lambda: _substituted(session, found, old, form))
                elsewhere = services.serves_elsewhere(session, enrolment=new, nominee=_nominee(form))
        except (Refused, Conflict) as no:
            _refuse(form, no, edition)
            row = queries.enrolment_row(db.session(), edition, enrolment, viewer.scope)
            form.shown.data = marks_of({"state": row.state})
        else:
            flash(_("The place has passed on, and the invitation is on its way."), "done")
            _say_where(elsewhere)
            return _to(edition, new)
    page = render(
        "lms/seminars/replace.html", form=form, edition=found, row=row, person_name=person_name, states=state_names(),
        labels={"states": STATES, "marks": STATE_MARKS},
    )  # fmt: skip
    return page, form.status
