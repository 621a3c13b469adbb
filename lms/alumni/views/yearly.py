"""The answer to the yearly question: by one click from a letter, without signing in, or on one's own page."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from lms.alumni.services import membership as services
from lms.alumni.services import yearly
from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.web.access import Permission, public, requires
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/alumni/still/<link>")
@public
def still(link: str) -> str:
    """Asks once more; programs that look into letters open every link, so opening this one changes nothing."""
    return render("lms/alumni/still.html", link=link, done=False)


@bp.post("/alumni/still/<link>")
@public
def still_right(link: str) -> Answer:
    """One click; the same answer whoever the link is of, and whether or not it is of anybody."""
    if request.form.get("answer") != "right":
        return render("lms/alumni/still.html", link=link, done=False), 422
    with unit_of_work() as session:
        yearly.answer(session, token=link, at=now())
    return render("lms/alumni/still.html", link=link, done=True)


@bp.record
def _without_form_token(state: BlueprintSetupState) -> None:
    """Whoever answers has a letter of ours and perhaps no cookies; the link itself is the proof."""
    state.app.extensions["csrf"].exempt(still_right)


@bp.post("/alumni/confirm")
@requires(Permission.ALUMNI)
def confirm() -> Answer:
    """A member says on their own page that everything is still right."""
    with unit_of_work() as session:
        services.confirm(session, person_id=me().person_id, at=now())
    flash(_("Thank you. We ask again in a year."), "done")
    return redirect(url_for(".index"), 303)
