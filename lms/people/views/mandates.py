"""Mandates: who holds which, proposing, confirming, ending. For administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import scopes, services
from lms.people.forms import ROLES, MandateForm, ReasonForm, grouped
from lms.people.models import Mandate, Person
from lms.people.queries import mandates as asked
from lms.people.queries.persons import names_of, person_by_address
from lms.people.rules.mandates import Role, a_year_from
from lms.people.sign_in import me
from lms.web.access import SAFE, Permission, requires
from lms.web.clicks import one_click
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import bp

LIST, ONE, NEW = ("lms/people/mandates.html", "lms/people/mandate.html", "lms/people/propose.html")


@bp.get("/mandates")
@requires(Permission.ADMINISTER)
def mandates() -> str:
    """Every mandate that is proposed or in force."""
    rows = asked.mandates_listed(db.session())
    note_look("mandates.seen", "mandates")
    return render(LIST, mandates=rows, **_names(rows))


def _names(rows: list[asked.MandateView]) -> dict[str, Any]:
    people = {person for row in rows for person in (row.person_id, row.proposed_by) if person}
    return {
        "names": names_of(db.session(), people),
        "reaches": scopes.reach_names(db.session()),
        "roles": ROLES,
        "today": now().date(),
        "own_id": me().person_id,
    }


@bp.route("/mandates/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def propose() -> Any:
    """Propose a mandate; another administrator confirms it."""
    form = MandateForm()
    form.reach.choices = grouped(scopes.reach_choices(db.session()))
    if request.method in SAFE:
        form.since.data = now().date()
        form.until.data = a_year_from(form.since.data)
        return render(NEW, form=form)
    try:
        if not form.validate():
            return render(NEW, form=form), 422
        made = _propose(form)
    except Refused as no:
        form.refuse(no)
        return render(NEW, form=form), 422
    flash(_("The mandate is proposed. Another administrator confirms it."), "done")
    return redirect(url_for("people.mandate", mandate=made.public_id), 303)


def _propose(form: MandateForm) -> Mandate:
    """Raises Refused."""
    scope, scope_id = scopes.read_reach(form.reach.data)
    with unit_of_work() as session:
        return services.propose(
            session,
            person=person_for(session, form.address.data, form.name.data),
            role=Role(form.role.data),
            scope=scope,
            scope_id=scope_id,
            since=form.since.data,
            until=form.until.data,
            by=me().person_id,
            at=now(),
        )


def person_for(session: Session, address: str, name: str | None) -> Person:
    """Whoever has this address, or somebody new of that name; raises Refused where the name is missing, which tells
    administrators that nobody has the address."""
    known = person_by_address(session, address)
    if known is None and not (name or "").strip():
        raise Refused(_("Nobody here has this address. Give the name as well, to invite somebody new."))
    return known or services.create_person(session, name=name or "", address=address, at=now())


@bp.get("/mandates/<mandate>")
@requires(Permission.ADMINISTER)
def mandate(mandate: str) -> str:
    """One mandate, how it came about, and what can be done."""
    return _mandate_page(mandate, ReasonForm(formdata=None))


def _mandate_page(public_id: str, form: ReasonForm) -> str:
    row = asked.mandate_view(db.session(), public_id)
    if row is None:
        raise NotFound
    acts = asked.acts_of(db.session(), public_id)
    note_look("mandate.seen", public_id)
    alone = asked.administrators(db.session(), now().date()) - {row.person_id} == {me().person_id}
    named = _names([row])
    named["names"] |= names_of(db.session(), {act.by for act in acts if act.by})
    return render(ONE, mandate=row, acts=acts, alone=alone, form=form, **named)


@bp.post("/mandates/<mandate>/confirm")
@requires(Permission.ADMINISTER)
def confirm_mandate(mandate: str) -> Any:
    """The second person's yes."""
    return _act(mandate, lambda s, row, _why: services.confirm(s, mandate=row, by=me().person_id, at=now()))


@bp.post("/mandates/<mandate>/confirm-alone")
@requires(Permission.ADMINISTER)
def confirm_mandate_alone(mandate: str) -> Any:
    """The written exception."""
    return _act(
        mandate,
        lambda s, row, why: services.confirm_alone(s, mandate=row, by=me().person_id, reason=why, at=now()),
    )


@bp.post("/mandates/<mandate>/decline")
@requires(Permission.ADMINISTER)
def decline_mandate(mandate: str) -> Any:
    """The second person's no, or the proposer's change of mind."""
    return _act(mandate, lambda s, row, why: services.decline(s, mandate=row, by=me().person_id, reason=why, at=now()))


@bp.post("/mandates/<mandate>/end")
@requires(Permission.ADMINISTER)
def end_mandate(mandate: str) -> Any:
    """The mandate ends now."""
    return _act(mandate, lambda s, row, why: services.end(s, mandate=row, by=me().person_id, reason=why, at=now()))


def _act(public_id: str, act: Callable[[Session, Mandate, str], None]) -> Response | tuple[str, int]:
    form = ReasonForm()
    try:
        if not form.validate():
            return _mandate_page(public_id, form), 422
        with one_click() as session:
            row = asked.mandate(session, public_id)
            if row is None:
                raise NotFound
            act(session, row, form.reason.data or "")
    except Refused as no:
        form.refuse(no)
        return _mandate_page(public_id, form), form.status
    flash(_("It is done and written down."), "done")
    return redirect(url_for("people.mandates"), 303)
