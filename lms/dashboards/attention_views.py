"""The morning sheet: of one edition, and of all that somebody coordinates."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request, url_for

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.slices import page_in

from .attention_pages import SheetPage
from .queries.attention import Watched, all_watched, sheet, watched

bp = Blueprint("attention", __name__)


@bp.get("/editions/<edition>/attention")
@requires(Permission.COORDINATE)
def edition(edition: str) -> str:
    """Who needs attention in one edition, and why."""
    found = watched(db.session(), edition, me().scope)
    return render("lms/dashboards/attention.html", page=_page([found], url_for(".edition", edition=edition)))


@bp.get("/editions/attention")
@requires(Permission.COORDINATE)
def everywhere() -> str:
    """Who needs attention in any edition that one coordinates and that is not over."""
    found = all_watched(db.session(), me().scope, now().date())
    return render("lms/dashboards/attention.html", page=_page(found, url_for(".everywhere"), several=True))


def _page(editions: Sequence[Watched], url: str, *, several: bool = False) -> SheetPage:
    at = now()
    found = sheet(db.session(), editions, me().scope, at, page_in(request.args))
    for one in sorted({line.edition.public_id for line in found.lines}):
        note_look("attention.listed", one, people=sum(line.edition.public_id == one for line in found.lines))
    return SheetPage(editions, found, at, language(), url, several)
