"""Entries of one person, found and brought together by whoever may see everybody."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.joining import told, why_not
from lms.people.models import Person
from lms.people.sign_in import me
from lms.seminars import queries
from lms.seminars.forms import JoinForm, TwoAddressesForm
from lms.seminars.labels import STAGES, STATE_MARKS, STATES, state_name
from lms.seminars.queries.duplicates import MOST_COMPARED, Entry, PlaceHeld, candidates, pair, pair_at
from lms.seminars.rules import Stage
from lms.web.access import Permission, requires
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
    return page, 422 if form.is_submitted() else 200


@bp.route("/editions/<edition>/duplicates/<person>/<other>", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def join(edition: str, person: str, other: str) -> Answer:
    """Two entries side by side, with what would become of each part; then the act."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    stays, goes = pair(session, person, other, scope)
    form = JoinForm()
    if form.validate_on_submit():
        try:
            _join(stays, goes)
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            flash(_("The two entries are one now."), "done")
            return redirect(url_for(".duplicates", edition=edition), 303)
    note_look("duplicates.compared", edition, people=2)
    page = render(
        "lms/seminars/join.html",
        form=form,
        edition=found,
        stays=stays,
        goes=goes,
        clashes=_clashes(stays, goes),
        lines=told(db.session(), stays.person_id, goes.person_id),
        reasons=why_not(db.session(), stays.person_id, goes.person_id),
        chosen=_chosen(),
        state_name=state_name,
        labels={"states": STATES, "marks": STATE_MARKS, "stages": STAGES},
        order=list(Stage),
    )
    return page, 422 if form.is_submitted() else 200


def _clashes(stays: Entry, goes: Entry) -> list[tuple[PlaceHeld, PlaceHeld]]:
    theirs = {place.edition_id: place for place in goes.places}
    return [(place, theirs[place.edition_id]) for place in stays.places if place.edition_id in theirs]


def _chosen() -> set[str]:
    return {value for name, value in request.form.items() if name.startswith("kept-")}


def _join(stays: Entry, goes: Entry) -> None:
    """Raises Refused, Conflict."""
    chosen = _chosen()
    kept = [place.enrolment_id for place in (*stays.places, *goes.places) if place.public_id in chosen]
    with unit_of_work() as session:
        people_services.join(
            session,
            stays=_held(session, stays),
            goes=_held(session, goes),
            kept=kept,
            at=now(),
            by=me().subject,
        )


def _held(session: Session, entry: Entry) -> Person:
    found = session.get(Person, entry.person_id)
    if found is None:
        raise NotFound
    return found
