"""The answer to the yearly question: by one click from a letter, without signing in, or on one's own page."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.alumni.services import membership as services
from lms.alumni.services import yearly
from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.web.access import Permission, public, requires
from lms.web.one_click import asks_once_more, by_one_click, without_form_token

from .blueprint import Answer, bp

STILL = "lms/alumni/still.html"


@bp.get("/alumni/still/<link>")
@public
def still(link: str) -> str:
    """Asks once more; programs that look into letters open every link, so opening this one changes nothing."""
    return asks_once_more(STILL, link)


@bp.post("/alumni/still/<link>")
@public
def still_right(link: str) -> Answer:
    """One click; the same answer whoever the link is of, and whether or not it is of anybody."""
    return by_one_click(STILL, link, ("answer", "right"), _still)


def _still(session: Session, link: str, at: dt.datetime) -> None:
    yearly.answer(session, token=link, at=at)


without_form_token(bp, still_right)


@bp.post("/alumni/confirm")
@requires(Permission.ALUMNI)
def confirm() -> Answer:
    """A member says on their own page that everything is still right."""
    with unit_of_work() as session:
        services.confirm(session, person_id=me().person_id, at=now())
    flash(_("Thank you. We ask again in a year."), "done")
    return redirect(url_for(".index"), 303)
