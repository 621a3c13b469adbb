"""What waits for a second officer, wherever it was proposed: each context says what of its own waits, and who is
concerned; who may decide is one rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from flask_babel import LazyString
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people.rules import Scope

from .models import ByTwoOfficers
from .rules import PROPOSAL_LASTS


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposal that nobody has decided on."""

    id: str
    by: str
    """The subject of who proposed it: somebody else decides."""
    at: dt.datetime
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)
    """The page on which it is decided."""
    until: dt.datetime | None = None
    """When it lapses."""
    edition: str = ""
    """The public id of the edition whose officers decide; "" where it takes a mandate over everything."""
    title: str = ""
    """Of that edition."""
    administrators: bool = False
    """Whether administrators alone decide."""
    concerned: frozenset[str] = frozenset()
    """The subjects of those whom it is about."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who may decide on something."""

    subject: str
    scope: Scope
    administers: bool


def waits(found: ByTwoOfficers, endpoint: str, **more: Any) -> Waiting:
    """A row of a table of proposals, with the page on which it is decided."""
    at = found.proposed_at
    return Waiting(found.public_id, found.proposed_by, at, endpoint, until=at + PROPOSAL_LASTS, **more)


def may_decide(one: Waiting, officer: Officer) -> bool:
    """Whether somebody may be the second officer."""
    if officer.subject == one.by or officer.subject in one.concerned:
        return False
    if one.administrators:
        return officer.administers
    return officer.scope.everything or (bool(one.edition) and one.edition in officer.scope.editions)


Find = Callable[[Session, dt.datetime], Iterable[Waiting]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What lists and letters call proposals of one kind, how they are found, and whether officers of single editions
    may decide on them."""

    called: LazyString
    find: Find
    of_editions: bool
    administrators: bool
    """Whether administrators alone decide on any of them."""


kinds: dict[str, Kind] = {}


def waits_for_two(
    kind: str, called: LazyString, *, of_editions: bool = False, administrators: bool = False
) -> Callable[[Find], Find]:
    """Register what finds the open proposals of a kind, such as "records/revocation"."""

    def register(find: Find) -> Find:
        kinds[kind] = Kind(called, find, of_editions, administrators)
        return find

    return register


Found = list[tuple[str, Waiting]]
"""Proposals, each with its kind."""


def everything_waiting(session: Session, at: dt.datetime) -> Found:
    """Every open proposal, by kind, the oldest first."""
    return [(name, one) for name, kind in sorted(kinds.items()) for one in _of(kind, session, at)]


def waiting_for(session: Session, officer: Officer, at: dt.datetime) -> Found:
    """What this officer may decide on; kinds of which nothing can be theirs are not looked for."""
    asked = [(name, kind) for name, kind in sorted(kinds.items()) if _may_be_theirs(kind, officer)]
    return [(name, one) for name, kind in asked for one in _of(kind, session, at) if may_decide(one, officer)]


def _may_be_theirs(kind: Kind, officer: Officer) -> bool:
    if kind.administrators:
        return officer.administers
    return officer.scope.everything or (kind.of_editions and bool(officer.scope.editions))


def _of(kind: Kind, session: Session, at: dt.datetime) -> list[Waiting]:
    found = [one for one in kind.find(session, at) if one.until is None or at < one.until]
    return sorted(found, key=lambda one: (one.at, one.id))
