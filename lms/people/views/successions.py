"""Mandates that change hands: the holder proposes who follows, a second person confirms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused, TooMany
from lms.kernel.unit_of_work import unit_of_work
from lms.people import scopes, services
from lms.people.forms import ROLES, SuccessorForm
from lms.people.models import Mandate
from lms.people.queries import mandates as asked
from lms.people.queries.persons import names_of
from lms.people.queries.successions import successors_waiting
from lms.people.rules.mandates import a_year_from
from lms.people.sign_in import me
from lms.web.access import SAFE, Permission, begins_reading, requires
from lms.web.clicks import one_click
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import bp
from .mandates import person_for

PROPOSED_AT_MOST = 10
"""So many tries within an hour."""


@bp.route("/mandate/<mandate>/successor", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@begins_reading
def successor(mandate: str) -> Any:
    """Propose who is to take a mandate over; for its holder and for administrators."""
    row, form = mine_or_administered(mandate), SuccessorForm()
    if request.method in SAFE:
        form.until.data = a_year_from(now().date())
        return _successor_page(row, form)
    try:
        if not form.validate():
            return _successor_page(row, form), 422
        throttle.count("successor", me().subject, at=now(), limit=PROPOSED_AT_MOST, seconds=3600)
        with one_click() as session:
            held = _held_still(session, mandate)
            # Before anybody is looked up, so that no answer depends on whether the address is known here.
            services.refuse_hand_over(session, mandate=held, by=me().person_id, at=now())
            if _name_needed():
                services.checked_name(form.name.data or "")
            services.hand_over(
                session,
                mandate=held,
                person=person_for(session, form.address.data, form.name.data),
                until=form.until.data,
                by=me().person_id,
                at=now(),
            )
    except (Refused, TooMany) as no:
        form.refuse(no)
        return _successor_page(row, form), no.status
    flash(
        _("Your proposal is kept. It counts when a second person has confirmed it; until then nothing changes."), "done"
    )
    return redirect(url_for("home.index"), 303)


@bp.post("/mandate/<mandate>/successor/take-back")
@requires(Permission.SIGNED_IN)
def take_successor_back(mandate: str) -> Any:
    """Whoever proposed a successor thinks better of it."""
    row = mine_or_administered(mandate)
    try:
        with unit_of_work() as session:
            services.take_successor_back(session, mandate=_held_still(session, mandate), by=me().person_id, at=now())
    except Refused as no:
        form = SuccessorForm(formdata=None)
        form.refuse(no)
        return _successor_page(row, form), no.status
    flash(_("It is done and written down."), "done")
    return redirect(way_to(row)[-1][1], 303)


def mine_or_administered(public_id: str) -> asked.MandateView:
    """The mandate of the page; raises NotFound for those whose it is not."""
    row = asked.mandate_view(db.session(), public_id)
    if row is None or not (row.person_id == me().person_id or me().can(Permission.ADMINISTER)):
        raise NotFound
    return row


def way_to(row: asked.MandateView) -> list[tuple[str, str]]:
    """Where whoever looks at a mandate of their own comes from, and where an administrator does, as links."""
    if row.person_id == me().person_id:
        return [(_("Your people"), url_for("home.index"))]
    page = url_for("people.mandate", mandate=row.public_id)
    return [(_("Mandates"), url_for("people.mandates")), (_("A mandate"), page)]


def _held_still(session: Session, public_id: str) -> Mandate:
    row = asked.mandate(session, public_id)
    if row is None:
        raise NotFound
    return row


def _successor_page(row: asked.MandateView, form: SuccessorForm) -> str:
    reach = scopes.reach_names(db.session()).get((row.scope, row.scope_id), "")
    return render(
        "lms/people/successor.html",
        form=form,
        mandate=row,
        role=ROLES[row.role],
        reach=reach,
        name_needed=_name_needed(),
        way=way_to(row),
    )


def _name_needed() -> bool:
    """Administrators are told whether an address is known here; all others say the name in any case."""
    return not me().can(Permission.ADMINISTER)


@bp.get("/successors")
@requires(Permission.COORDINATE)
def successors() -> str:
    """The focal points that are proposed in the place of others; for those who coordinate everything."""
    return _successors_page()


def _successors_page(refusal: Refused | None = None) -> str:
    if not me().scope.everything:
        raise NotFound
    session = db.session()
    rows = successors_waiting(session)
    people = {person for row in rows for person in (row.person_id, row.proposed_by) if person}
    if rows:
        note_look("successors.seen", "mandates")
    names, reaches = names_of(session, people), scopes.reach_names(session)
    return render(
        "lms/people/successors.html",
        mandates=rows,
        names=names,
        reaches=reaches,
        own_id=me().person_id,
        refusal=refusal,
    )


@bp.post("/successors/<mandate>/confirm")
@requires(Permission.COORDINATE)
def confirm_successor(mandate: str) -> Any:
    """The second person's yes: one mandate ends and the other begins."""
    return _decide(mandate, lambda session, row: services.confirm(session, mandate=row, by=me().person_id, at=now()))


@bp.post("/successors/<mandate>/decline")
@requires(Permission.COORDINATE)
def decline_successor(mandate: str) -> Any:
    """The second person's no: nothing changes."""
    return _decide(mandate, lambda session, row: services.decline(session, mandate=row, by=me().person_id, at=now()))


def _decide(public_id: str, act: Callable[[Session, Mandate], None]) -> Response | tuple[str, int]:
    if not me().scope.everything:
        raise NotFound
    try:
        with one_click() as session:
            act(session, _held_still(session, public_id))
    except Refused as no:
        return _successors_page(no), no.status
    flash(_("It is done and written down."), "done")
    return redirect(url_for("people.successors"), 303)
