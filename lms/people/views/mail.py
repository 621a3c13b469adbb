"""What a person wants of letters: by one click from a letter, without signing in, and on the account page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.forms import MailForm
from lms.people.models import Person
from lms.people.sign_in import me
from lms.web.access import Permission, public, requires
from lms.web.render import render

from .blueprint import bp


@bp.get("/letters/stop/<handle>")
@public
def stop_letters(handle: str) -> str:
    """Asks once more; programs that look into letters open every link, so opening this one changes nothing."""
    return render("lms/people/stop_letters.html", handle=handle, done=False)


@bp.post("/letters/stop/<handle>")
@public
def letters_stopped(handle: str) -> Any:
    """The one click of a mail program (RFC 8058), or of the page; the same answer whoever the link is of."""
    if request.form.get("List-Unsubscribe") != "One-Click":
        return render("lms/people/stop_letters.html", handle=handle, done=False), 422
    with unit_of_work() as session:
        services.stop_digests(session, handle=handle, at=now())
    return render("lms/people/stop_letters.html", handle=handle, done=True)


@bp.record
def _without_form_token(state: BlueprintSetupState) -> None:
    """A mail program that sends the click has opened no page of ours and has no token; the link itself is the proof."""
    state.app.extensions["csrf"].exempt(letters_stopped)


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
