"""The officers' side: the records of an edition, revoking by two, answering requests, the head of the ledger."""

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
from lms.people.proposals.deciding import decided
from lms.people.queries import names_of
from lms.people.queries.persons import person_by_subject
from lms.people.sign_in import me
from lms.records import queries, services, words
from lms.records.models import Cause
from lms.records.rules.public import grouped
from lms.seminars import queries as seminars
from lms.seminars.models import Edition
from lms.web.access import Permission, keeps_typed, requires
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.sheets import as_file, taken_away
from lms.web.slices import page_in

from .forms import ProposeForm, RefuseForm
from .pages import Part, RecordsPage, lines_of
from .sheets import records_sheet
from .views import Answer, bp

Act = Callable[[Session, str, str], object]


@bp.get("/editions/<edition>/records")
@requires(Permission.COORDINATE)
def records(edition: str) -> str:
    """The records of an edition: in force, ended, waiting, and what is to be decided; with the head of the ledger."""
    session = db.session()
    found = seminars.edition_of(session, edition, me().scope)
    asked = request.args.get("show", "")
    show = Part(asked) if asked in set(Part) else Part.IN_FORCE
    page = RecordsPage(_lines(session, found), show, page_in(request.args))
    note_look("records.looked-at", edition, people=len(page.shown))
    head = queries.head(session)
    return render(
        "lms/records/records.html",
        edition=found,
        page=page,
        head=head,
        seal=words.fingerprint(head.seal),
    )


def _lines(session: Session, edition: Edition) -> list[Any]:
    scope = me().scope
    rows = [*queries.records_of(session, edition.id, scope), *queries.waiting_in(session, edition.id, scope)]
    return lines_of(rows, names_of(session, {row.person_id for row in rows}))


@bp.get("/editions/<edition>/records.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/records.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def records_file(edition: str, form: str) -> Response:
    """The whole list."""
    session = db.session()
    found = seminars.edition_of(session, edition, me().scope)
    lines = _lines(session, found)
    taken_away(edition, "records", form, people=len(lines))
    return as_file(records_sheet(lines), form)


@bp.get("/editions/<edition>/records/<record>")
@requires(Permission.COORDINATE)
def record(edition: str, record: str) -> str:
    """One record: its history, and what officers can do."""
    return _page(edition, record)


def _page(edition: str, record: str, propose: ProposeForm | None = None, no: RefuseForm | None = None) -> str:
    session, scope, at = db.session(), me().scope, now()
    found = seminars.edition_of(session, edition, scope)
    row = queries.record_in(session, found.id, record, scope)
    holding = queries.holding(session, record)
    if holding is None:
        raise NotFound
    proposal = queries.proposal_on(session, holding, at)
    asked = queries.requests_on(session, holding) if row.asked else []
    note_look("record.looked-at", edition, record=record)
    return render(
        "lms/records/record.html",
        edition=found,
        line=lines_of([row], names_of(session, [row.person_id]))[0],
        code=grouped(row.code) if row.code else "",
        own=row.person_id == me().person_id,
        happenings=[(one, words.happening(one)) for one in queries.history(session, record)],
        proposal=proposal,
        proposer=_name_of(session, proposal.by) if proposal else "",
        proposed_by_me=proposal is not None and proposal.by == me().subject,
        causes=words.CAUSES,
        request=asked[0] if asked else None,
        present=queries.shown_on(session, holding) if asked else None,
        propose=propose or ProposeForm(formdata=None),
        refuse=no or RefuseForm(formdata=None),
    )


def _name_of(session: Session, subject: str) -> str:
    found = person_by_subject(session, subject)
    return names_of(session, [found.id])[found.id] if found else ""


@bp.post("/editions/<edition>/records/<record>/revocation")
@requires(Permission.COORDINATE)
@keeps_typed("words")
def propose_revocation(edition: str, record: str) -> Answer:
    """The first officer's proposal."""
    form = ProposeForm()
    if not form.validate():
        return _page(edition, record, propose=form), 422

    def act(session: Session, record: str, by: str) -> None:
        cause, said = Cause(form.cause.data), form.words.data
        services.propose_revocation(session, record=record, cause=cause, words=said, by=by, at=now())

    try:
        _do(edition, record, act)
    except Refused as no:
        form.refuse(no)
        return _page(edition, record, propose=form), form.status
    flash(
        _("It is proposed. Another officer confirms it within seven days; nothing has happened to the record yet."),
        "done",
    )
    return _to(edition, record)


@bp.post("/editions/<edition>/records/<record>/revocation/confirm")
@requires(Permission.COORDINATE)
def confirm_revocation(edition: str, record: str) -> Response:
    """The second officer's yes."""
    done = _("The record is revoked, and its holder is written to.")
    return _answer(edition, record, done, services.confirm_revocation, "proposal")


@bp.post("/editions/<edition>/records/<record>/revocation/decline")
@requires(Permission.COORDINATE)
def decline_revocation(edition: str, record: str) -> Response:
    """The second officer's no, or the first one's change of mind."""
    done = _("The proposal is turned down. The record stays in force.")
    return _answer(edition, record, done, services.decline_revocation, "proposal")


@bp.post("/editions/<edition>/records/<record>/correction/grant")
@requires(Permission.COORDINATE)
def grant_correction(edition: str, record: str) -> Response:
    """An officer agrees; a successor takes the record's place."""
    done = _("A new record has taken the place of this one, and its holder is written to.")
    return _answer(edition, record, done, services.grant_request, "request")


@bp.post("/editions/<edition>/records/<record>/correction/refuse")
@requires(Permission.COORDINATE)
@keeps_typed("words")
def refuse_correction(edition: str, record: str) -> Answer:
    """An officer says no, and why."""
    form = RefuseForm()
    if not form.validate():
        return _page(edition, record, no=form), 422

    def act(session: Session, record: str, by: str) -> None:
        shown, said = form.shown.data, form.words.data
        services.refuse_request(session, record=record, request=shown, words=said, by=by, at=now())

    try:
        _do(edition, record, act)
    except Refused as no:
        form.refuse(no)
        return _page(edition, record, no=form), form.status
    flash(_("The record stays as it is. Its holder gets your words by letter."), "done")
    return _to(edition, record)


def _answer(edition: str, record: str, done: str, verb: Callable[..., object], what: str) -> Response:
    viewer = me()

    def act(session: Session, shown: str) -> None:
        _of(session, edition, record)
        verb(session, record=record, by=viewer.subject, at=now(), **{what: shown})

    decided(act, done)
    return _to(edition, record)


def _of(session: Session, edition: str, record: str) -> None:
    """That it is a record of an edition that this officer has to do with. Raises NotFound."""
    found = seminars.edition_of(session, edition, me().scope)
    queries.record_in(session, found.id, record, me().scope)


def _do(edition: str, record: str, act: Act) -> None:
    """Do something to a record of an edition that this officer has to do with. Raises NotFound, Refused."""
    with unit_of_work() as session:
        _of(session, edition, record)
        act(session, record, me().subject)


def _to(edition: str, record: str) -> Response:
    return redirect(url_for("lives.record", edition=edition, record=record), 303)
