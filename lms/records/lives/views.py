"""The holder's side: the history of a record, withdrawing it, asking for its correction."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.people.proposals.deciding import decided
from lms.people.rules.names import PersonName
from lms.people.sign_in import me
from lms.records import queries, services, words
from lms.records.queries.life import Wish
from lms.records.rules.public import grouped
from lms.web.access import Permission, keeps_typed, requires
from lms.web.clicks import one_click
from lms.web.render import render

from .forms import CorrectForm, WithdrawForm

Answer = str | Response | tuple[str, int]
bp = Blueprint("lives", __name__)


@bp.get("/records/<record>/history")
@requires(Permission.SIGNED_IN)
def history(record: str) -> str:
    """Everything that has happened to one's record, and what one can do about it."""
    session = db.session()
    page, holding = _mine(session, record)
    public = queries.public_of(session, [record])[record]
    return render(
        "lms/records/history.html",
        held=page.held,
        fingerprint=words.fingerprint(page.version_hash),
        version=page.version,
        code=grouped(public.code),
        happenings=[(one, words.happening(one)) for one in queries.history(session, record)],
        requests=[(one, words.REQUESTS[one.state]) for one in queries.requests_on(session, holding)],
        zone=me().zone or "UTC",
    )


def _mine(session: Session, record: str) -> tuple[queries.RecordPage, queries.Holding]:
    """One's own record; raises NotFound for everybody else's."""
    page, holding = queries.my_record(session, record, me().person_id), queries.holding(session, record)
    if holding is None:
        raise NotFound
    return page, holding


@bp.route("/records/<record>/withdraw", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def withdraw(record: str) -> Answer:
    """What withdrawing means, and doing it."""
    form = WithdrawForm()
    held = queries.held_record(db.session(), record, me().person_id)
    if held.ended:
        flash(words.ended(held.ended), "done")
        return _after_withdrawal(held)
    valid = queries.valid_records(db.session(), me().person_id)
    if form.is_submitted() and form.validate():
        try:
            with one_click() as session:
                services.withdraw(session, record=record, by=me().subject, at=now())
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("Your record is withdrawn."), "done")
            return _after_withdrawal(held)
    shown = render("lms/records/withdraw.html", form=form, held=held, last=len(valid) == 1)
    return (shown, 422) if form.is_submitted() else shown


@bp.route("/records/<record>/correct", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@keeps_typed("words")
def correct(record: str) -> Answer:
    """Ask for another name or institution on one's record."""
    form = CorrectForm()
    page, _holding = _mine(db.session(), record)
    if not form.is_submitted():
        form.full.data, form.latin.data, form.institution.data = page.name.full, page.name.latin, page.institution
        return render("lms/records/correct.html", form=form, held=page.held)
    if form.validate():
        try:
            with one_click() as session:
                services.ask_correction(session, record=record, wish=_wish(form, page.name), by=me().subject, at=now())
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("Your request is with the office. You get a letter when it is answered."), "done")
            return _to_history(record)
    return render("lms/records/correct.html", form=form, held=page.held), 422


def _wish(form: CorrectForm, before: PersonName) -> Wish:
    full, latin = form.full.data or "", form.latin.data or ""
    return Wish(replace(before, full=full, latin=latin), form.institution.data or "", form.words.data or "")


@bp.post("/records/<record>/correct/take-back")
@requires(Permission.SIGNED_IN)
def take_back(record: str) -> Response:
    """Not to ask any more."""
    _mine(db.session(), record)

    def act(session: Session, shown: str) -> None:
        services.take_back_request(session, record=record, request=shown, by=me().subject, at=now())

    decided(act, _("Your request is taken back."))
    return _to_history(record)


def _to_history(record: str) -> Response:
    return redirect(url_for("lives.history", record=record), 303)


def _after_withdrawal(held: queries.HeldRecord) -> Response:
    """To what became of the record; one from before this system has no page of its own."""
    return redirect(url_for("records.mine"), 303) if held.before else _to_history(held.record)
