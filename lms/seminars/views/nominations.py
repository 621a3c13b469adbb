"""Ways out of an edition that lead on: a place put off until a later one, and a step taken back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import DeferForm
from lms.web.access import Permission, requires
from lms.web.dates import short_day
from lms.web.render import render

from .blueprint import Answer, bp


@bp.route("/editions/<edition>/people/<enrolment>/defer", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def defer(edition: str, enrolment: str) -> Answer:
    """Put a place off until a later edition."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    row = queries.enrolment_row(session, edition, enrolment, scope)
    editions = {one.public_id: _named(one) for one in queries.later_editions(session, found, scope)}
    form = DeferForm(editions)
    if form.validate_on_submit():
        try:
            _put_off(edition, enrolment, form)
        except (Refused, Conflict) as no:
            form.refuse(no)
            form.anew()
        else:
            flash(_("The place is deferred."), "done")
            return redirect(url_for(".participant", edition=edition, enrolment=enrolment), 303)
    person_name = people.person_name(db.session(), row.person_id)
    page = render(
        "lms/seminars/defer.html", form=form, edition=found, row=row, person_name=person_name, editions=editions
    )
    return page, 422 if form.is_submitted() else 200


def _named(row: queries.EditionRow) -> str:
    return f"{row.title} ({short_day(row.starts_on)})"


def _put_off(edition: str, enrolment: str, form: DeferForm) -> None:
    """Raises Refused, Conflict."""
    viewer = me()
    with unit_of_work() as session:
        here = queries.edition_of(session, edition, viewer.scope)
        place = queries.enrolment_in(session, here, enrolment, viewer.scope)
        kept = services.receipt(session, key=form.client_key.data, said=form.said, by=viewer.subject, at=now())
        if kept.made:
            return
        later = queries.edition_of(session, form.later.data, viewer.scope)
        kept.made = services.put_off(
            session, enrolment=place, later=later, reason=form.reason.data or "", at=now(), by=viewer.subject
        ).public_id


@bp.post("/editions/<edition>/people/<enrolment>/take-back")
@requires(Permission.COORDINATE)
def take_back(edition: str, enrolment: str) -> Answer:
    """Undo the step by which somebody left."""
    viewer = me()
    try:
        with unit_of_work() as session:
            here = queries.edition_of(session, edition, viewer.scope)
            place = queries.enrolment_in(session, here, enrolment, viewer.scope)
            services.take_back(session, enrolment=place, at=now(), by=viewer.subject)
    except (Refused, Conflict) as no:
        flash(str(no), "care")
    else:
        flash(_("The step is taken back."), "done")
    return redirect(url_for(".participant", edition=edition, enrolment=enrolment), 303)
