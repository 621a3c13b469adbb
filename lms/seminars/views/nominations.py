"""A place put off until a later edition."""

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
from lms.seminars.labels import STATE_MARKS, STATES
from lms.web.access import Permission, requires
from lms.web.dates import short_day
from lms.web.meanwhile import marks_of
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
    form = DeferForm(editions, shown=marks_of({"state": row.state}))
    if form.validate_on_submit():
        try:
            _put_off(edition, enrolment, form)
        except (Refused, Conflict) as no:
            form.refuse(no)
            form.anew()
            row = queries.enrolment_row(db.session(), edition, enrolment, scope)
            form.shown.data = marks_of({"state": row.state})
        else:
            flash(_("The place is deferred."), "done")
            return redirect(url_for(".participant", edition=edition, enrolment=enrolment), 303)
    person_name = people.person_name(db.session(), row.person_id)
    page = render(
        "lms/seminars/defer.html", form=form, edition=found, row=row, person_name=person_name, editions=editions,
        labels={"states": STATES, "marks": STATE_MARKS},
    )  # fmt: skip
    return page, form.status


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
        services.hold_as_shown(session, enrolment=place, shown=form.shown.data or "")
        later = queries.edition_of(session, form.later.data, viewer.scope)
        kept.made = services.put_off(
            session, enrolment=place, later=later, reason=form.reason.data or "", at=now(), by=viewer.subject
        ).public_id
