"""The morning sheet: of one edition, and of all that somebody coordinates."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.seminars import services
from lms.web.access import Permission, requires
from lms.web.dates import local_day
from lms.web.fresh import tag_of, tagged, unchanged
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render, wants_part
from lms.web.sheets import as_file, taken_away
from lms.web.slices import page_in

from .attention_filters import narrowing
from .attention_pages import SheetPage
from .forms import drawn_at
from .queries.attention import Watched, all_watched, sheet, watched
from .queries.freshness import freshness

bp = Blueprint("attention", __name__)


@bp.get("/editions/<edition>/attention")
@requires(Permission.COORDINATE)
def edition(edition: str) -> Response:
    """Who needs attention in one edition, and why."""
    found = watched(db.session(), edition, me().scope)
    return _answer([found])


@bp.get("/editions/attention")
@requires(Permission.COORDINATE)
def everywhere() -> Response:
    """Who needs attention in any edition that one coordinates and that is not over."""
    found = all_watched(db.session(), me().scope, now())
    return _answer(found, several=True)


@bp.get("/editions/<edition>/attention.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/attention.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def taken(edition: str, form: str) -> Response:
    """The sheet of one edition as a file: everybody on all of its pages."""
    return _file([watched(db.session(), edition, me().scope)], form)


@bp.get("/editions/attention.csv", defaults={"form": "csv"})
@bp.get("/editions/attention.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def taken_everywhere(form: str) -> Response:
    """The sheet of all editions as a file."""
    return _file(all_watched(db.session(), me().scope, now()), form, several=True)


def _file(editions: Sequence[Watched], form: str, *, several: bool = False) -> Response:
    found = _page(editions, everybody=True, several=several)
    about = "editions" if several else editions[0].public_id
    taken_away(about, "attention", form, filter=found.narrowing.asked, people=found.sheet.total)
    return as_file(found.taken(), form)


@bp.post("/editions/<edition>/attention/seen")
@requires(Permission.COORDINATE)
def seen(edition: str) -> Response:
    """What changed in one edition up to the moment the page was drawn has been seen."""
    with unit_of_work() as session:
        _mark(session, [watched(session, edition, me().scope)])
    flash(_("What happens from now on will stand here."), "done")
    return redirect(url_for(".edition", edition=edition), 303)


@bp.post("/editions/attention/seen")
@requires(Permission.COORDINATE)
def seen_everywhere() -> Response:
    """The same for every edition that one coordinates and that is not over."""
    with unit_of_work() as session:
        _mark(session, all_watched(session, me().scope, now()))
    flash(_("What happens from now on will stand here."), "done")
    return redirect(url_for(".everywhere"), 303)


def _mark(session: Session, editions: Sequence[Watched]) -> None:
    ids = [one.id for one in editions]
    services.mark_seen(session, person_id=me().person_id, edition_ids=ids, upto=drawn_at(request.form, now()))


def _answer(editions: Sequence[Watched], *, several: bool = False) -> Response:
    """The page; for one that is open already only what changes in it, or nothing where nothing has changed."""
    tag = _tag(editions)
    same = unchanged(tag)
    if same is not None:
        return same
    part = "#sheet" if wants_part() else ""
    page = _page(editions, several=several)
    _note(page)
    return tagged(
        Response(render(f"lms/dashboards/attention.html{part}", page=page, tag=tag), mimetype="text/html"), tag
    )


def _tag(editions: Sequence[Watched]) -> str:
    """Of the sheet as it is now: what is known of its people, the days in its places, the language and the person."""
    at, viewer = now(), me()
    state = freshness(db.session(), editions, at)
    days = [local_day(at, one.zone) for one in editions]
    return tag_of(viewer.subject, language(), request.full_path, editions, days, state)


def _page(editions: Sequence[Watched], *, several: bool, everybody: bool = False) -> SheetPage:
    session, scope, at = db.session(), me().scope, now()
    only = narrowing(session, editions, scope, request.args, several=several)
    page = None if everybody else page_in(request.args)
    found = sheet(session, only.editions, scope, at, page, only.conditions)
    return SheetPage(only.editions, found, at, language(), *_addresses(editions, several), only, several)


def _note(page: SheetPage) -> None:
    for one in page.editions:
        shown = sum(line.edition.id == one.id for line in page.sheet.lines)
        shown += sum(change.edition_id == one.id for change in page.sheet.changes)
        if shown:
            note_look("attention.listed", one.public_id, people=shown)


def _addresses(editions: Sequence[Watched], several: bool) -> tuple[str, str]:
    """Of the sheet, and of the place where one says to have seen it."""
    if several:
        return url_for(".everywhere"), url_for(".seen_everywhere")
    edition = editions[0].public_id
    return url_for(".edition", edition=edition), url_for(".seen", edition=edition)
