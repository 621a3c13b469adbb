"""Letters to focal points: looked at, printed, sent."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.dashboards.rules.looks import of_states_and_institutions
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.letters import Letter, compose, reader_of
from lms.people.queries import names_of
from lms.people.rules import Scope
from lms.people.sign_in import me
from lms.reminders import focal
from lms.seminars.queries import edition_by_public_id, edition_of
from lms.web.access import Permission, requires
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/focal-points")
@requires(Permission.COORDINATE)
def focal_points(edition: str) -> str:
    """Every focal point with people in the edition, each with their letter."""
    session = db.session()
    row = edition_of(session, edition, me().scope)
    points = focal.focal_points(session, row, now())
    note_look("focal-points.looked", row.public_id)
    names = names_of(session, [one.person_id for one in points])
    return render("lms/reminders/focal_points.html", edition=row, points=points, names=names)


@bp.get("/editions/<edition>/focal-points/<mandate>")
@requires(Permission.COORDINATE)
def focal_letter(edition: str, mandate: str) -> Answer:
    """The letter, as it would be sent and as it prints."""
    session = db.session()
    row = edition_of(session, edition, me().scope)
    point = focal.focal_point(session, row, mandate, now())
    return _page(edition, point.person_id, _letter(edition, point.person_id, point.scope), mandate)


def _letter(edition: str, person_id: int, scope: Scope) -> Letter:
    session = db.session()
    facts = focal.facts_for(session, edition_by_public_id(session, edition), scope)
    return compose(focal.FOCAL, reader_of(session, person_id, template=focal.FOCAL), facts, "")


def _page(edition: str, person_id: int, letter: Letter, mandate: str | None, problem: str = "") -> str:
    session = db.session()
    note_look("focal-letter.looked", edition)
    name = names_of(session, [person_id])[person_id]
    row = edition_by_public_id(session, edition)
    return render(
        "lms/reminders/focal_letter.html", edition=row, letter=letter, to=name, mandate=mandate, problem=problem
    )


@bp.post("/editions/<edition>/focal-points/<mandate>")
@requires(Permission.COORDINATE)
def send_focal_letter(edition: str, mandate: str) -> Answer:
    """Send what the page shows."""
    viewer = me()
    try:
        with unit_of_work() as session:
            row = edition_of(session, edition, viewer.scope)
            point = focal.focal_point(session, row, mandate, now())
            focal.write_to_focal_point(session, edition=row, point=point, at=now(), by=viewer.subject)
    except Refused as no:
        point = focal.focal_point(db.session(), edition_of(db.session(), edition, viewer.scope), mandate, now())
        letter = _letter(edition, point.person_id, point.scope)
        return _page(edition, point.person_id, letter, mandate, str(no)), 422
    flash(_("The letter is on its way."), "done")
    return redirect(url_for(".focal_letter", edition=edition, mandate=mandate), 303)


@bp.get("/editions/<edition>/own-people")
@requires(Permission.OVERSEE)
def own_letter(edition: str) -> Answer:
    """A focal point's own people as a letter to print; for everybody else there is none."""
    viewer = me()
    scope = of_states_and_institutions(viewer.scope)
    if not scope.states and not scope.institutions:
        raise NotFound
    return _page(edition, viewer.person_id, _letter(edition, viewer.person_id, scope), None)
