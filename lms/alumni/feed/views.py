"""The feed, and the pages on which administrators say who may read it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.values import dataclass
from lms.people.letters import absolute_url
from lms.people.sign_in import me
from lms.web.access import SAFE, Permission, begins_reading, public, requires
from lms.web.render import render

from . import api, permits, queries
from .forms import PartnerForm, TokenForm
from .openapi import description
from .queries import PartnerView
from .wording import told_beside

bp = Blueprint("feed", __name__)
LIST, NEW, ONE = ("lms/alumni/partners.html", "lms/alumni/partner_new.html", "lms/alumni/partner.html")
MADE_AT_MOST = 20
USUAL_LIFE = dt.timedelta(days=180)


@bp.get("/api/events")
@public
def events() -> Response:
    """The next events behind a cursor, for programs of partners."""
    return api.answer(db.session(), now())


@bp.get("/api/openapi.json")
@public
def openapi() -> Response:
    """The description of the feed for programs."""
    answer = Response(json.dumps(description(present_settings().public_url), indent=1), content_type="application/json")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@bp.get("/partners")
@requires(Permission.ADMINISTER)
def partners() -> str:
    """Every organisation that may read the feed, may not yet, or may not any more."""
    rows = [Line(found, told_beside(found.fields)) for found in queries.partners(db.session())]
    return render(LIST, partners=rows, at=now())


@dataclass(frozen=True)
class Line:
    """A partner in the list, with what it may be told in words."""

    partner: PartnerView
    told: str


@bp.route("/partners/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def name_partner() -> Any:
    """Name an organisation; another administrator confirms it."""
    form = PartnerForm()
    if request.method in SAFE:
        return render(NEW, form=form)
    try:
        if not form.validate():
            return render(NEW, form=form), 422
        with unit_of_work() as session:
            made = permits.name_partner(
                session, name=form.name.data or "", fields=form.fields, by=me().subject, at=now()
            )
    except Refused as no:
        form.refuse(no)
        return render(NEW, form=form), 422
    flash(_("The partner is named. Another administrator confirms it."), "done")
    return redirect(url_for(".partner", feed_partner=made.public_id), 303)


@bp.get("/partners/<feed_partner>")
@requires(Permission.ADMINISTER)
def partner(feed_partner: str) -> str:
    """One partner and its tokens."""
    return _page(feed_partner)


def _page(public_id: str, *, form: TokenForm | None = None, token: str | None = None) -> str:
    found = _partner(public_id)
    if form is None:
        form = TokenForm(formdata=None, until=(now() + USUAL_LIFE).date())
    given = {"partner": found, "form": form, "token": token, "told": told_beside(found.fields), "at": now()}
    return render(
        ONE, own=found.by == me().subject, zone=me().zone or "UTC", address=absolute_url("feed.events"), **given
    )


def _partner(public_id: str) -> PartnerView:
    for found in queries.partners(db.session(), public_id):
        return found
    raise NotFound


@bp.post("/partners/<feed_partner>/confirm")
@requires(Permission.ADMINISTER)
def confirm_partner(feed_partner: str) -> Any:
    """The second administrator's yes."""
    said = _("The partner is confirmed. It can be given a token.")
    return _act(feed_partner, said, lambda s: permits.confirm_partner(s, public_id=feed_partner, by=_by(), at=now()))


@bp.post("/partners/<feed_partner>/end")
@requires(Permission.ADMINISTER)
def end_partner(feed_partner: str) -> Any:
    """The partner reads nothing any more."""
    said = _("This partner reads nothing any more.")
    return _act(feed_partner, said, lambda s: permits.end_partner(s, public_id=feed_partner, by=_by(), at=now()))


@bp.post("/partners/<feed_partner>/tokens/<feed_token>/end")
@requires(Permission.ADMINISTER)
def end_token(feed_partner: str, feed_token: str) -> Any:
    """Nothing is read with this token any more."""
    said = _("The token is ended.")
    return _act(
        feed_partner, said,
        lambda s: permits.end_token(s, partner=feed_partner, public_id=feed_token, by=_by(), at=now()),
    )  # fmt: skip


def _by() -> str:
    return me().subject


def _act(public_id: str, said: str, act: Callable[[Session], None]) -> Answer | tuple[str, int]:
    form = TokenForm(formdata=None)
    try:
        with unit_of_work() as session:
            act(session)
    except Refused as no:
        form.refuse(no)
        return _page(public_id, form=form), 422
    flash(said, "done")
    return redirect(url_for(".partner", feed_partner=public_id), 303)


@bp.post("/partners/<feed_partner>/tokens")
@requires(Permission.ADMINISTER)
@begins_reading
def make_token(feed_partner: str) -> Any:
    """A token; the answer shows it, and no page ever again."""
    throttle.count("feed.token-made", me().subject, at=now(), limit=MADE_AT_MOST)
    form = TokenForm()
    try:
        if not form.validate():
            return _page(feed_partner, form=form), 422
        until = dt.datetime.combine(form.until.data, dt.time(23, 59, 59), dt.UTC)
        with unit_of_work() as session:
            token = permits.make_token(session, public_id=feed_partner, until=until, by=me().subject, at=now())
    except Refused as no:
        form.refuse(no)
        return _page(feed_partner, form=form), 422
    return _page(feed_partner, token=token)
