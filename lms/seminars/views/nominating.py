"""Nominations by focal points: their form, and what waits for the coordinator."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.seminars import queries
from lms.seminars.imports.models import Verdict
from lms.seminars.imports.wording import LABELS, remark
from lms.seminars.labels import state_name
from lms.seminars.nominating import services
from lms.seminars.nominating.forms import OwnNomineeForm
from lms.seminars.nominating.queries import Asked, Waiting, asked_for, judged_alone, nomination_in, waiting
from lms.seminars.nominating.sheets import waiting_sheet
from lms.web.access import Permission, requires
from lms.web.languages import choices, language, own_name
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.sheets import as_file, taken_away

from .blueprint import Answer, bp


def _form(asked: Asked) -> OwnNomineeForm:
    languages = {code: own_name(code) for code in choices()}
    return OwnNomineeForm(asked, languages, language=language())


@bp.route("/editions/<edition>/nominate", methods=["GET", "POST"])
@requires(Permission.OVERSEE)
def nominate(edition: str) -> Answer:
    """A focal point puts an official of their own state or institution forward."""
    viewer = me()
    asked = asked_for(db.session(), edition, viewer.scope, now().date())
    form = _form(asked)
    if form.validate_on_submit() and _fit(form):
        try:
            with unit_of_work() as session:
                mine = asked_for(session, edition, viewer.scope, now().date())
                services.put_forward(
                    session, edition_id=mine.edition_id, cells=form.cells(), key=form.client_key.data, at=now(),
                    by=viewer.person_id,
                )  # fmt: skip
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            flash(_("The nomination is with the coordinator. Nobody is written to before they decide."), "done")
            return redirect(url_for("home.index"), 303)
    return render("lms/seminars/nominate.html", form=form, asked=asked), form.status


def _fit(form: OwnNomineeForm) -> bool:
    """Whether an import would take the row; else what is wrong stands beside its field."""
    cells = form.cells()
    told = services.refusal(judged_alone(db.session(), cells, now().date()), cells)
    if told:
        form.refuse_cell(*told)
    return told is None


@bp.get("/editions/<edition>/nominations/waiting")
@requires(Permission.COORDINATE)
def nominations_waiting(edition: str) -> str:
    """What focal points have put forward and nobody has decided on."""
    return _waiting(edition)


def _waiting(edition: str, problem: str = "") -> str:
    session = db.session()
    found = queries.edition_of(session, edition, me().scope)
    rows = waiting(session, found, now())
    note_look("nominations.listed", edition, people=len(rows))
    page = [(row, state_name(row.state_code), _remark(row)) for row in rows]
    return render("lms/seminars/nominations_waiting.html", edition=found, rows=page, labels=LABELS, problem=problem)


@bp.get("/editions/<edition>/nominations/waiting.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/nominations/waiting.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def waiting_file(edition: str, form: str) -> Response:
    """The same as a file."""
    found = queries.edition_of(db.session(), edition, me().scope)
    rows = waiting(db.session(), found, now())
    taken_away(edition, "nominations-waiting", form, people=len(rows))
    return as_file(waiting_sheet([(row, _remark(row)) for row in rows], ZoneInfo(found.zone)), form)


def _remark(row: Waiting) -> str:
    told = services.refusal(row.judgement, row.cells)
    if told:
        return told[1]
    if row.judgement.verdict is Verdict.NEW and row.judgement.known is None:
        return ""
    if row.judgement.reason == "changes":
        return str(_("Is nominated here already. What stands here otherwise is not taken over."))
    return remark(row.judgement.verdict, row.judgement.reason, ())


@bp.post("/editions/<edition>/nominations/<nomination>/take-over")
@requires(Permission.COORDINATE)
def take_over_nomination(edition: str, nomination: str) -> Answer:
    """Give the person a place; the invitation is sent from their page."""
    viewer = me()
    try:
        with unit_of_work() as session:
            found = queries.edition_of(session, edition, viewer.scope)
            mine = nomination_in(session, found, nomination)
            place = services.take_over(session, found=mine, at=now(), by=viewer.subject).public_id
    except (Refused, Conflict) as no:
        return _waiting(edition, str(no)), no.status
    flash(_("The nomination is taken over. Nobody is invited before you send the invitation."), "done")
    return redirect(url_for(".participant", edition=edition, enrolment=place), 303)


@bp.post("/editions/<edition>/nominations/<nomination>/leave")
@requires(Permission.COORDINATE)
def leave_nomination(edition: str, nomination: str) -> Answer:
    """Do not take it over; its focal point sees that, and no reason."""
    viewer = me()
    try:
        with unit_of_work() as session:
            found = queries.edition_of(session, edition, viewer.scope)
            services.leave(session, found=nomination_in(session, found, nomination), at=now(), by=viewer.subject)
    except Conflict as no:
        return _waiting(edition, str(no)), no.status
    flash(_("The nomination is not taken over."), "done")
    return redirect(url_for(".nominations_waiting", edition=edition), 303)
