"""Asking for a copy of one's own data, and taking it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import PasswordField

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.undertakings import progress
from lms.kernel.unit_of_work import unit_of_work
from lms.people.forms import NEEDED, at_most
from lms.people.models import Person
from lms.people.rules.passwords import LONGEST
from lms.people.sign_in import me
from lms.people.views.account import check_own_password
from lms.web.access import SAFE, Permission, begins_reading, requires
from lms.web.forms import Form
from lms.web.languages import language
from lms.web.render import render

from . import services

bp = Blueprint("own_copy", __name__)
ASKED_AT_MOST, A_DAY = 5, 86_400


class AskForm(Form):
    """The password, to show that it is oneself who asks."""

    current = PasswordField(_l("Your password"), [NEEDED, at_most(LONGEST)])


@bp.route("/account/copy", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@begins_reading
def copy() -> Any:
    """Ask for a copy, and see how far it is."""
    form = AskForm()
    if request.method in SAFE:
        return _page(form)
    own_door = me().session_id is not None
    try:
        if own_door and not form.validate():
            return _page(form), 422
        if own_door:
            check_own_password(form.current.data)
        throttle.count("own-copy", me().subject, at=now(), limit=ASKED_AT_MOST, seconds=A_DAY)
        with unit_of_work() as session:
            person = session.get_one(Person, me().person_id)
            services.ask(session, person=person, language=language(), at=now())
    except Refused as no:
        form.refuse(no)
        return _page(form), 422
    flash(_("Your copy is being made. It is ready in a moment."), "done")
    return redirect(url_for(".copy"), 303)


def _page(form: AskForm) -> str:
    viewer, session = me(), db.session()
    found = services.asked_by(session, viewer.person_id, now())
    work = progress(session, found.work) if found else None
    busy = work is not None and work.running
    own_door, zone = viewer.session_id is not None, viewer.zone or "UTC"
    return render(
        "lms/integrations/own_copy.html", form=form, found=found, work=work, busy=busy, own_door=own_door, zone=zone
    )


@bp.get("/account/copy/data.json")
@requires(Permission.SIGNED_IN)
def data() -> Response:
    """The data, for the person alone; neither its name nor its address names anybody."""
    return _file("data", "application/json", "my-data.json")


@bp.get("/account/copy/pages.pdf")
@requires(Permission.SIGNED_IN)
def pages() -> Response:
    """The pages to be read."""
    return _file("pages", "application/pdf", "my-data.pdf")


def _file(part: str, mimetype: str, name: str) -> Response:
    made = services.copy_of(db.session(), me().person_id, part, now())
    answer = Response(made, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
