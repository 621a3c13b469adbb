"""What was sent: every sending, and who was left out of one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import request, url_for
from werkzeug.wrappers import Response

from lms.kernel.db import db
from lms.people.queries import names_by_subject, names_of
from lms.people.sign_in import me
from lms.reminders import queries
from lms.reminders.pages import SentPage
from lms.reminders.rules import LeftOut
from lms.reminders.sheets import left_out_sheet, sendings_sheet
from lms.seminars.models import Edition
from lms.seminars.queries import edition_of
from lms.web.access import Permission, requires
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.sheets import as_file, taken_away
from lms.web.slices import page_in

from .blueprint import bp


@bp.get("/editions/<edition>/reminders/sent.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/reminders/sent.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def sent_file(edition: str, form: str) -> Response:
    """Every sending as a file."""
    session = db.session()
    row = edition_of(session, edition, me().scope)
    sendings = queries.sendings_of(session, row.id)
    taken_away(edition, "reminders-sent", form, sendings=len(sendings))
    names = names_by_subject(session, {one.by for one in sendings})
    return as_file(sendings_sheet(sendings, names, ZoneInfo(row.zone)), form)


@bp.get("/editions/<edition>/reminders/sent/<sending>")
@requires(Permission.COORDINATE)
def left_out(edition: str, sending: str) -> str:
    """Who got no letter when reminders were sent, and why."""
    session = db.session()
    row = edition_of(session, edition, me().scope)
    page = _page(row, sending)
    note_look("reminders.left-out", edition, people=len(page.shown))
    return render(
        "lms/reminders/left_out.html",
        edition=row,
        page=page,
        here=url_for(".left_out", edition=edition, sending=sending),
        names=names_by_subject(session, {page.sending.by}),
    )


def _page(edition: Edition, sending: str) -> SentPage:
    session, asked = db.session(), request.args.get("show", "")
    found = queries.sending_in(session, edition.id, sending)
    people = queries.left_out_of(session, found, me().scope)
    show = asked if asked in set(LeftOut) else ""
    return SentPage(found, people, show, lambda ids: names_of(session, ids), page_in(request.args))


@bp.get("/editions/<edition>/reminders/sent/<sending>.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/reminders/sent/<sending>.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def left_out_file(edition: str, sending: str, form: str) -> Response:
    """The whole list as a file."""
    session = db.session()
    people = _page(edition_of(session, edition, me().scope), sending).listed
    taken_away(edition, "reminders-left-out", form, people=len(people))
    return as_file(left_out_sheet(people, names_of(session, {one.person_id for one in people})), form)
