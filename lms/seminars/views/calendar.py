"""A person's calendar: the page about its secret address, and what is read under that address."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.secrets import digest
from lms.kernel.unit_of_work import unit_of_work
from lms.people.letters import absolute_url
from lms.people.rules.networks import network_of
from lms.people.sign_in import me
from lms.seminars import ics, queries, services
from lms.seminars.calendar_words import CALENDAR
from lms.seminars.rules.calendar import Planned, planned
from lms.web.access import Permission, begins_reading, public, requires
from lms.web.languages import speaking
from lms.web.render import render

from .blueprint import Answer, bp

READ_AT_MOST = 30
"""How often one calendar is given out in five minutes, and how many wrong addresses one network may try."""


@bp.get("/calendar")
@requires(Permission.SIGNED_IN)
def calendar() -> str:
    """Whether there is an address, and what is read under it."""
    return _page(None)


@bp.post("/calendar")
@requires(Permission.SIGNED_IN)
@begins_reading
def make_calendar() -> str:
    """Make an address, or another in its place; the answer shows it, and no page ever again."""
    viewer = me()
    throttle.count("calendar.made", viewer.subject, at=now(), limit=READ_AT_MOST)
    with unit_of_work() as session:
        token = services.make_calendar_address(session, person_id=viewer.person_id, subject=viewer.subject, at=now())
    return _page(absolute_url("seminars.calendar_feed", token=token))


@bp.post("/calendar/end")
@requires(Permission.SIGNED_IN)
def end_calendar() -> Answer:
    """The address leads nowhere from now on."""
    viewer = me()
    with unit_of_work() as session:
        services.end_calendar_address(session, person_id=viewer.person_id, subject=viewer.subject, at=now())
    flash(_("The calendar address is ended."), "done")
    return redirect(url_for(".calendar"), 303)


def _page(address: str | None) -> str:
    viewer = me()
    made_at = queries.calendar_made_at(db.session(), viewer.person_id)
    return render("lms/seminars/calendar.html", address=address, made_at=made_at, zone=viewer.zone or "UTC")


@bp.get("/calendar/<token>.ics")
@public
def calendar_feed(token: str) -> Response:
    """The calendar of whoever made this address, for programs that ask again by themselves; nobody is signed in."""
    session, at = db.session(), now()
    reader = queries.calendar_reader(session, token)
    if reader is None:
        throttle.count("calendar.unknown", network_of(request.remote_addr or ""), at=at, limit=READ_AT_MOST)
        raise NotFound
    throttle.count("calendar", digest(token), at=at, limit=READ_AT_MOST)
    places = queries.calendar_places(session, reader.person_id, at)
    with speaking(reader.locale or "en"):
        entries = [_entry(found) for place in places for found in planned(place)]
        text = ics.calendar(_("Raphael Lemkin Seminar"), entries)
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.add_etag()
    return answer.make_conditional(request)


def _entry(found: Planned) -> ics.Entry:
    said = CALENDAR[found.what]
    return ics.Entry(
        uid=found.uid,
        sequence=found.sequence,
        changed=found.changed,
        begins=found.begins,
        ends=found.ends,
        summary=str(said.summary),
        description=str(said.description),
        url=absolute_url("home.index"),
        cancelled=found.cancelled,
    )
