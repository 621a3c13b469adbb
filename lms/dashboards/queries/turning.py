"""Turning the pages of a list: on from somebody who was shown, or in from the nearer end, never past everybody."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, case, select, tuple_
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people.queries.sensitive import not_to_be_named
from lms.seminars.models import Enrolment
from lms.web.slices import Slice, slice_among

PAGES_NEAR = 3
"""How many pages on or back one turns from a page that is shown; what is further off is come to from an end."""

_enrolment = cast(Table, Enrolment.__table__)
ORDER = (_enrolment.c.state_code, _enrolment.c.institution_id, _enrolment.c.id)
BACKWARDS = tuple(column.desc() for column in ORDER)


def unnamed_last() -> tuple[ColumnElement[Any], ...]:
    """The order where somebody is not to be named: they come last, by what tells nothing, since their place among
    states, also that among themselves, would tell theirs."""
    last = not_to_be_named(_enrolment.c.person_id)
    return (last, case((last, _enrolment.c.public_id)), *ORDER)


@dataclass(frozen=True, slots=True)
class Start:
    """Who stood first on which page: from there the pages beside it are found, whoever came or went meanwhile."""

    page: int
    public_id: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A page beside the one that began with somebody: where they stand in the order, and how many pages on or back."""

    page: int
    place: tuple[str, int, int]
    pages_on: int


def turn(session: Session, edition_id: int, page: int, start: Start | None) -> Turn | None:
    """From where a page is come to; None where that is from an end. One statement, where a start is named."""
    if start is None or page < 2 or abs(page - start.page) > PAGES_NEAR:
        return None
    found = select(*ORDER).where(_enrolment.c.public_id == start.public_id, _enrolment.c.edition_id == edition_id)
    row = session.execute(found).first()
    return Turn(page, (row[0], row[1], row[2]), page - start.page) if row else None


def ids_from(which: list[ColumnElement[bool]], size: int, turned: Turn) -> Select[int]:
    """Those on a page beside one that was shown, and one more where there are any behind them."""
    ids, here = select(_enrolment.c.id).where(*which), tuple_(*ORDER)
    if turned.pages_on >= 0:
        on = ids.where(here >= tuple_(*turned.place)).order_by(*ORDER)
        return on.limit(size + 1).offset(turned.pages_on * size)
    back = ids.where(here < tuple_(*turned.place)).order_by(*BACKWARDS)
    return back.limit(size).offset((-turned.pages_on - 1) * size)


def ids_on(which: list[ColumnElement[bool]], total: int, part: Slice) -> Select[int]:
    """Those on a page, counted from the nearer end of the list."""
    ids = select(_enrolment.c.id).where(*which)
    if part.first - 1 <= total - part.last:
        return ids.order_by(*ORDER).limit(part.last - part.first + 1).offset(part.first - 1)
    return ids.order_by(*BACKWARDS).limit(part.last - part.first + 1).offset(total - part.last)


def as_turned(turned: Turn, total: int, size: int, found: int) -> Slice:
    """The page that was turned to, with so many people found for it: there may be more or fewer than were counted."""
    first, more = (turned.page - 1) * size + 1, found > size
    pages = max(slice_among(total, 1, size).pages, turned.page + more)
    return Slice(turned.page, pages, first, first + min(found, size) - 1)
