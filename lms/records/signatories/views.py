"""Who signs certificates: said for all editions by administrators, for one by its coordinators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.seminars.models import Edition
from lms.seminars.queries import edition_of
from lms.web.access import Permission, requires
from lms.web.meanwhile import ChangedMeanwhile
from lms.web.render import render

from . import queries, services
from .forms import SignatoriesForm
from .rules import EVERYWHERE

Answer = str | Response | tuple[str, int]
bp = Blueprint("signatories", __name__)


@bp.route("/signatories", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def everywhere() -> Answer:
    """The lines on certificates of every edition that has none of its own."""
    return _page(None)


@bp.route("/editions/<edition>/signatories", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def of_edition(edition: str) -> Answer:
    """The lines on certificates of one edition."""
    return _page(edition_of(db.session(), edition, me().scope))


def _page(edition: Edition | None) -> Answer:
    form, key = SignatoriesForm(), edition.public_id if edition else EVERYWHERE
    if form.is_submitted() and form.validate():
        shown = form.shown.data or ""
        try:
            with unit_of_work() as session:
                services.set_lines(session, edition=key, lines=form.lines, shown=shown, by=me().subject, at=now())
        except ChangedMeanwhile as no:
            form.show_theirs(no, queries.own_lines(db.session(), key))
        else:
            flash(_("Saved. Records that are issued from now on carry these lines."), "done")
            return redirect(request.path, 303)
    if not form.is_submitted():
        form.show(queries.own_lines(db.session(), key))
    general = queries.own_lines(db.session(), EVERYWHERE) if edition else ()
    page = render("lms/records/signatories.html", form=form, edition=edition, general=general)
    return page, form.status
