"""What would go to whom, before it goes, and the sending."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.dashboards import queries as dashboards
from lms.dashboards.forms import filter_in
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.letters import Letter, compose, reader_of
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.reminders import queries, services
from lms.reminders.forms import SendForm
from lms.reminders.letters import DIGEST
from lms.reminders.pages import NAMED, PreviewPage
from lms.reminders.planning import Plan, plan
from lms.reminders.rules import Candidate, packed
from lms.reminders.sheets import plan_sheet
from lms.seminars.queries import edition_of
from lms.web.access import Permission, requires
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.sheets import as_file, taken_away

from .blueprint import Answer, bp

CHOSEN = 100


@bp.get("/editions/<edition>/reminders/preview")
@requires(Permission.COORDINATE)
def preview(edition: str) -> Answer:
    """Exactly what would go to whom: of the whole list behind a filter, or of those chosen in it."""
    try:
        found = _plan(db.session(), edition)
    except Refused as no:
        return _too_many(edition, no)
    return _page(found, SendForm(formdata=None, seen=found.fingerprint))


@bp.get("/editions/<edition>/reminders/preview.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/reminders/preview.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def preview_file(edition: str, form: str) -> Response | Answer:
    """Who would be written to and who is left out, as a file."""
    try:
        found = _plan(db.session(), edition)
    except Refused as no:
        return _too_many(edition, no)
    taken_away(edition, "reminders", form, people=len(found.asked))
    names = names_of(db.session(), {one.person_id for one in found.asked.values()})
    return as_file(plan_sheet(found, names), form)


def _plan(session: Session, edition: str) -> Plan:
    """What the address asks for, for somebody who coordinates the edition; raises NotFound, Refused."""
    scope = me().scope
    row = edition_of(session, edition, scope)
    seen = dashboards.look(session, edition, scope)
    wanted = filter_in(request.args, edition, dashboards.choices(session, seen))
    people = dashboards.people_behind(session, seen, wanted)
    chosen = set(request.args.getlist("chosen")[:CHOSEN])
    ids = [one.enrolment_id for one in people if not chosen or one.public_id in chosen]
    return plan(session, edition=row, scope=seen.scope, enrolments=ids, at=now())


def _here(edition: str, view: str = ".preview", form: str | None = None) -> str:
    """The address of this preview: the filter and who was chosen, without the reader whose letter is shown."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "who"]
    path = url_for(view, edition=edition, form=form)
    return f"{path}?{urlencode(asked)}" if asked else path


def _shown(found: Plan) -> Candidate | None:
    """Whose letter is shown: the one asked for, else the first; raises NotFound for somebody who gets none."""
    who = request.args.get("who")
    if not who:
        return next(iter(found.going), None)
    one = next((one for one in found.going if one.public_id == who), None)
    if one is None:
        raise NotFound
    return one


def _page(found: Plan, form: SendForm, status: int = 200) -> tuple[str, int]:
    session, shown = db.session(), _shown(found)
    named = [one.person_id for one in found.going[:NAMED]]
    named += [one.person_id for people in found.by_reason.values() for one in people[:NAMED]]
    page = PreviewPage(
        plan=found,
        shown=shown,
        letter=_letter(session, found, shown) if shown else None,
        names=names_of(session, named),
        here=_here(found.edition.public_id),
        trial=_here(found.edition.public_id, ".trial"),
        files=[(form.upper(), _here(found.edition.public_id, ".preview_file", form=form)) for form in ("csv", "xlsx")],
    )
    note_look("reminders.previewed", found.edition.public_id, people=len(found.asked))
    return render("lms/reminders/preview.html", page=page, edition=found.edition, form=form), status


def _letter(session: Session, found: Plan, one: Candidate) -> Letter:
    """The letter as this person would get it, by the same function that writes it when it is sent.

    Except for the link that stops reminders: whoever has it can use it; and for the clocks of who is not to be named.
    """
    left = queries.units_left(session, found.edition.id, [one.enrolment_id])[one.enrolment_id]
    reader = reader_of(session, one.person_id, template=DIGEST)
    told = queries.shown_to_others(session, found.edition, one)
    zone = reader.zone if told is one else told.zone
    reader = replace(reader, stop_url=_("(a link of the reader's own)"), zone=zone)
    return compose(DIGEST, reader, {"items": packed([found.item(told, left)])}, "")


def _too_many(edition: str, no: Refused) -> tuple[str, int]:
    row = edition_of(db.session(), edition, me().scope)
    return render("lms/reminders/too_many.html", edition=row, problem=str(no)), 422


@bp.post("/editions/<edition>/reminders/preview")
@requires(Permission.COORDINATE)
def send(edition: str) -> Answer:
    """Send what the page showed; shown anew where something has changed since."""
    form, viewer = SendForm(), me()
    if not form.validate():
        return _page(_plan(db.session(), edition), form, 422)
    try:
        with unit_of_work() as session:
            services.hold(session, edition)
            number = services.send(
                session, plan=_plan(session, edition), seen=form.seen.data, client_key=form.client_key.data,
                at=now(), by=viewer.subject,
            )  # fmt: skip
    except (Conflict, Refused) as no:
        found = _plan(db.session(), edition)
        form = SendForm(formdata=None, seen=found.fingerprint)
        form.refuse(no)
        return _page(found, form, no.status)
    flash(ngettext("%(num)d reminder is on its way.", "%(num)d reminders are on their way.", number), "done")
    return redirect(url_for("dashboards.people", edition=edition) + _filter_part(), 303)


def _filter_part() -> str:
    asked = [(name, value) for name, value in request.args.items(multi=True) if name not in ("who", "chosen")]
    return f"?{urlencode(asked)}" if asked else ""


@bp.post("/editions/<edition>/reminders/trial")
@requires(Permission.COORDINATE)
def trial(edition: str) -> Answer:
    """Send the letter that is shown to oneself first."""
    viewer = me()
    with unit_of_work() as session:
        found = _plan(session, edition)
        one = _shown(found)
        if one is None:
            raise NotFound
        services.send_to_oneself(session, plan=found, one=one, person_id=viewer.person_id, by=viewer.subject, at=now())
    flash(_("The letter is on its way to you. Nobody else gets it."), "done")
    here = _here(edition)
    return redirect(f"{here}{'&' if '?' in here else '?'}who={one.public_id}", 303)
