"""Past editions: who completed one before this system was, proposed by one officer and confirmed by another."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.alumni.forms import PastForm
from lms.alumni.queries import past as reads
from lms.alumni.services import past as services
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.proposals.deciding import decided
from lms.people.sign_in import me
from lms.people.states import name as state_name
from lms.seminars.queries import edition_of
from lms.web.access import Permission, keeps_typed, requires
from lms.web.clicks import one_click
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp
from .office import everything_only


@bp.get("/alumni/past")
@requires(Permission.COORDINATE)
def past() -> str:
    """The editions that are over, with how many of their people wait for a record."""
    everything_only()
    return render("lms/alumni/past.html", rows=reads.past_editions(db.session(), now().date()))


@bp.get("/alumni/past/<edition>")
@requires(Permission.COORDINATE)
def past_edition(edition: str) -> str:
    """The people of one, to be proposed or confirmed."""
    return _page(edition, PastForm(formdata=None))


def _page(public_id: str, form: PastForm) -> str:
    everything_only()
    session = db.session()
    found = edition_of(session, public_id, me().scope)
    people = reads.candidates(session, found.id)
    note_look("past.listed", public_id, people=len(people))
    return render(
        "lms/alumni/past_edition.html",
        edition=found,
        people=people,
        proposal=reads.proposal_of(session, found.id, now()),
        form=form,
        chosen=set(request.form.getlist("chosen")) if request.form else None,
        state_of=lambda code: state_name(code, language()),
        me=me(),
    )


@bp.post("/alumni/past/<edition>")
@requires(Permission.COORDINATE)
@keeps_typed("source")
def propose_past(edition: str) -> Answer:
    """Propose records for those who are chosen."""
    everything_only()
    form, chosen = PastForm(), set(request.form.getlist("chosen"))
    if form.validate_on_submit():
        try:
            with one_click() as session:
                found = edition_of(session, edition, me().scope)
                places = [one.enrolment_id for one in reads.candidates(session, found.id) if one.enrolment in chosen]
                source = form.source.data or ""
                services.propose(session, edition=found, places=places, source=source, by=me().subject, at=now())
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("Proposed. Another officer has to confirm it within seven days."), "done")
            return redirect(url_for(".past_edition", edition=edition), 303)
    return _page(edition, form), 422


@bp.post("/alumni/past/<edition>/confirm")
@requires(Permission.COORDINATE)
def confirm_past(edition: str) -> Answer:
    """The second officer confirms: the records are written."""
    return _answer(edition, services.confirm, _("Confirmed. The records are written, and the people are alumni."))


@bp.post("/alumni/past/<edition>/decline")
@requires(Permission.COORDINATE)
def decline_past(edition: str) -> Answer:
    """Turn a proposal down, or take it back."""
    return _answer(edition, services.decline, _("The proposal is closed. Nothing was written."))


@bp.post("/alumni/past/<edition>/invite")
@requires(Permission.COORDINATE)
def invite_past(edition: str) -> Answer:
    """Write to those who were attested a record and have never signed in."""
    everything_only()
    viewer = me()
    with unit_of_work() as session:
        found = edition_of(session, edition, viewer.scope)
        number = services.invite_all(session, edition=found, by=viewer.person_id, at=now())
    flash(ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", number), "done")
    return redirect(url_for(".past_edition", edition=edition), 303)


def _answer(edition: str, verb: Callable[..., object], done: str) -> Answer:
    everything_only()

    def act(session: Session, shown: str) -> None:
        verb(session, edition=edition_of(session, edition, me().scope), proposal=shown, by=me().subject, at=now())

    decided(act, done)
    return redirect(url_for(".past_edition", edition=edition), 303)
