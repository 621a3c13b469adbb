"""A module: what it is for, its units, and which is next."""

from __future__ import annotations

from lms.catalogue.rules.texts import variety_in
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.access import Permission, requires
from lms.web.render import render

from .blueprint import bp
from .way import way_through


@bp.get("/learn/<edition>/modules/<module>")
@requires(Permission.LEARN)
def module(edition: str, module: str) -> str:
    """A module of one's own edition; one that is not open yet says what it waits for."""
    way = way_through(db.session(), edition)
    found = way.standing.module(module)
    if found is None:
        raise NotFound
    number = way.standing.modules.index(found) + 1
    foreign = [one.unit for one in found.units if variety_in((one.unit.shown_in(way.language),), way.language) is None]
    shown = {"module": found, "number": number, "next_unit": found.next_unit, "foreign": foreign}
    return render("lms/learning/module.html", way=way, **shown)
