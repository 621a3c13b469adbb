"""Letters by which states are asked to nominate people."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.people.states import sorted_for
from lms.seminars import queries, services
from lms.seminars.forms import CallForm
from lms.seminars.labels import state_name
from lms.seminars.models import Edition
from lms.seminars.services.calls import NOT_ASKED, Call, noted
from lms.seminars.state_keys import state_key
from lms.web.access import Permission, keeps_typed, requires
from lms.web.dates import local_day
from lms.web.meanwhile import ChangedMeanwhile, marks_of
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/nominations/letters")
@requires(Permission.COORDINATE)
def calls(edition: str) -> str:
    """Note letters to states, or change what is noted of the one that the address asks for."""
    found = queries.edition_of(db.session(), edition, me().scope)
    return _page(found, _form(found, _noted(found)))


def _noted(edition: Edition) -> dict[str, Call]:
    return noted(db.session(), edition.id)


def _marks(present: Mapping[str, Call]) -> str:
    """Of what is noted of each state, and that nothing is noted of the others."""
    return marks_of({state.code: present.get(state.code, NOT_ASKED) for state in sorted_for("en")})


def _form(edition: Edition, present: Mapping[str, Call]) -> CallForm:
    asked, shown = request.args.get("state"), _marks(present)
    code = next((code for code in present if state_key(edition.public_id, code) == asked), None)
    if code is None:
        return CallForm(formdata=None, sent_on=local_day(now(), edition.zone), shown=shown)
    return CallForm(formdata=None, states=state_name(code), shown=shown, **vars(present[code]))


def _page(edition: Edition, form: CallForm) -> str:
    return render("lms/seminars/calls.html", edition=edition, form=form)


@bp.post("/editions/<edition>/nominations/letters")
@requires(Permission.COORDINATE)
@keeps_typed("states")
def note_calls(edition: str) -> Answer:
    """Take over what is said of these states."""
    viewer, form = me(), CallForm()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    if form.validate_on_submit():
        call = Call(form.places.data, form.sent_on.data, form.answered_on.data)
        try:
            with unit_of_work() as session:
                mine = queries.edition_of(session, edition, viewer.scope)
                services.note_calls(
                    session, edition=mine, codes=form.codes, call=call, shown=form.shown.data or "", at=now(),
                    by=viewer.subject,
                )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        except ChangedMeanwhile as no:
            form.show_theirs(no, _marks(_noted(found)))
        else:
            flash(_("Noted."), "done")
            return redirect(url_for("dashboards.nominations", edition=edition), 303)
    return _page(found, form), form.status
