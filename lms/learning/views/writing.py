"""What a person writes: private reflections, and reports of errors in a text."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.catalogue.rules.outline import OutlineUnit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import LmsError, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries, services
from lms.learning.forms import ReflectionForm, ReportForm
from lms.learning.rules.reports import ReportOutcome
from lms.web.access import Permission, keeps_typed, requires
from lms.web.render import render

from .blueprint import bp
from .scoring import asked, both_in_words, filled, form_for, scores_in
from .way import Way, way_through

Answer = Response | str | tuple[str, int]


def written_by_its_writer(way: Way, unit: OutlineUnit) -> dict[str, Any]:
    """What the reader kept last, and the form to write on."""
    kept, scoring = queries.reflection(way.session, way.own, unit.id), way.text(unit).scoring
    writing = filled(scoring, kept)
    return {"reflection": kept, "writing": writing, "scoring": scoring, "cases": asked(way, scoring, writing)}


@bp.post("/learn/<edition>/units/<unit>/reflection")
@requires(Permission.LEARN)
@keeps_typed("text")
def reflect(edition: str, unit: str) -> Answer:
    """Keep what a person wrote, and scored where the unit asks for it, for themselves."""
    form = ReflectionForm()
    try:
        with unit_of_work() as session:
            way = way_through(session, edition)
            found = way.unit(unit)
            form = form_for(way.text(found).scoring)()
            if form.validate_on_submit():
                _reflect(session, way, found, form)
    except services.ChangedSince as changed:
        return both(edition, unit, changed, form)
    except Refused as no:
        form.refuse(no)
    if form.errors or form.refusal:
        return _refused_reflection(edition, unit, form), 422
    return redirect(url_for("learning.unit", edition=edition, unit=unit, _anchor="progress"), 303)


def _reflect(session: Session, way: Way, unit: OutlineUnit, form: ReflectionForm) -> None:
    text, key, at = form.text.data or "", form.client_key.data, now()
    scores = scores_in(way.text(unit).scoring, form)
    services.write_reflection(
        session, own=way.own, outline=way.outline, unit=unit, text=text, scores=scores, key=key, at=at
    )


def _refused_reflection(edition: str, key: str, form: ReflectionForm) -> str:
    """The form as it was sent, with the reason."""
    way = way_through(db.session(), edition)
    module, found = way.find(key)
    scoring = way.text(found.unit).scoring
    shown = {"module": module, "unit": found.unit, "form": form, "writing": form, "reflection": None}
    return render("lms/learning/reflection.html", way=way, scoring=scoring, cases=asked(way, scoring, form), **shown)


REPORTS = {
    None: ("part", _l("Waits for an answer")),
    ReportOutcome.MENDED: ("done", _l("Mended")),
    ReportOutcome.NO_ERROR: ("none", _l("Not an error")),
}


def _report_page(edition: str, key: str, form: ReportForm) -> str:
    way = way_through(db.session(), edition)
    module, found = way.find(key)
    units = {unit.id: unit for _module, unit in way.outline.units()}
    mine = [
        (one, units[one.unit_id]) for one in queries.own_reports(way.session, way.own.person_id) if one.unit_id in units
    ]
    shown = {"module": module, "unit": found.unit, "reports": mine, "outcomes": REPORTS}
    return render("lms/learning/report.html", way=way, form=form, **shown)


def both(
    edition: str, key: str, changed: services.ChangedSince, sent: ReflectionForm, page: str = "unit"
) -> tuple[str, int]:
    """What was saved and what was sent, side by side; `page` is where the first can be seen."""
    way = way_through(db.session(), edition)
    unit = way.unit(key)
    saved = queries.reflection(way.session, way.own, unit.id, changed.receipt_id)
    rows = both_in_words(way.text(unit).scoring, saved, sent)
    shown = {"back": way.url(unit, page), "changed": changed, "rows": rows}
    return render("lms/learning/conflict.html", way=way, **shown), changed.status


@bp.get("/learn/<edition>/units/<unit>/report")
@requires(Permission.LEARN)
def report(edition: str, unit: str) -> Answer:
    """The form for reporting an error in a text."""
    return _report_page(edition, unit, ReportForm(formdata=None))


@bp.post("/learn/<edition>/units/<unit>/report")
@requires(Permission.LEARN)
@keeps_typed("wrong")
def send_report(edition: str, unit: str) -> Answer:
    """Keep a report of an error in a text."""
    form = ReportForm()
    try:
        with unit_of_work() as session:
            way = way_through(session, edition)
            if form.validate_on_submit():
                _keep_report(session, way, way.unit(unit), form)
    except (Refused, services.ChangedSince) as no:
        return _refused(edition, unit, form, no)
    if form.errors:
        return _report_page(edition, unit, form), 422
    flash(_("Your report was sent to the people who look after this text."), "done")
    return redirect(url_for("learning.unit", edition=edition, unit=unit), 303)


def _refused(edition: str, unit: str, form: ReportForm, no: LmsError) -> tuple[str, int]:
    form.refuse(no)
    return _report_page(edition, unit, form), no.status


def _keep_report(session: Session, way: Way, unit: OutlineUnit, form: ReportForm) -> None:
    revision, at = way.revision(unit), now()
    key, text = form.client_key.data, form.wrong.data
    services.report_text(session, own=way.own, unit=unit, revision_id=revision, text=text, key=key, at=at)
