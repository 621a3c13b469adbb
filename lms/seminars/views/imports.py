"""Files of nominations: sent, rehearsed, mended, saved, taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, LmsError, Refused
from lms.kernel.undertakings import progress
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.seminars import queries
from lms.seminars.columns import TAKEN, headings
from lms.seminars.fields import zones_or_none
from lms.seminars.forms import ImportForm
from lms.seminars.imports import bounds
from lms.seminars.imports.asked import table_of
from lms.seminars.imports.mending import mends_in
from lms.seminars.imports.models import Import, ImportState, Verdict
from lms.seminars.imports.pages import MOST_LEFT_SHOWN, ImportPage, fixes
from lms.seminars.imports.queries import (
    every_row,
    import_of,
    imports_of,
    named_against,
    rows_with,
)
from lms.seminars.imports.rehearsing import discard, mend, take_in, times_mended, verdicts
from lms.seminars.imports.saving import save
from lms.seminars.imports.sealing import head_in, key_of
from lms.seminars.imports.taking import corrections_sheet, rows_sheet
from lms.seminars.imports.undoing import told, undo
from lms.seminars.imports.wording import STATES, VERDICTS
from lms.seminars.models import Edition
from lms.web.access import SAFE, Permission, begins_reading, requires, takes_upload
from lms.web.forms import submitted
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render, wants_part
from lms.web.sheets import Sheet, as_file, taken_away
from lms.web.slices import page_in

from .blueprint import Answer, bp

MOST_SENT = bounds.MOST_BYTES + 64 * 1024
Act = Callable[[Session, Import], None]


@bp.route("/editions/<edition>/imports", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@takes_upload(MOST_SENT)
@begins_reading
def imports(edition: str) -> Answer:
    """The files that were sent for an edition, and one more."""
    form = ImportForm()
    if request.method in SAFE:
        return _list(edition, form)
    try:
        if form.validate():
            return _to(edition, _taken_in(edition, form))
    except (Refused, Conflict) as no:
        form.refuse(no)
    return _list(edition, form), form.status


def _taken_in(edition: str, form: ImportForm) -> str:
    viewer = me()
    queries.edition_of(db.session(), edition, viewer.scope)
    data = form.file.data.read(bounds.MOST_BYTES + 1)
    table = table_of(data)
    # Another file sent from the same page is another import.
    key = hashlib.sha256(f"{form.client_key.data}:".encode() + data).hexdigest()
    with unit_of_work() as session:
        found = queries.edition_of(session, edition, viewer.scope)
        return take_in(session, edition=found, table=table, at=now(), by=viewer.subject, client_key=key).public_id


def _list(edition: str, form: ImportForm) -> str:
    found = queries.edition_of(db.session(), edition, me().scope)
    rows = imports_of(db.session(), found)
    return render(
        "lms/seminars/imports.html",
        form=form,
        edition=found,
        imports=rows,
        states=STATES,
        megabytes=bounds.MOST_BYTES // 1024 // 1024,
        most=bounds.MOST_ROWS,
    )


def _to(edition: str, listing: str) -> Response:
    return redirect(url_for(".listing", edition=edition, listing=listing), 303)


@bp.get("/editions/<edition>/imports/template.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/imports/template.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def import_template(edition: str, form: str) -> Response:
    """A file with the headings, to be filled in."""
    queries.edition_of(db.session(), edition, me().scope)
    return as_file(Sheet("nominations", tuple(headings(TAKEN, language())), lambda _session: ()), form)


@bp.get("/editions/<edition>/imports/<listing>")
@requires(Permission.COORDINATE)
def listing(edition: str, listing: str) -> str:
    """One file: what needs a correction, what would become of the rest, and what became of it."""
    return _page(edition, listing)


def _page(edition: str, listing: str, against: Mapping[str, Any] | None = None) -> str:
    """The page of a file; `against` is what taking it back has just said, otherwise what the worker said last."""
    session = db.session()
    found_edition = queries.edition_of(session, edition, me().scope)
    found = import_of(session, found_edition, listing)
    page = _worked_out(session, found_edition, found, against)
    if page.rows or page.left or page.against:
        note_look("import.opened", listing, rows=len(page.rows) + len(page.left) + len(page.against))
    template = "_listing" if wants_part() else "listing"
    return render(
        f"lms/seminars/{template}.html",
        page=page,
        edition=found_edition,
        verdicts=VERDICTS,
        states=STATES,
        zones=zones_or_none(),
        ImportState=ImportState,
    )


FIRST_TO_LAST = (Verdict.REFUSED, Verdict.NEW, Verdict.CHANGED, Verdict.SAME)


def _asked_for(counts: Mapping[str, int]) -> Verdict:
    """The rows that the address asks for; otherwise the first that there are, beginning with those to be corrected."""
    asked = request.args.get("show", "")
    if asked in set(Verdict):
        return Verdict(asked)
    return next((one for one in FIRST_TO_LAST if counts.get(one)), Verdict.REFUSED)


def _worked_out(session: Session, edition: Edition, found: Import, said: Mapping[str, Any] | None) -> ImportPage:
    counts = verdicts(session, found)
    show = _asked_for(counts)
    rows, part = rows_with(session, found, show, page_in(request.args))
    rehearsed = found.state is ImportState.REHEARSED
    mends = rehearsed and show is Verdict.REFUSED
    work = progress(session, found.undertaking)
    said = said or (work.outcome if work and not work.running else {})
    return ImportPage(
        found=found,
        work=work,
        counts=counts,
        show=show,
        rows=rows,
        part=part,
        fixes=fixes(session, rows) if mends else (),
        left=rows_with(session, found, Verdict.SAME, 1, MOST_LEFT_SHOWN)[0] if mends else (),
        head=head_in(key_of(found), found) if found.wrapped_key else {},
        against=named_against(session, edition, said.get("against", ())),
        many=said.get("number", 0),
        mended=times_mended(session, found) if rehearsed else 0,
    )


@bp.get("/editions/<edition>/imports/<listing>/corrections.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/imports/<listing>/corrections.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def import_corrections(edition: str, listing: str, form: str) -> Response:
    """The rows that need a correction, to be put right in a spreadsheet and sent again."""
    found = import_of(db.session(), queries.edition_of(db.session(), edition, me().scope), listing)
    rehearsed = found.state is ImportState.REHEARSED
    rows = every_row(db.session(), found, Verdict.REFUSED) if rehearsed else []
    taken_away(listing, "corrections", form, rows=len(rows))
    return as_file(corrections_sheet(rows, language()), form)


@bp.get("/editions/<edition>/imports/<listing>/rows.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/imports/<listing>/rows.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def import_rows(edition: str, listing: str, form: str) -> Response:
    """The rows with one verdict, as its page shows them."""
    found = import_of(db.session(), queries.edition_of(db.session(), edition, me().scope), listing)
    show = _asked_for({})
    rows = every_row(db.session(), found, show)
    taken_away(listing, "import", form, verdict=str(show), rows=len(rows))
    return as_file(rows_sheet(rows, erased=found.wrapped_key is None), form)


@bp.post("/editions/<edition>/imports/<listing>/mend")
@requires(Permission.COORDINATE)
def mend_import(edition: str, listing: str) -> Answer:
    """Put right what the form says, and rehearse again."""
    subject = me().subject

    def act(session: Session, found: Import) -> None:
        mend(session, found=found, mended=mends_in(request.form), at=now(), by=subject)

    return _done(edition, listing, act, None)


@bp.post("/editions/<edition>/imports/<listing>/save")
@requires(Permission.COORDINATE)
def save_import(edition: str, listing: str) -> Answer:
    """Take over what is new or changed."""
    subject, seen = me().subject, str(submitted("seen"))

    def act(session: Session, found: Import) -> None:
        save(session, found=found, at=now(), by=subject, seen=int(seen) if seen.isdecimal() else -1)

    return _done(edition, listing, act, None)


@bp.post("/editions/<edition>/imports/<listing>/discard")
@requires(Permission.COORDINATE)
def discard_import(edition: str, listing: str) -> Answer:
    """Leave the file alone, and erase what was uploaded."""
    subject = me().subject

    def act(session: Session, found: Import) -> None:
        discard(session, found=found, at=now(), by=subject)

    return _done(edition, listing, act, _("Discarded. What was uploaded is erased."))


@bp.post("/editions/<edition>/imports/<listing>/undo")
@requires(Permission.COORDINATE)
def undo_import(edition: str, listing: str) -> Answer:
    """Take an import back, or say who stands against it."""
    viewer = me()
    try:
        with unit_of_work() as session:
            found = import_of(session, queries.edition_of(session, edition, viewer.scope), listing)
            against = undo(session, found=found, at=now(), by=viewer.subject)
            ended = found.state is ImportState.UNDONE
    except (Refused, Conflict) as no:
        return _refused(edition, listing, no)
    if against:
        return _page(edition, listing, told(against)), 409
    if ended:
        flash(_("The import is taken back. The edition is as it was before."), "done")
    return _to(edition, listing)


def _done(edition: str, listing: str, act: Act, sentence: str | None) -> Answer:
    viewer = me()
    try:
        with unit_of_work() as session:
            found = import_of(session, queries.edition_of(session, edition, viewer.scope), listing)
            act(session, found)
    except (Refused, Conflict) as no:
        return _refused(edition, listing, no)
    if sentence:
        flash(sentence, "done")
    return _to(edition, listing)


def _refused(edition: str, listing: str, no: LmsError) -> Answer:
    flash(str(no), "error")
    return _page(edition, listing), no.status
