"""People in an edition who are no participants."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import CompanionForm
from lms.seminars.labels import COMPANIONS
from lms.seminars.models import Edition
from lms.seminars.rules import Companion
from lms.seminars.sheets import companions_sheet
from lms.web.access import Permission, requires
from lms.web.forms import submitted
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.sheets import as_file, taken_away

from .blueprint import Answer, bp


@bp.route("/editions/<edition>/companions", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def companions(edition: str) -> Answer:
    """Fellows, instructors, observers and speakers of an edition."""
    scope, form = me().scope, CompanionForm()
    found = queries.edition_of(db.session(), edition, scope)
    if form.validate_on_submit():
        try:
            _add(edition, form)
        except (Refused, Conflict) as no:
            form.refuse(no)
            form.anew()
        else:
            flash(_("The person is in the edition now, outside its numbers."), "done")
            return redirect(url_for(".companions", edition=edition), 303)
    rows = _listed(db.session(), found)
    note_look("companions.looked", found.public_id)
    page = render("lms/seminars/companions.html", form=form, edition=found, rows=rows, roles=COMPANIONS)
    return page, form.status


def _listed(session: Session, edition: Edition) -> list[tuple[str, queries.CompanionRow]]:
    """Everybody with their names, in the order of these."""
    rows = queries.companions_of(session, edition, me().scope)
    names = people.names_of(session, [row.person_id for row in rows])
    return sorted(((names[row.person_id], row) for row in rows), key=lambda one: one[0].casefold())


@bp.get("/editions/<edition>/companions.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/companions.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def companions_file(edition: str, form: str) -> Response:
    """The same as a file."""
    rows = _listed(db.session(), queries.edition_of(db.session(), edition, me().scope))
    taken_away(edition, "companions", form, people=len(rows))
    return as_file(companions_sheet(rows), form)


def _add(edition: str, form: CompanionForm) -> None:
    viewer, at = me(), now()
    with unit_of_work() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        kept = services.receipt(session, key=form.client_key.data, said=form.said, by=viewer.subject, at=at)
        if kept.made:
            return
        kept.made = found.public_id
        person = people_services.person_for_address(session, name=form.name.data, address=form.address.data, at=at)
        role = Companion(form.role.data)
        services.add_companion(
            session, edition=found, person_id=person.id, subject=person.subject, role=role, at=at, by=viewer.subject
        )


@bp.post("/editions/<edition>/companions/<person>/remove")
@requires(Permission.COORDINATE)
def remove_companion(edition: str, person: str) -> Answer:
    """Take somebody out of the edition again."""
    viewer = me()
    with unit_of_work() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        rows = queries.companions_of(session, found, viewer.scope)
        row = next((row for row in rows if row.subject == person and str(row.role) == submitted("role")), None)
        if row is None:
            raise NotFound
        services.remove_companion(session, edition=found, companion=row, at=now(), by=viewer.subject)
    flash(_("The person is not in this edition any more."), "done")
    return redirect(url_for(".companions", edition=edition), 303)
