"""The filter of a list, as it stands in the address: what is not known there is left out."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import quote, urlencode

from lms.people.models import Sector
from lms.seminars.rules import EnrolmentState, Stage
from lms.seminars.state_keys import state_key as state_key

from .queries import Choices, Start
from .queries.turning import PAGES_NEAR
from .rules.looks import Awaiting, Filter

E = TypeVar("E", bound=enum.StrEnum)
LONGEST = 64
NOWHERE = "-"
"""No state's code: what an address asks for that names none of the edition's states."""


def filter_in(args: Mapping[str, str], edition: str, offered: Choices) -> Filter:
    """The filter that an address asks for; states and modules can be asked for where they are offered."""
    state = _short(args.get("state"))
    by_key = {state_key(edition, code): code for code in offered.states} if state else {}
    return Filter(
        stage=_one_of(Stage, args.get("stage")),
        place=_one_of(EnrolmentState, args.get("place")),
        awaiting=_one_of(Awaiting, args.get("awaiting")),
        state=by_key.get(state, NOWHERE) if state else None,
        sector=_one_of(Sector, args.get("sector")),
        institution=_short(args.get("institution")),
        progress=_progress(args.get("progress"), offered.module_keys),
    )


def _progress(asked: str | None, modules: Iterable[str]) -> str | None:
    module = Filter(progress=asked).module
    return asked if module and module[0] in modules else None


def year_in(args: Mapping[str, str]) -> int | None:
    """The year that an address asks for."""
    asked = args.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None


def by_name_in(args: Mapping[str, str]) -> bool:
    """Whether an address asks for the order of names."""
    return args.get("by") == "name"


def start_in(args: Mapping[str, str]) -> Start | None:
    """Who an address says stood first on which page."""
    page, _dot, public_id = args.get("from", "").partition(".")
    known = page.isascii() and page.isdigit() and len(page) < 7 and _short(public_id)
    return Start(int(page), public_id) if known else None


def address_of(
    wanted: Filter, edition: str, page: int = 1, *, by_name: bool = False, start: Start | None = None
) -> str:
    """The part of an address that asks for this filter, page and order; a later page from where another one started."""
    asked = asked_by(wanted, edition)
    parts = [urlencode(asked)] if asked else []
    if by_name:
        parts.append("by=name")
    if page > 1:
        parts.append(f"page={page}")
        if start and abs(page - start.page) <= PAGES_NEAR:
            parts.append(f"from={start.page}.{quote(start.public_id)}")
    return "&".join(parts)


def asked_by(wanted: Filter, edition: str) -> dict[str, str]:
    """What an address says of a filter, by its names there."""
    asked = {name: str(value) for name, value in vars(wanted).items() if value}
    return {**asked, "state": state_key(edition, wanted.state)} if wanted.state else asked


OLDEST = dt.timedelta(days=366)


def drawn_at(form: Mapping[str, str], latest: dt.datetime) -> dt.datetime:
    """When the page that sends this was drawn; `latest` where it does not say so, or names a time to come or a year
    ago."""
    try:
        at = dt.datetime.fromisoformat(form.get("drawn", ""))
    except ValueError:
        return latest
    return at if at.tzinfo and latest - OLDEST <= at <= latest else latest


def _one_of(kind: type[E], value: str | None) -> E | None:
    return kind(value) if value and value in set(kind) else None


def _short(value: str | None) -> str | None:
    return value if value and len(value) <= LONGEST else None
