"""Lists of this context that are taken away, each with the scope, the filter and the function of its page."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, request
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.dates import local_day
from lms.web.languages import language
from lms.web.sheets import as_file, taken_away

from . import queries
from .forms import address_of, asked_by, filter_in
from .frozen_pages import frozen_page
from .module_pages import modules_page
from .nomination_pages import nominations_page
from .overview_pages import OVERVIEW, overview_page
from .pages import EditionPage
from .rules.looks import Sight
from .sheets import matrix_sheet, people_sheet

bp = Blueprint("downloads", __name__)


@bp.get("/editions/<edition>/people.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/people.xlsx", defaults={"form": "xlsx"})
@requires(Permission.OVERSEE)
def people(edition: str, form: str) -> Response:
    """The people behind a number."""
    session = db.session()
    seen = queries.look(session, edition, me().scope)
    offered = queries.choices(session, seen)
    wanted = filter_in(request.args, edition, offered).within(seen.sight)
    if seen.sight is Sight.COUNTS:
        raise NotFound
    number = queries.how_many(session, seen, wanted)
    taken_away(edition, "people", form, filter=address_of(wanted, edition), people=number)
    return as_file(people_sheet(seen, lambda later: queries.taken(later, seen, wanted), language()), form)


@bp.get("/editions/<edition>/matrix.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/matrix.xlsx", defaults={"form": "xlsx"})
@requires(Permission.OVERSEE)
def matrix(edition: str, form: str) -> Response:
    """The table by state and sector; for those alone who are responsible for the people."""
    seen = queries.look(db.session(), edition, me().scope)
    if seen.sight is Sight.COUNTS:
        raise NotFound
    today = local_day(now(), seen.edition.zone)
    wanted = filter_in(request.args, edition, queries.choices(db.session(), seen)).narrowing(seen.sight)
    numbers = queries.numbers(db.session(), seen, wanted)
    page = EditionPage(seen, numbers, {}, today, language(), list_url="")
    if page.matrix is None:
        raise NotFound
    taken_away(edition, "matrix", form, filter=address_of(wanted, edition))
    return as_file(matrix_sheet(page.matrix), form)


@bp.get("/editions/<edition>/nominations.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/nominations.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def nominations(edition: str, form: str) -> Response:
    """Which states were asked, and how the places of their people stand."""
    page = nominations_page(queries.look(db.session(), edition, me().scope))
    taken_away(edition, "nominations", form)
    return as_file(page.sheet(), form)


@bp.get("/editions/<edition>/modules.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/modules.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def modules(edition: str, form: str) -> Response:
    """How many have finished each module."""
    page = modules_page(queries.look(db.session(), edition, me().scope), request.args)
    taken_away(edition, "modules", form, filter=urlencode(page.asked))
    return as_file(page.sheet(), form)


@bp.get("/editions/overview.csv", defaults={"form": "csv"})
@bp.get("/editions/overview.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def overview(form: str) -> Response:
    """All editions of a year side by side."""
    page = overview_page(db.session(), me().scope, request.args, now())
    asked = urlencode(asked_by(page.found.wanted, OVERVIEW))
    taken_away("editions", "overview", form, filter=asked, editions=len(page.found.editions))
    return as_file(page.sheet(), form)


@bp.get("/editions/<edition>/frozen.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/frozen.xlsx", defaults={"form": "xlsx"})
@requires(Permission.SIGNED_IN)
def frozen(edition: str, form: str) -> Response:
    """The table of a Monday, exactly as its page shows it."""
    page = frozen_page(queries.look(db.session(), edition, me().scope), request.args.get("day"))
    if not page.lines:
        raise NotFound
    taken_away(edition, "frozen", form)
    return as_file(page.sheet(), form)
