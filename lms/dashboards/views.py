"""The pages of this context."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.sign_in import me
from lms.seminars.rules import coordinates
from lms.web.access import Permission, local_path, requires
from lms.web.dates import local_day
from lms.web.fresh import tag_of, tagged, unchanged
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.slices import page_in

from . import queries
from .forms import address_of, by_name_in, filter_in, start_in
from .frozen_pages import frozen_page
from .module_pages import modules_page
from .nomination_pages import nominations_page
from .overview_pages import overview_page
from .pages import SOMEBODY, EditionPage, PeoplePage
from .queries import Look
from .rules.looks import Sight

bp = Blueprint("dashboards", __name__)


@bp.get("/editions/<edition>")
# Evaluators come here too, for frozen numbers alone: what a person sees is decided by `look`.
@requires(Permission.SIGNED_IN)
def edition(edition: str) -> Response:
    """An edition at one look: how far its people are, and what it waits for."""
    viewer = me()
    seen = queries.look(db.session(), edition, viewer.scope, filtering=True)
    if seen.sight is Sight.COUNTS:
        return Response(_frozen(seen), mimetype="text/html")
    offered = queries.choices(db.session(), seen)
    asked = request.args.to_dict()  # a MultiDict raises and catches an exception for each name that is not in it
    wanted = filter_in(asked, edition, offered).narrowing(seen.sight)
    numbers = queries.numbers(db.session(), seen, wanted)
    page = EditionPage(
        seen=seen,
        numbers=numbers,
        waiting=queries.waiting_numbers(db.session(), seen, numbers, wanted),
        today=local_day(now(), seen.edition.zone),
        locale=language(),
        list_url=url_for("dashboards.people", edition=edition),
        nominations_url=url_for("seminars.nominations_waiting", edition=edition),
        wanted=wanted,
        choices=offered,
    )
    acts = coordinates(viewer.scope, edition) and seen.closed_at is None
    newer = seen.newer if acts else None
    tag = tag_of(viewer.subject, viewer.grants, request.full_path, page.facts, newer) if page.full else ""
    same = unchanged(tag) if tag else None
    if same is not None:
        return same
    facts = {
        "edition": seen.edition,
        "me": viewer,
        "newer": newer,
        "tag": tag,
        "here": local_path(),
        "here_url": request.path,
    }
    answer = Response(render("lms/dashboards/edition.html", page=page, **facts), mimetype="text/html")
    return tagged(answer, tag) if tag else answer


@bp.get("/editions/<edition>/frozen")
# For evaluators, and for those who coordinate: what the others see.
@requires(Permission.SIGNED_IN)
def frozen(edition: str) -> str:
    """The table of an edition's numbers as it was frozen on a Monday."""
    return _frozen(queries.look(db.session(), edition, me().scope))


def _frozen(seen: Look) -> str:
    page = frozen_page(seen, request.args.get("day"))
    return render(
        "lms/dashboards/frozen.html",
        page=page,
        edition=seen.edition,
        coordinates=seen.sight is Sight.EVERYTHING,
        file_url=lambda form: url_for(
            "downloads.frozen", edition=seen.edition.public_id, form=form, day=request.args.get("day")
        ),
    )


@bp.get("/editions/<edition>/people")
@requires(Permission.OVERSEE)
def people(edition: str) -> str:
    """The people behind a number."""
    seen = queries.look(db.session(), edition, me().scope, filtering=True)
    offered = queries.choices(db.session(), seen)
    asked = request.args.to_dict()  # as above
    wanted = filter_in(asked, edition, offered).within(seen.sight)
    found = queries.people(
        db.session(),
        seen,
        wanted,
        page_in(asked),
        by_name=by_name_in(asked),
        start=start_in(asked),
    )
    note_look("people.listed", edition, filter=address_of(wanted, edition), people=len(found.rows))
    page = PeoplePage(
        seen=seen,
        people=found,
        wanted=wanted,
        choices=offered,
        locale=language(),
        list_url=url_for("dashboards.people", edition=edition),
        person_url=url_for("seminars.participant", edition=edition, enrolment=SOMEBODY),
    )
    return render("lms/dashboards/people.html", page=page, edition=seen.edition)


@bp.get("/editions/<edition>/modules")
@requires(Permission.COORDINATE)
def modules(edition: str) -> str:
    """How many have finished each module."""
    seen = queries.look(db.session(), edition, me().scope, filtering=True)
    return render("lms/dashboards/modules.html", page=modules_page(seen, request.args), edition=seen.edition)


@bp.get("/editions/<edition>/nominations")
@requires(Permission.COORDINATE)
def nominations(edition: str) -> str:
    """Which states were asked, and how the places of their people stand."""
    seen = queries.look(db.session(), edition, me().scope)
    return render("lms/dashboards/nominations.html", page=nominations_page(seen), edition=seen.edition)


@bp.get("/editions/overview")
@requires(Permission.COORDINATE)
def overview() -> str:
    """All editions of a year side by side."""
    page = overview_page(db.session(), me().scope, request.args, now())
    return render("lms/dashboards/overview.html", page=page)
