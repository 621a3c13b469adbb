"""What a person wants of letters: by one click from a letter, without signing in, and on the account page."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.forms import MailForm
from lms.people.models import Person
from lms.people.sign_in import me
from lms.web.access import Permission, public, requires
from lms.web.one_click import asks_once_more, by_one_click, without_form_token

from .blueprint import bp

STOP = "lms/people/stop_letters.html"


@bp.get("/letters/stop/<handle>")
@public
def stop_letters(handle: str) -> str:
    """Asks once more; programs that look into letters open every link, so opening this one changes nothing."""
    return asks_once_more(STOP, handle)


@bp.post("/letters/stop/<handle>")
@public
def letters_stopped(handle: str) -> str | tuple[str, int]:
    """The one click of a mail program (RFC 8058), or of the page; the same answer whoever the link is of."""
    return by_one_click(STOP, handle, ("List-Unsubscribe", "One-Click"), _stop)


def _stop(session: Session, link: str, at: dt.datetime) -> None:
    services.stop_digests(session, handle=link, at=at)


without_form_token(bp, letters_stopped)


@bp.post("/account/letters")
@requires(Permission.SIGNED_IN)
def mail_choices() -> Response:
    """Whether reminders come, and whether letters say little."""
    form = MailForm()
    with unit_of_work() as session:
        person = session.get_one(Person, me().person_id)
        services.choose_mail(
            session, person=person, says_little=form.says_little.data, digests=form.digests.data, at=now()
        )
    flash(_("Your choice is saved."), "done")
    return redirect(url_for("people.account", _anchor="letters"), 303)
