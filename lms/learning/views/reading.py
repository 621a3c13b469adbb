"""Texts: read, marked as read, taken back; private reflections; reports of errors."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.catalogue.rules.outline import OutlineUnit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import LmsError, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries, services
from lms.learning.forms import ReflectionForm, ReportForm
from lms.learning.rules.progress import ProgressKind, finished_by
from lms.learning.rules.standing import ModuleStanding, UnitStanding
from lms.web.access import Permission, requires
from lms.web.forms import OnceForm
from lms.web.render import render, wants_part

from .blueprint import bp
from .quiz import quiz_page
from .way import Way, neighbours, remember_place, way_through
from .wording import fingerprint, own_sector_first

Answer = Response | str | tuple[str, int]


@bp.get("/learn/<edition>/units/<unit>")
@requires(Permission.LEARN)
def unit(edition: str, unit: str) -> Answer:
    """A unit: a text, a quiz or a reflection. One whose module is not open yet leads to the module, which says why."""
    session = db.session()
    way = way_through(session, edition)
    module, found = way.find(unit)
    if not module.open:
        return redirect(url_for("learning.module", edition=edition, module=module.module.key), 303)
    remember_place(way, found.unit)
    if finished_by(found.unit.kind, found.unit.questions) is ProgressKind.PASSED:
        return quiz_page(session, way, module, found)
    return text_page(session, way, module, found)


def text_page(session: Session, way: Way, module: ModuleStanding, found: UnitStanding, **more: Any) -> str:
    """The page of a text or a reflection, or with `part` one block of it."""
    page = "unit.html" + more.pop("part", "")
    before, after = neighbours(way, found.unit)
    text = way.text(session, found.unit)
    context = {
        "way": way,
        "module": module,
        "found": found,
        "unit": found.unit,
        "text": text,
        "before": before,
        "after": after,
        "number": way.standing.modules.index(module) + 1,
        "once": OnceForm(formdata=None),
        "report": ReportForm(formdata=None),
        "reflection": None,
        "refusal": None,
        "advice": own_sector_first(text.for_your_institution, way.own.sector),
        "fingerprint": fingerprint(text.content_hash),
        "at": now(),
    }
    if found.unit.kind == "reflection":
        context["reflection"] = queries.reflection(session, way.own, found.unit.id)
        context["writing"] = ReflectionForm(formdata=None, text=getattr(context["reflection"], "text", ""))
    return render(f"lms/learning/{page}", **{**context, **more})


def _again(edition: str, key: str, refused: LmsError) -> tuple[str, int]:
    """The finish block as it is now, above it why the change was turned down."""
    way = way_through(db.session(), edition)
    part = "#progress" if wants_part() else ""
    page = text_page(db.session(), way, *way.find(key), part=part, refusal=str(refused))
    return page, refused.status


def _marked(session: Session, edition: str, unit: str) -> Answer:
    if not wants_part():
        return redirect(url_for("learning.unit", edition=edition, unit=unit, _anchor="progress"), 303)
    way = way_through(session, edition)
    return text_page(session, way, *way.find(unit), part="#progress")


@bp.post("/learn/<edition>/units/<unit>/done")
@requires(Permission.LEARN)
def done(edition: str, unit: str) -> Answer:
    """Mark a text as read."""
    return _mark(edition, unit, services.complete_unit)


@bp.post("/learn/<edition>/units/<unit>/undo")
@requires(Permission.LEARN)
def undo(edition: str, unit: str) -> Answer:
    """Take back that a text was read."""
    return _mark(edition, unit, services.undo_unit)


def _mark(edition: str, unit: str, change: Any) -> Answer:
    form = OnceForm()
    if not form.validate_on_submit():
        return _again(edition, unit, _unreadable())
    try:
        with unit_of_work() as session:
            way = way_through(session, edition)
            found = way.find(unit)[1].unit
            change(session, own=way.own, outline=way.outline, unit=found, key=form.client_key.data, at=now())
    except (Refused, services.ChangedSince) as no:
        return _again(edition, unit, no)
    return _marked(db.session(), edition, unit)


def _unreadable() -> Refused:
    return Refused(_("We could not read what was sent. Nothing was changed. Please try again."))


@bp.post("/learn/<edition>/units/<unit>/reflection")
@requires(Permission.LEARN)
def reflect(edition: str, unit: str) -> Answer:
    """Keep what a person wrote for themselves."""
    form = ReflectionForm()
    try:
        with unit_of_work() as session:
            way = way_through(session, edition)
            module, found = way.find(unit)
            if not form.validate_on_submit():
                return text_page(session, way, module, found, writing=form, form=form), 422
            at, key = now(), form.client_key.data
            services.write_reflection(
                session, own=way.own, outline=way.outline, unit=found.unit, text=form.text.data, key=key, at=at
            )
    except services.ChangedSince as changed:
        return _both(edition, unit, changed, form.text.data)
    except Refused as no:
        form.refuse(no)
        way = way_through(db.session(), edition)
        return text_page(db.session(), way, *way.find(unit), writing=form, form=form), 422
    return redirect(url_for("learning.unit", edition=edition, unit=unit, _anchor="progress"), 303)


def _both(edition: str, key: str, changed: services.ChangedSince, sent: str) -> tuple[str, int]:
    """What was saved and what was sent, side by side."""
    session = db.session()
    way = way_through(session, edition)
    found = way.find(key)[1].unit
    saved = queries.reflection(session, way.own, found.id, changed.receipt_id)
    rows = [(_("Your text"), saved.text if saved else "", sent)]
    return render("lms/learning/conflict.html", way=way, unit=found, changed=changed, rows=rows), changed.status


@bp.post("/learn/<edition>/units/<unit>/report")
@requires(Permission.LEARN)
def report(edition: str, unit: str) -> Answer:
    """Keep a report of an error in a text."""
    form = ReportForm()
    try:
        with unit_of_work() as session:
            way = way_through(session, edition)
            module, found = way.find(unit)
            if not form.validate_on_submit():
                return _with_report(session, way, module, found, form)
            _keep_report(session, way, found.unit, form)
    except (Refused, services.ChangedSince) as no:
        form.refuse(no)
        way = way_through(db.session(), edition)
        return _with_report(db.session(), way, *way.find(unit), form)
    flash(_("Your report was sent to the people who look after this text."), "done")
    return redirect(url_for("learning.unit", edition=edition, unit=unit), 303)


def _keep_report(session: Session, way: Way, unit: OutlineUnit, form: ReportForm) -> None:
    revision, at = unit.revision_for(way.language), now()
    key, text = form.client_key.data, form.wrong.data
    services.report_text(session, own=way.own, unit=unit, revision_id=revision, text=text, key=key, at=at)


def _with_report(
    session: Session, way: Way, module: ModuleStanding, found: UnitStanding, form: ReportForm
) -> tuple[str, int]:
    if finished_by(found.unit.kind, found.unit.questions) is ProgressKind.PASSED:
        return quiz_page(session, way, module, found, report=form, form=form), 422
    return text_page(session, way, module, found, report=form, form=form), 422
