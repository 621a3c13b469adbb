"""The weekly reminder of an edition: whether it goes by itself, and what it would do now."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.dashboards import queries as dashboards
from lms.dashboards.rules.looks import Filter
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.reminders import queries
from lms.reminders.planning import plan
from lms.reminders.weekly import turn_weekly
from lms.reminders.wording import LEFT_OUT
from lms.seminars.queries import edition_of
from lms.seminars.rules import Stage
from lms.web.access import Permission, requires
from lms.web.forms import submitted
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/reminders/weekly")
@requires(Permission.COORDINATE)
def weekly(edition: str) -> str:
    """Whether it is on, and how many people it would write to."""
    session, scope = db.session(), me().scope
    row = edition_of(session, edition, scope)
    seen = dashboards.look(session, edition, scope)
    invited = dashboards.people_behind(session, seen, Filter(stage=Stage.INVITED))
    try:
        ids = [one.enrolment_id for one in invited]
        found, problem = plan(session, edition=row, scope=seen.scope, enrolments=ids, at=now()), ""
    except Refused as many:
        found, problem = None, str(many)
    return render(
        "lms/reminders/weekly.html",
        edition=row,
        on=queries.weekly_on(session, row.id),
        plan=found,
        problem=problem,
        reasons=LEFT_OUT,
    )


@bp.post("/editions/<edition>/reminders/weekly")
@requires(Permission.COORDINATE)
def turn(edition: str) -> Answer:
    """Turn it on or off."""
    viewer, on = me(), submitted("on") == "yes"
    with unit_of_work() as session:
        row = edition_of(session, edition, viewer.scope)
        turn_weekly(session, edition=row, on=on, at=now(), by=viewer.subject)
    flash(_("The weekly reminder is on.") if on else _("The weekly reminder is off."), "done")
    return redirect(url_for(".weekly", edition=edition), 303)
