"""Everybody who needs attention, in order, from what is counted of those who stand alike: however many there are, only
those who have asked for something, whose mail failed, who were contacted of late or are not to be named are looked at
one by one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field
from typing import cast

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from lms.dashboards.models import AttentionDelta, AttentionStand, AttentionTally
from lms.dashboards.rules.attention import RESTS
from lms.dashboards.rules.stands import Before, Calendar, comes_after, needs_attention, stand_of
from lms.kernel.values import dataclass
from lms.people.queries.sensitive import unnamed_people
from lms.seminars.models import ContactNote, Enrolment, ParticipantRequest
from lms.seminars.queries import stands
from lms.seminars.rules import RequestKind

from .undelivered import Undelivered

_stand, _tally, _delta, _asked, _note, _enrolment = (
    cast(Table, model.__table__)
    for model in (AttentionStand, AttentionTally, AttentionDelta, ParticipantRequest, ContactNote, Enrolment)
)
_KINDS = (RequestKind.MORE_TIME, RequestKind.CANNOT_ATTEND)
_COUNTED, _ASKS, _RESTS, _HIDDEN = "counted", "asks", "rests", "hidden"
Conditions = Sequence[ColumnElement[bool]]
Place = tuple[int, str]
"""An edition, and how somebody stands in it."""


@dataclass
class _Alike:
    """People of whom each comes before or after others by nothing but when they came into their edition."""

    places: list[Place] = field(default_factory=list)
    size: int = 0
    more: set[int] = field(default_factory=set)
    """Who is here for what they asked for or for their mail, or is told to stand so."""
    away: set[int] = field(default_factory=set)
    """Who stands so and is not here: contacted of late, and behind all others, or told to stand otherwise."""

    def leave(self, enrolment: int) -> None:
        """Somebody who is counted here comes elsewhere."""
        self.away.add(enrolment)
        self.size -= 1

    def join(self, enrolment: int) -> None:
        """Somebody comes here who is not counted here."""
        self.more.add(enrolment)
        self.size += 1

    def condition(self) -> ColumnElement[bool]:
        """Over the table of stands."""
        by_edition: dict[int, list[str]] = {}
        for edition, stand in self.places:
            by_edition.setdefault(edition, []).append(stand)
        there = or_(
            false(),
            *(and_(_stand.c.edition_id == number, _stand.c.stand.in_(some)) for number, some in by_edition.items()),
        )
        here = and_(there, _stand.c.enrolment_id.not_in(self.away)) if self.away else there
        return or_(here, _stand.c.enrolment_id.in_(self.more)) if self.more else here


@dataclass(frozen=True)
class Queue:
    """Those who need attention: groups in their order, and behind them whoever was contacted of late."""

    groups: list[_Alike]
    resting: list[int]
    narrowed: Conditions = ()
    """Over enrolments, where it is of some of the people alone."""

    @property
    def total(self) -> int:
        """How many these are."""
        return sum(group.size for group in self.groups) + len(self.resting)

    def some(self, first: int, number: int) -> Select[int]:
        """The enrolments of so many from one place on, in no order."""
        parts = list(self._parts(first, first + number)) or [self._those(false())]
        found = parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))
        return select(found.subquery())

    def _those(self, condition: ColumnElement[bool]) -> Select[int]:
        return select(_stand.c.enrolment_id).select_from(_people(self.narrowed)).where(condition, *self.narrowed)

    def _parts(self, first: int, last: int) -> Iterator[Select[int]]:
        begins, whole = 0, _Alike()
        for group in self.groups:
            here, until = max(first - begins, 0), min(last - begins, group.size)
            if here < until:
                if until - here < group.size:
                    rows = self._those(group.condition()).order_by(_stand.c.enrolment_id)
                    yield rows.offset(here).limit(until - here)
                else:
                    whole.places += group.places
                    whole.more |= group.more
                    whole.away |= group.away
            begins += group.size
        if whole.places or whole.more:
            yield self._those(whole.condition())
        at_last = self.resting[max(first - begins, 0) : max(last - begins, 0)]
        if at_last:
            yield self._those(_stand.c.enrolment_id.in_(at_last))


def queue(
    session: Session,
    days: Mapping[int, Calendar],
    failed: Mapping[int, Undelivered],
    told: Callable[[Collection[int]], dict[int, Place]],
    narrowed: Conditions = (),
) -> Queue:
    """Of these editions, by what day it is in each, or of the people in them to whom it is `narrowed`; one statement, a
    second where mail has failed, and a third, `told`, where some are not to be named: how these are told to stand."""
    numbers: Counter[Place] = Counter()
    single: dict[str, dict[int, Place]] = {_ASKS: {}, _RESTS: {}, _HIDDEN: {}}
    for what, edition, stand, number in session.execute(_noted(days, narrowed)):
        if what == _COUNTED:
            numbers[edition, stand] += int(number)
        else:
            single[what][number] = (edition, stand)
    asking, resting, hidden = (
        single[_ASKS] | _unreached(session, days, failed, narrowed),
        single[_RESTS],
        single[_HIDDEN],
    )
    standing_so = told(hidden) if hidden else {}
    line = _Line(days)
    needing = {place for place, number in numbers.items() if number and line.needs(place)}
    for place in needing:
        line.alike(place).places.append(place)
        line.alike(place).size += numbers[place]
    for enrolment, place in (asking | resting | hidden).items():
        own = standing_so.get(enrolment, place)
        counted = place in needing
        if counted and (enrolment in resting or enrolment in hidden):
            line.alike(place).leave(enrolment)
            counted = False
        if enrolment not in asking and not line.needs(own):
            continue
        if enrolment in resting:
            line.behind.append((line.after(own), enrolment))
        elif not counted:
            line.alike(own).join(enrolment)
    return line.queue(narrowed)


@dataclass
class _Line:
    """People as they are lined up."""

    days: Mapping[int, Calendar]
    groups: dict[Before, _Alike] = field(default_factory=dict)
    behind: list[tuple[Before, int]] = field(default_factory=list)

    def needs(self, place: Place) -> bool:
        return needs_attention(stand_of(place[1]), self.days[place[0]])

    def after(self, place: Place) -> Before:
        return comes_after(stand_of(place[1]), self.days[place[0]])

    def alike(self, place: Place) -> _Alike:
        return self.groups.setdefault(self.after(place), _Alike())

    def queue(self, narrowed: Conditions) -> Queue:
        resting = [enrolment for _before, enrolment in sorted(self.behind)]
        return Queue([self.groups[before] for before in sorted(self.groups)], resting, narrowed)


def _people(narrowed: Conditions, *, placed: bool = False) -> FromClause:
    """Everybody who stands somewhere; with their places, where something is asked of these."""
    return _stand.join(_enrolment, _enrolment.c.id == _stand.c.enrolment_id) if narrowed or placed else _stand


def _counted(days: Mapping[int, Calendar], narrowed: Conditions) -> list[Select[str, int, str, int]]:
    """How many people stand how: the tally and what is not folded in yet; of some of the people they are counted."""
    if narrowed:
        alike = select(
            literal(_COUNTED).label("what"), _stand.c.edition_id, _stand.c.stand, func.count().label("number")
        )
        some = alike.select_from(_people(narrowed)).where(_stand.c.edition_id.in_(days), *narrowed)
        return [some.group_by(_stand.c.edition_id, _stand.c.stand)]
    folded = select(
        literal(_COUNTED).label("what"), _tally.c.edition_id, _tally.c.stand, _tally.c.count.label("number")
    )
    fresh = select(literal(_COUNTED), _delta.c.edition_id, _delta.c.stand, func.sum(_delta.c.change))
    return [
        folded.where(_tally.c.edition_id.in_(days)),
        fresh.where(_delta.c.edition_id.in_(days)).group_by(_delta.c.edition_id, _delta.c.stand),
    ]


def _noted(days: Mapping[int, Calendar], narrowed: Conditions) -> Select[str, int, str, int]:
    asked = _one_by_one(_ASKS, narrowed).join(_asked, _asked.c.enrolment_id == _stand.c.enrolment_id)
    noted = _one_by_one(_RESTS, narrowed).join(_note, _note.c.enrolment_id == _stand.c.enrolment_id)
    hidden = _one_by_one(_HIDDEN, narrowed, placed=True)
    # A sum is in no index, so that the database does not go through everybody in an edition to a few of them.
    edition = _stand.c.edition_id + 0
    here = edition.in_(days)
    of_late = or_(
        *(and_(edition == number, _note.c.day > day.today - dt.timedelta(days=RESTS)) for number, day in days.items())
    )
    every = union_all(
        *_counted(days, narrowed),
        asked.where(here, _asked.c.answered_at.is_(None), _asked.c.kind.in_(_KINDS)),
        noted.where(of_late, stands()),
        hidden.where(here, _enrolment.c.person_id.in_(unnamed_people())),
    )
    return select(every.subquery())


def _one_by_one(what: str, narrowed: Conditions, *, placed: bool = False) -> Select[str, int, str, int]:
    columns = (literal(what), _stand.c.edition_id, _stand.c.stand, _stand.c.enrolment_id)
    return select(*columns).select_from(_people(narrowed, placed=placed)).where(*narrowed)


def _unreached(
    session: Session, days: Mapping[int, Calendar], failed: Mapping[int, Undelivered], narrowed: Conditions
) -> dict[int, Place]:
    """Those to whom a letter could not be sent, who have not found the way without it, or from whom one came back."""
    if not failed:
        return {}
    rows = session.execute(
        select(
            _stand.c.enrolment_id,
            _stand.c.edition_id,
            _stand.c.stand,
            _enrolment.c.person_id,
            _enrolment.c.first_seen_at,
        )
        .join(_enrolment, _enrolment.c.id == _stand.c.enrolment_id)
        .where((_stand.c.edition_id + 0).in_(days), _enrolment.c.person_id.in_(failed), *narrowed)
    )
    return {
        row.enrolment_id: (row.edition_id, row.stand) for row in rows if failed[row.person_id].still(row.first_seen_at)
    }
