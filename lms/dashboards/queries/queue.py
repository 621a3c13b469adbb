"""Everybody who needs attention, in order, from what is counted of those who stand alike: however many there are, only
those who have asked for something, whose mail failed or who were contacted of late are looked at one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, and_, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from lms.dashboards.models import AttentionDelta, AttentionStand, AttentionTally
from lms.dashboards.rules.attention import RESTS
from lms.dashboards.rules.stands import Before, Calendar, comes_after, needs_attention, stand_of
from lms.seminars.models import ContactNote, Enrolment, ParticipantRequest
from lms.seminars.queries import stands
from lms.seminars.rules import RequestKind

from .undelivered import Undelivered

_stand, _tally, _delta, _asked, _note, _enrolment = (
    cast(Table, model.__table__)
    for model in (AttentionStand, AttentionTally, AttentionDelta, ParticipantRequest, ContactNote, Enrolment)
)
_KINDS = (RequestKind.MORE_TIME, RequestKind.CANNOT_ATTEND)
_COUNTED, _ASKS, _RESTS = "counted", "asks", "rests"
Place = tuple[int, str]
"""An edition, and how somebody stands in it."""


@dataclass
class _Alike:
    """People of whom each comes before or after others by nothing but when they came into their edition."""

    places: list[Place] = field(default_factory=list)
    size: int = 0
    more: set[int] = field(default_factory=set)
    """Who is here for what they asked for, or for their mail."""
    away: set[int] = field(default_factory=set)
    """Who stands so and is not here, but behind all others, since they were contacted of late."""

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

    @property
    def total(self) -> int:
        """How many these are."""
        return sum(group.size for group in self.groups) + len(self.resting)

    def some(self, first: int, number: int) -> Select[int]:
        """The enrolments of so many from one place on, in no order."""
        parts = list(self._parts(first, first + number)) or [select(_stand.c.enrolment_id).where(false())]
        found = parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))
        return select(found.subquery())

    def _parts(self, first: int, last: int) -> Iterator[Select[int]]:
        begins, whole = 0, _Alike()
        for group in self.groups:
            here, until = max(first - begins, 0), min(last - begins, group.size)
            if here < until:
                if until - here < group.size:
                    rows = select(_stand.c.enrolment_id).where(group.condition()).order_by(_stand.c.enrolment_id)
                    yield rows.offset(here).limit(until - here)
                else:
                    whole.places += group.places
                    whole.more |= group.more
                    whole.away |= group.away
            begins += group.size
        if whole.places or whole.more:
            yield select(_stand.c.enrolment_id).where(whole.condition())
        at_last = self.resting[max(first - begins, 0) : max(last - begins, 0)]
        if at_last:
            yield select(_stand.c.enrolment_id).where(_stand.c.enrolment_id.in_(at_last))


def queue(session: Session, days: Mapping[int, Calendar], failed: Mapping[int, Undelivered]) -> Queue:
    """Of these editions, by what day it is in each; one statement, and a second where mail has failed."""
    numbers: dict[Place, int] = {}
    asking: dict[int, Place] = {}
    resting: dict[int, Place] = {}
    for what, edition, stand, number in session.execute(_noted(days)):
        if what == _COUNTED:
            numbers[edition, stand] = numbers.get((edition, stand), 0) + int(number)
        else:
            (asking if what == _ASKS else resting)[number] = (edition, stand)
    asking |= _unreached(session, days, failed)
    needing = {
        place for place, number in numbers.items() if number and needs_attention(stand_of(place[1]), days[place[0]])
    }
    groups: dict[Before, _Alike] = {}

    def alike(place: Place) -> _Alike:
        return groups.setdefault(comes_after(stand_of(place[1]), days[place[0]]), _Alike())

    for place in needing:
        alike(place).places.append(place)
        alike(place).size += numbers[place]
    for enrolment, place in asking.items():
        if place not in needing and enrolment not in resting:
            alike(place).more.add(enrolment)
            alike(place).size += 1
    behind = []
    for enrolment, place in resting.items():
        if place in needing:
            alike(place).away.add(enrolment)
            alike(place).size -= 1
        if place in needing or enrolment in asking:
            behind.append((comes_after(stand_of(place[1]), days[place[0]]), enrolment))
    return Queue([groups[before] for before in sorted(groups)], [enrolment for _before, enrolment in sorted(behind)])


def _noted(days: Mapping[int, Calendar]) -> Select[str, int, str, int]:
    folded = select(
        literal(_COUNTED).label("what"), _tally.c.edition_id, _tally.c.stand, _tally.c.count.label("number")
    )
    fresh = select(literal(_COUNTED), _delta.c.edition_id, _delta.c.stand, func.sum(_delta.c.change))
    asked = _one_by_one(_ASKS).join(_asked, _asked.c.enrolment_id == _stand.c.enrolment_id)
    noted = _one_by_one(_RESTS).join(_note, _note.c.enrolment_id == _stand.c.enrolment_id)
    of_late = or_(
        *(
            and_(_stand.c.edition_id == number, _note.c.day > day.today - dt.timedelta(days=RESTS))
            for number, day in days.items()
        )
    )
    every = union_all(
        folded.where(_tally.c.edition_id.in_(days)),
        fresh.where(_delta.c.edition_id.in_(days)).group_by(_delta.c.edition_id, _delta.c.stand),
        asked.where(_stand.c.edition_id.in_(days), _asked.c.answered_at.is_(None), _asked.c.kind.in_(_KINDS)),
        noted.where(of_late, stands()),
    )
    return select(every.subquery())


def _one_by_one(what: str) -> Select[str, int, str, int]:
    return select(literal(what), _stand.c.edition_id, _stand.c.stand, _stand.c.enrolment_id).select_from(_stand)


def _unreached(session: Session, days: Mapping[int, Calendar], failed: Mapping[int, Undelivered]) -> dict[int, Place]:
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
        .where(_stand.c.edition_id.in_(days), _enrolment.c.person_id.in_(failed))
    )
    return {
        row.enrolment_id: (row.edition_id, row.stand) for row in rows if failed[row.person_id].still(row.first_seen_at)
    }
