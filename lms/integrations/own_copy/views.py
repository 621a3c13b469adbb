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
FILES = {"data": ("application/json", "my-data.json"), "pages": ("application/pdf", "my-data.pdf")}


class AskForm(Form):
    """The password, to show that it is oneself who asks."""

    current = PasswordField(_l("Your password"), [NEEDED, at_most(LONGEST)])

    def hold(self) -> bool:
        """Whether the password was given, and is right; raises Refused for a wrong one. Behind a host's door there is
        none: the host alone knows who sits there."""
        if _own_door():
            if not self.validate():
                return False
            check_own_password(self.current.data)
        return True


class TakeForm(AskForm):
    """The password once more, since a page may have been left open; and which part is taken."""

    def __init__(self, *more: Any, **others: Any) -> None:
        # The page has both forms, and no two fields of one page are called alike.
        super().__init__(*more, prefix="take-", **others)


def _own_door() -> bool:
    return me().session_id is not None


@bp.route("/account/copy", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@begins_reading
def copy() -> Any:
    """Ask for a copy, and see how far it is."""
    form = AskForm()
    if request.method in SAFE:
        return _page()
    try:
        if not form.hold():
            return _page(form), 422
        throttle.count("own-copy", me().subject, at=now(), limit=ASKED_AT_MOST, seconds=A_DAY)
        with unit_of_work() as session:
            person = session.get_one(Person, me().person_id)
            services.ask(session, person=person, language=language(), at=now())
    except Refused as no:
        form.refuse(no)
        return _page(form), 422
    flash(_("Your copy is being made. It is ready in a moment."), "done")
    return redirect(url_for(".copy"), 303)


@bp.post("/account/copy/take")
@requires(Permission.SIGNED_IN)
@begins_reading
def take() -> Any:
    """Take one part; neither its name nor its address names anybody. At our own door it takes the password, each time;
    behind a host's, where nobody can be asked for one, each part is there once."""
    form, part = TakeForm(), request.form.get("part", "")
    try:
        if not form.hold():
            return _page(taking=form), 422
        with unit_of_work() as session:
            person = session.get_one(Person, me().person_id)
            made = services.take(session, person=person, part=part, once=not _own_door(), at=now())
    except Refused as no:
        form.refuse(no)
        return _page(taking=form), 422
    mimetype, name = FILES[part]
    answer = Response(made, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _page(form: AskForm | None = None, taking: TakeForm | None = None) -> str:
    viewer, session = me(), db.session()
    found = services.asked_by(session, viewer.person_id, now())
    work = progress(session, found.work) if found else None
    return render(
        "lms/integrations/own_copy.html",
        form=form or AskForm(formdata=None),
        taking=taking or TakeForm(formdata=None),
        found=found,
        work=work,
        busy=work is not None and work.running,
        own_door=_own_door(),
        zone=viewer.zone or "UTC",
    )
