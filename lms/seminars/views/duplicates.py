"""Entries of one person, found and brought together by whoever may see everybody."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import JoinForm, TwoAddressesForm
from lms.seminars.labels import STAGES, STATE_MARKS, STATES, state_name
from lms.seminars.queries.duplicates import MOST_COMPARED, candidates, pair, pair_at, side_by_side
from lms.seminars.rules import Stage
from lms.web.access import Permission, requires
from lms.web.clicks import one_click
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp


@bp.route("/editions/<edition>/duplicates", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def duplicates(edition: str) -> Answer:
    """People who may be in the system twice, one of each pair in this edition; and any two, by their addresses."""
    session, scope = db.session(), me().scope
    found, form = queries.edition_of(session, edition, scope), TwoAddressesForm()
    if form.validate_on_submit():
        try:
            one, other = pair_at(session, form.first.data, form.second.data, scope)
        except Refused as no:
            form.refuse(no)
        else:
            return redirect(url_for(".join", edition=edition, person=one, other=other), 303)
    pairs = candidates(session, found, scope)
    note_look("duplicates.looked", edition, people=2 * len(pairs))
    page = render(
        "lms/seminars/duplicates.html",
        edition=found,
        form=form,
        pairs=pairs,
        most=MOST_COMPARED,
        state_name=state_name,
    )
    return page, form.status


@bp.route("/editions/<edition>/duplicates/<person>/<other>", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def join(edition: str, person: str, other: str) -> Answer:
    """Two entries side by side, with what would become of each part; then the act."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    form = JoinForm()
    if form.validate_on_submit():
        try:
            _join(person, other, form.shown.data or "")
        except Refused as no:
            form.refuse(no)
        except Conflict as no:
            form = JoinForm(formdata=None)  # the two are to be compared anew
            form.refuse(no)
        else:
            flash(_("The two entries are one now."), "done")
            return redirect(url_for(".duplicates", edition=edition), 303)
    pair(session, person, other, scope)  # or there is no such page
    note_look("duplicates.compared", edition, people=2)
    page = render(
        "lms/seminars/join.html",
        form=form,
        edition=found,
        page=side_by_side(db.session(), person, other, scope),
        chosen=_chosen(),
        state_name=state_name,
        labels={"states": STATES, "marks": STATE_MARKS, "stages": STAGES},
        order=list(Stage),
    )
    return page, form.status


def _chosen() -> set[str]:
    return {value for name, value in request.form.items() if name.startswith("kept-")}


def _join(stays: str, goes: str, shown: str) -> None:
    """Raises Refused, Conflict."""
    with one_click() as session:
        services.join_entries(
            session, stays=stays, goes=goes, kept=_chosen(), shown=shown, scope=me().scope, at=now(), by=me().subject
        )
