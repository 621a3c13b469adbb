"""What a mandate may reach over, by name. A context that owns a kind of scope says what there is to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from .queries.institutions import institutions_of
from .rules.mandates import ScopeKind
from .states import name, sorted_for

Choices = Callable[[Session], list[tuple[str, str]]]
_registered: dict[ScopeKind, Choices] = {}

KINDS: Mapping[ScopeKind, Any] = {
    ScopeKind.ALL: _l("Everything"),
    ScopeKind.EDITION: _l("An edition"),
    ScopeKind.COURSE: _l("A course"),
    ScopeKind.STATE: _l("A state"),
    ScopeKind.INSTITUTION: _l("A ministry or institution"),
}


def scope_choices(kind: ScopeKind) -> Callable[[Choices], Choices]:
    """Register what there is of a kind: pairs of public id and name."""

    def register(choices: Choices) -> Choices:
        _registered[kind] = choices
        return choices

    return register


def reach_choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Everything a mandate can reach over, by kind; a value is "kind:id", or "all"."""
    chosen = {str(KINDS[ScopeKind.ALL]): [(ScopeKind.ALL.value, str(KINDS[ScopeKind.ALL]))]}
    for kind in (ScopeKind.EDITION, ScopeKind.COURSE, ScopeKind.STATE, ScopeKind.INSTITUTION):
        if kind in _registered:
            chosen[str(KINDS[kind])] = [(f"{kind.value}:{key}", label) for key, label in _registered[kind](session)]
    return chosen


def read_reach(value: str) -> tuple[ScopeKind, str | None]:
    """Kind and id from the value of a choice; raises ValueError for an unknown kind."""
    kind, _, key = value.partition(":")
    return ScopeKind(kind), key or None


def reach_names(session: Session) -> dict[tuple[ScopeKind, str | None], str]:
    """The names of everything that can be reached over, to show mandates with."""
    pairs = (pair for group in reach_choices(session).values() for pair in group)
    return {read_reach(value): label for value, label in pairs}


@scope_choices(ScopeKind.STATE)
def _states(session: Session) -> list[tuple[str, str]]:
    locale = str(get_locale() or "en")
    return [(state.code, name(state.code, locale)) for state in sorted_for(locale)]


@scope_choices(ScopeKind.INSTITUTION)
def _institutions(session: Session) -> list[tuple[str, str]]:
    locale = str(get_locale() or "en")
    order = {state.code: place for place, state in enumerate(sorted_for(locale))}
    rows = sorted(institutions_of(session), key=lambda row: order[row.state_code])
    return [(row.public_id, f"{name(row.state_code, locale)}, {row.name}") for row in rows]
