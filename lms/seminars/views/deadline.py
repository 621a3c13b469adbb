"""Another deadline for an edition: first whom it affects, then the change of exactly that."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import EditionDeadlineForm
from lms.seminars.models import Edition
from lms.seminars.pages import DeadlinePage
from lms.web.access import Permission, requires
from lms.web.clicks import one_click
from lms.web.dates import town
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.slices import page_in

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/deadline")
@requires(Permission.COORDINATE)
def deadline(edition: str) -> Answer:
    """Say another deadline, and see whom it affects; nothing changes by looking."""
    found = queries.edition_of(db.session(), edition, me().scope)
    if "deadline_day" not in request.args:
        return _page(found, EditionDeadlineForm(found, **EditionDeadlineForm.said_of(found)))
    form = EditionDeadlineForm(found, formdata=request.args, meta={"csrf": False})
    if not form.validate():
        return _page(found, form), 422
    return _page(found, EditionDeadlineForm(found, formdata=request.args), form)


@bp.post("/editions/<edition>/deadline")
@requires(Permission.COORDINATE)
def change_deadline(edition: str) -> Answer:
    """Change it, as it was shown; what has changed since is shown anew. People are told where that was asked for."""
    viewer, told = me(), 0
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = EditionDeadlineForm(found)
    if not form.validate():
        return _page(found, form), 422
    try:
        with one_click() as session:
            found = queries.edition_of(session, edition, viewer.scope)
            told = services.set_deadline(
                session, edition=found, deadline=form.deadline, shown=form.shown.data or "", tell=form.tell.data,
                scope=viewer.scope, at=now(), by=viewer.subject,
            )  # fmt: skip
    except (Refused, Conflict) as no:
        form.refuse(no)
        return _page(queries.edition_of(db.session(), edition, viewer.scope), form, form), no.status
    flash(_("The deadline was changed."), "done")
    if told:
        flash(ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", told), "done")
    if form.twice:
        flash(form.twice, "care")
    return redirect(url_for(".edit_edition", edition=edition), 303)


def _page(edition: Edition, form: EditionDeadlineForm, said: EditionDeadlineForm | None = None) -> str:
    """The form, and with what was `said` whom it affects."""
    shown: dict[str, Any] = {"page": None}
    if said is not None:
        session, scope = db.session(), me().scope
        shifts = queries.shifts(session, edition, said.deadline, scope)
        names = names_of(session, [one.person_id for one in shifts])
        note_look("deadline.looked", edition.public_id, people=len(shifts))
        programme = edition.zone, town(edition.place)
        shown = {
            "page": DeadlinePage(edition.deadline, shifts, names, page_in(request.args), now(), programme),
            "said": said,
        }
    return render("lms/seminars/deadline.html", edition=edition, form=form, **shown)
