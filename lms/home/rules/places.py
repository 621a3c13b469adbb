"""Which of a person's places in editions the home page is about, and how far it has come."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from lms.seminars.rules import EnrolmentState, counted


class Moment(enum.StrEnum):
    """Where somebody stands on the way from a nomination to a record."""

    NOMINATED = "nominated"
    BEFORE = "before"
    """The place is taken or offered, and the seminar has not begun."""
    THERE = "there"
    """The days of the seminar itself."""
    AFTER = "after"
    """The seminar is over and a record not issued."""
    RECORDED = "recorded"
    GONE = "gone"
    """Declined, withdrawn, replaced or deferred."""


class PlaceInEdition(Protocol):
    """What of a place decides."""

    @property
    def state(self) -> EnrolmentState:
        """Where the place stands."""

    @property
    def starts_on(self) -> dt.date:
        """The edition's first day."""

    @property
    def ends_on(self) -> dt.date:
        """The edition's last day."""

    @property
    def record(self) -> str | None:
        """The completion record, once it is issued."""


P = TypeVar("P", bound=PlaceInEdition)


def moment_of(place: PlaceInEdition, today: dt.date) -> Moment:
    """How far a place has come; `today` is the day where the edition is held. A record outlasts everything."""
    if place.record:
        return Moment.RECORDED
    if place.state is EnrolmentState.NOMINATED:
        return Moment.NOMINATED
    if not counted(place.state):
        return Moment.GONE
    if today < place.starts_on:
        return Moment.BEFORE
    return Moment.THERE if today <= place.ends_on else Moment.AFTER


# What needs the person comes first.
_ORDER = (Moment.THERE, Moment.BEFORE, Moment.AFTER, Moment.NOMINATED, Moment.RECORDED, Moment.GONE)


def present_first(places: Sequence[P], today: Callable[[P], dt.date]) -> list[P]:
    """The place the home page is about, then the others: of those to come the next one, of those past the last one."""

    def urgency(place: P) -> tuple[int, int]:
        moment = moment_of(place, today(place))
        coming = moment in (Moment.THERE, Moment.BEFORE, Moment.NOMINATED)
        return _ORDER.index(moment), place.starts_on.toordinal() * (1 if coming else -1)

    return sorted(places, key=urgency)
