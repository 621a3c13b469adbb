"""Ministries and institutions, and what was entered wrongly of one; for those who coordinate everything."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.models import Institution
from lms.people.sign_in import me
from lms.people.states import sorted_for
from lms.seminars import services
from lms.seminars.forms import InstitutionForm
from lms.seminars.labels import SECTORS, state_name
from lms.web.access import Permission, requires
from lms.web.dates import place
from lms.web.languages import language
from lms.web.meanwhile import ChangedMeanwhile, marks_of
from lms.web.render import render

from .queries import parted_by_sector

bp = Blueprint("institutions", __name__)


@bp.get("/institutions")
@requires(Permission.COORDINATE)
def every() -> str:
    """All of them by state, each with how many people serve there today."""
    _over_all()
    order = {state.code: place for place, state in enumerate(sorted_for(language()))}
    found = sorted(people.served_by(db.session(), now().date()), key=lambda row: order[row[0].state_code])
    states = [(state_name(code), list(rows)) for code, rows in groupby(found, key=lambda row: row[0].state_code)]
    return render("lms/dashboards/institutions.html", states=states, sectors=SECTORS, place=place)


@bp.route("/institutions/<institution>", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def correct(institution: str) -> Response | tuple[str, int]:
    """Name, sector and time zone of one, put right."""
    _over_all()
    row = _found(institution)
    present = people_services.said_of(row)
    form = InstitutionForm(data=present, shown=marks_of(present))
    if form.validate_on_submit():
        try:
            changed = _correct(institution, form)
        except ChangedMeanwhile as no:
            form.show_both(no, people_services.said_of(_found(institution)), form.said())
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            said = _("It is put right, and whatever follows from it.") if changed else _("Nothing was changed.")
            flash(said, "done")
            return redirect(url_for(".every"), 303)
    page = render("lms/dashboards/institution.html", form=form, row=row, state=state_name(row.state_code))
    return page, form.status


def _correct(institution: str, form: InstitutionForm) -> bool:
    with unit_of_work() as session:
        return services.correct_institution(
            session,
            institution=_found(institution),
            **form.said(),
            shown=form.shown.data or "",
            keeping=parted_by_sector(session),
            at=now(),
            by=me().subject,
        )


def _over_all() -> None:
    if not me().scope.everything:
        raise NotFound


def _found(public_id: str) -> Institution:
    found = people.institution_told(db.session(), public_id)
    if found is None:
        raise NotFound
    return found
