"""People who are not to be named: marking them and their state, and the name behind a code name."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.sign_in import me
from lms.seminars import queries
from lms.seminars.forms import SensitiveForm
from lms.web.access import Permission, requires
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp


@bp.route("/editions/<edition>/people/<enrolment>/sensitive", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def sensitive(edition: str, enrolment: str) -> Answer:
    """Mark a person, or everybody of their state, or take the mark away."""
    session, viewer = db.session(), me()
    found = queries.edition_of(session, edition, viewer.scope)
    row = queries.enrolment_row(session, edition, enrolment, viewer.scope)
    form = SensitiveForm()
    if form.validate_on_submit():
        try:
            _mark(row, form)
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("This is noted. Lists, letters and files follow it from now on."), "done")
            return redirect(url_for(".participant", edition=edition, enrolment=enrolment), 303)
    note_look("participant.looked", row.public_id)
    person_name = people.person_name(session, row.person_id)
    page = render(
        "lms/seminars/sensitive.html",
        form=form,
        edition=found,
        row=row,
        person_name=person_name,
        hidden=isinstance(person_name, people.CodeName),
        known=people.sensitive(session, row.person_id, row.state_code),
        over_all=viewer.scope.everything,
    )
    return page, form.status


def _mark(row: queries.EnrolmentRow, form: SensitiveForm) -> None:
    """Raises Refused."""
    viewer, reason, on = me(), form.reason.data or "", form.on
    with unit_of_work() as session:
        if form.of_state:
            people_services.mark_state(session, state_code=row.state_code, on=on, reason=reason, by=viewer, at=now())
        else:
            people_services.mark_person(
                session,
                person_id=row.person_id,
                state_code=row.state_code,
                on=on,
                reason=reason,
                by=viewer,
                at=now(),
            )


@bp.post("/editions/<edition>/people/<enrolment>/behind")
@requires(Permission.COORDINATE)
def behind(edition: str, enrolment: str) -> Answer:
    """The name behind a code name, for whoever is responsible; that it was looked at is noted before it is shown."""
    viewer = me()
    with unit_of_work() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        row = queries.enrolment_row(session, edition, enrolment, viewer.scope)
        name = people_services.look_behind(session, person_id=row.person_id, about=row.public_id, by=viewer, at=now())
    return render(
        "lms/seminars/behind.html",
        edition=found,
        row=row,
        true_name=name.full if name else str(people.NO_NAME),
        code_name=people.person_name(db.session(), row.person_id),
        addresses=people.addresses_of(db.session(), row.person_id),
    )
