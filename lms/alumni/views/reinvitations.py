"""Lost mailboxes: another address for an alumna or alumnus, proposed by one officer and confirmed by another."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from lms.alumni.forms import ReinvitationForm
from lms.alumni.queries import reinvitations as reads
from lms.alumni.services import reinvitations as services
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.people.proposals.deciding import decided
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.web.access import Permission, keeps_typed, requires
from lms.web.clicks import one_click
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp
from .office import everything_only


@bp.get("/alumni/mailboxes")
@requires(Permission.COORDINATE)
def mailboxes() -> str:
    """What is proposed and waits for a second officer, and the form for a new proposal; with `place` for whoever holds
    that place and has no address."""
    return _page(ReinvitationForm(formdata=None))


def _page(form: ReinvitationForm) -> str:
    everything_only()
    session, place = db.session(), request.values.get("place", "")
    rows = reads.waiting_reinvitations(session, now())
    whom = reads.alumni_without_address(session, place).id if place else None
    if rows or whom:
        note_look("mailboxes.listed", me().subject, people=len(rows) + bool(whom))
    name = names_of(session, [whom])[whom] if whom else ""
    return render("lms/alumni/mailboxes.html", rows=rows, form=form, place=place, called=name, me=me())


@bp.post("/alumni/mailboxes")
@requires(Permission.COORDINATE)
@keeps_typed("reason")
def propose_mailbox() -> Answer:
    """Propose another address."""
    everything_only()
    form, place = ReinvitationForm(), request.form.get("place", "")
    if place:
        form.old.validators = []  # there is none
    if form.validate_on_submit():
        try:
            with one_click() as session:
                services.propose(
                    session,
                    old_address=form.old.data or "",
                    new_address=form.new.data or "",
                    reason=form.reason.data or "",
                    by=me().subject,
                    at=now(),
                    place=place,
                )
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("Proposed. Another officer has to confirm it within seven days."), "done")
            return redirect(url_for(".mailboxes"), 303)
    return _page(form), 422


@bp.post("/alumni/mailboxes/confirm")
@requires(Permission.COORDINATE)
def confirm_mailbox() -> Answer:
    """The second officer confirms."""
    return _answer(services.confirm, _("Confirmed. A letter goes to the new address; an old one is told."))


@bp.post("/alumni/mailboxes/decline")
@requires(Permission.COORDINATE)
def decline_mailbox() -> Answer:
    """Turn a proposal down, or take it back."""
    return _answer(services.decline, _("The proposal is closed. Nothing was changed."))


def _answer(verb: Callable[..., None], done: str) -> Answer:
    everything_only()
    decided(lambda session, shown: verb(session, proposal=shown, by=me().subject, at=now()), done)
    return redirect(url_for(".mailboxes"), 303)
