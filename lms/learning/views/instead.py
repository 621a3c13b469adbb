"""Something to write instead of a hard text. It counts the same, and nothing that others see tells the two apart: the
progress and its receipt are those of reading, and logs name both ways alike."""

from __future__ import annotations

from flask import redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.catalogue.rules.outline import OutlineUnit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries, services
from lms.learning.forms import ReflectionForm
from lms.learning.rules.progress import ProgressKind, finished_by
from lms.web.access import Permission, keeps_typed, logged_as, requires
from lms.web.render import render

from .blueprint import bp
from .way import Way, neighbours, remember_place, way_through
from .wording import beside_key_points
from .writing import both

Answer = Response | str | tuple[str, int]


@bp.get("/learn/<edition>/units/<unit>/instead")
@requires(Permission.LEARN)
@logged_as("learning.unit")
def instead(edition: str, unit: str) -> Answer:
    """What to write instead of a text, and what was written; the text itself does not stand here."""
    way = way_through(db.session(), edition)
    module, found = way.find(unit)
    if not module.open:
        return redirect(url_for("learning.module", edition=edition, module=module.module.key), 303)
    remember_place(way, found.unit)
    return instead_page(way, unit)


def instead_page(way: Way, key: str, form: ReflectionForm | None = None, refusal: str | None = None) -> str:
    """The page for writing instead, with the form as it was sent if it was refused. Raises NotFound where a text offers
    nothing to write and nothing was written."""
    module, found = way.find(key)
    text, kept = way.text(found.unit), queries.reflection(way.session, way.own, found.unit.id)
    by_reading = finished_by(found.unit.kind, found.unit.questions) is ProgressKind.READ
    if not by_reading or not (text.written_alternative or kept):
        raise NotFound
    writing = form or ReflectionForm(formdata=None, text=kept.text if kept else "")
    sources, terms = beside_key_points(text)
    shown = {"module": module, "found": found, "unit": found.unit, "text": text, "sources": sources, "terms": terms}
    shown |= {"number": way.standing.modules.index(module) + 1, "after": neighbours(way, found.unit)[1]}
    shown |= {"form": form, "writing": writing, "kept": kept, "client_key": new_token(), "refusal": refusal}
    return render("lms/learning/instead.html", way=way, **shown)


@bp.post("/learn/<edition>/units/<unit>/instead")
@requires(Permission.LEARN)
@logged_as("learning.done")
@keeps_typed("text")
def write_instead(edition: str, unit: str) -> Answer:
    """Keep what a person wrote instead of reading a text."""
    form = ReflectionForm()
    try:
        with unit_of_work() as session:
            way = way_through(session, edition)
            if form.validate_on_submit():
                _keep(session, way, way.unit(unit), form)
    except services.ChangedSince as changed:
        return both(edition, unit, changed, form, "instead")
    except Refused as no:
        form.refuse(no)
    if form.errors or form.refusal:
        return instead_page(way_through(db.session(), edition), unit, form), 422
    return redirect(url_for("learning.instead", edition=edition, unit=unit, _anchor="progress"), 303)


def _keep(session: Session, way: Way, unit: OutlineUnit, form: ReflectionForm) -> None:
    text, key, at = form.text.data, form.client_key.data, now()
    services.write_instead(session, own=way.own, outline=way.outline, unit=unit, text=text, key=key, at=at)
