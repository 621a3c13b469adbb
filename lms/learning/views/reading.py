"""Texts: read, marked as read, taken back; and the page of any unit."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import LmsError, Refused
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries, services
from lms.learning.rules.progress import ProgressKind, finished_by
from lms.learning.rules.standing import UnitStanding
from lms.web.access import Permission, logged_as, requires
from lms.web.forms import OnceForm, submitted
from lms.web.render import render, wants_part

from .blueprint import bp
from .changes import told_of
from .instead import instead_page
from .quiz import quiz_page
from .tongue import tongue_of
from .way import Way, neighbours, remember_place, way_through
from .wording import fingerprint, own_sector_first
from .writing import written_by_its_writer

Answer = Response | str | tuple[str, int]


@bp.get("/learn/<edition>/units/<unit>")
@requires(Permission.LEARN)
def unit(edition: str, unit: str) -> Answer:
    """A unit: a text, a quiz or a reflection. One whose module is not open yet leads to the module, which says why."""
    way = way_through(db.session(), edition)
    module, found = way.find(unit)
    if not module.open:
        return redirect(url_for("learning.module", edition=edition, module=module.module.key), 303)
    remember_place(way, found.unit)
    if finished_by(found.unit.kind, found.unit.questions) is ProgressKind.PASSED:
        return quiz_page(way, unit)
    return text_page(way, unit)


def text_page(way: Way, key: str, part: str = "", refusal: str | None = None) -> str:
    """The page of a text or a reflection, or with `part` one block of it."""
    module, found = way.find(key)
    text, (before, after) = way.text(found.unit), neighbours(way, found.unit)
    shown = {"module": module, "found": found, "unit": found.unit, "text": text, "before": before, "after": after}
    shown |= {"number": way.standing.modules.index(module) + 1, "client_key": new_token(), "refusal": refusal}
    shown |= {"tongue": tongue_of(way, found.unit, text)}
    shown["told"] = told_of(way, found.unit) if found.touched else None
    shown["written"] = _may_have_written(found) and queries.has_written(way.session, way.own.id, found.unit.id)
    if found.unit.kind == "reflection":
        shown |= written_by_its_writer(way, found.unit)
    return render(
        f"lms/learning/unit.html{part}",
        way=way,
        advice=own_sector_first(text.for_your_institution, way.own.sector),
        fingerprint=fingerprint(text.content_hash),
        at=now(),
        **shown,
    )


def _may_have_written(found: UnitStanding) -> bool:
    """Whether something may have been written instead of this text, whatever it offers now: writing leaves a step."""
    return found.touched and finished_by(found.unit.kind, found.unit.questions) is ProgressKind.READ


@bp.post("/learn/<edition>/units/<unit>/done")
@requires(Permission.LEARN)
def done(edition: str, unit: str) -> Answer:
    """Mark a text as read."""
    return _mark(edition, unit, services.complete_unit)


@bp.post("/learn/<edition>/units/<unit>/undo")
@requires(Permission.LEARN)
@logged_as("learning.undo")
def undo(edition: str, unit: str) -> Answer:
    """Take back that a text was read; logs do not say from which page, since one of the two is for who wrote."""
    return _mark(edition, unit, services.undo_unit)


def _mark(edition: str, unit: str, change: Any) -> Answer:
    form = OnceForm()
    try:
        if not form.validate_on_submit():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with unit_of_work() as session:
            way, key = way_through(session, edition), form.client_key.data
            change(session, own=way.own, outline=way.outline, unit=way.unit(unit), key=key, at=now())
    except (Refused, services.ChangedSince) as no:
        return _again(edition, unit, no)
    if wants_part():
        return text_page(way_through(db.session(), edition), unit, "#progress")
    page = "learning.instead" if _from_instead() else "learning.unit"
    return redirect(url_for(page, edition=edition, unit=unit, _anchor="progress"), 303)


def _from_instead() -> bool:
    """Whether the form stood on the page for writing instead, which must not lead to the text."""
    return bool(submitted("from") == "instead")


def _again(edition: str, key: str, refused: LmsError) -> tuple[str, int]:
    """The page as it is now, or its last block, and why the change was turned down."""
    way = way_through(db.session(), edition)
    found = way.unit(key)
    if finished_by(found.kind, found.questions) is ProgressKind.PASSED:
        return quiz_page(way, key, refusal=str(refused)), refused.status
    if _from_instead():
        return instead_page(way, key, refusal=str(refused)), refused.status
    return text_page(way, key, "#progress" if wants_part() else "", str(refused)), refused.status
