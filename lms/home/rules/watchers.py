"""Who can see what about a person: the rule that opens pages, asked once for every mandate in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lms.dashboards.rules.looks import Sight, of_states_and_institutions, sight_of
from lms.kernel.values import dataclass
from lms.people.rules import Grant, scope_of
from lms.seminars.rules import Place, visible


@dataclass(frozen=True)
class Holding:
    """A mandate in force and who holds it."""

    person_id: int
    grant: Grant


@dataclass(frozen=True)
class Watcher:
    """Somebody who can see something about a person, by which mandate, and how much at most."""

    person_id: int
    grant: Grant
    sight: Sight


_MOST_FIRST = tuple(Sight)


def watchers(places: Sequence[Place], holdings: Iterable[Holding]) -> list[Watcher]:
    """Everyone whom a mandate lets see something of these places, who sees most first; the person themselves left out.

    Each mandate is asked by itself: what several show together is what one of them shows.
    """
    found = [
        Watcher(held.person_id, held.grant, sight)
        for held in holdings
        if (sight := _most(places, held)) and held.person_id not in {place.person_id for place in places}
    ]
    return sorted(found, key=lambda watcher: _MOST_FIRST.index(watcher.sight))


def shown_by(held: Holding, places: Iterable[Place]) -> dict[Sight, list[Place]]:
    """What a mandate shows, asked the other way round: of each of these places as much as `watchers` would say to the
    one who has it; places of its holder are no mandate's to show."""
    shown: dict[Sight, list[Place]] = {}
    for place in places:
        sight = _most([place], held) if place.person_id != held.person_id else None
        if sight is not None:
            shown.setdefault(sight, []).append(place)
    return shown


def _most(places: Sequence[Place], held: Holding) -> Sight | None:
    seen = set(_sights(places, held))
    return next((sight for sight in _MOST_FIRST if sight in seen), None)


def _sights(places: Sequence[Place], held: Holding) -> Iterator[Sight]:
    scope = scope_of(held.person_id, [held.grant])
    for place in places:
        own = visible(of_states_and_institutions(scope), place)
        if sight := sight_of(scope, place.edition, has_people=own):
            yield sight
