"""What decides whether somebody needs attention, and after whom they come, in a few days and numbers: people of whom
these are the same are counted together, so that nobody is looked at one by one to find those who come first."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from lms.kernel.values import dataclass

from .attention import NEAR, SILENT_AFTER, UNSEEN_AFTER, Facts, day_of

_NONE = "-"
Before = tuple[int, int, int]
"""By what people are sorted who were not contacted of late, the smallest first, as in `rules.attention.order`."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of an edition that everything is counted from, and how many units it asks for."""

    today: dt.date
    starts_on: dt.date
    asked: int


@dataclass(frozen=True, slots=True)
class Stand:
    """Where somebody stands, on the calendar of their edition; of whoever is complete neither deadline nor units."""

    due_on: dt.date | None
    done: int
    """How many of the units asked for they have finished."""
    life_on: dt.date | None
    """The day of the last sign of life."""
    seen: bool
    """Whether they have ever signed in."""
    named: bool
    """Whether their name is confirmed."""

    @property
    def key(self) -> str:
        """The same in a short text."""
        flags = ("s" if self.seen else "") + ("n" if self.named else "")
        return f"{self.due_on or _NONE} {self.done} {self.life_on or _NONE} {flags or _NONE}"


@lru_cache(maxsize=20_000)
def stand_of(key: str) -> Stand:
    """What a short text says."""
    due_on, done, life_on, flags = key.split(" ")
    return Stand(_day(due_on), int(done), _day(life_on), "s" in flags, "n" in flags)


def _day(said: str) -> dt.date | None:
    return None if said == _NONE else dt.date.fromisoformat(said)


def standing(facts: Facts, asked: int) -> Stand:
    """Where somebody stands of whom these facts are known, in an edition that asks for so many units."""
    life = facts.sign_of_life
    return Stand(
        due_on=None if facts.complete else day_of(facts.deadline, facts.zone),
        done=0 if facts.complete else asked - facts.units_left,
        life_on=day_of(life, facts.zone) if life else None,
        seen=facts.first_seen_at is not None,
        named=facts.name_confirmed,
    )


def needs_attention(stand: Stand, days: Calendar) -> bool:
    """Whether somebody who stands so needs attention today, whatever they have asked for and whatever came back."""
    near = _days_left(stand, days) <= NEAR
    if stand.due_on is not None and near:
        return True
    silent = _silence(stand, days)
    if not stand.seen:
        return stand.life_on is not None and (silent >= UNSEEN_AFTER or near)
    return not stand.named or (stand.due_on is not None and silent >= SILENT_AFTER)


def comes_after(stand: Stand, days: Calendar) -> Before:
    """Days left, units left and silence, as they are sorted."""
    left = 0 if stand.due_on is None else days.asked - stand.done
    return _days_left(stand, days), -left, -_silence(stand, days)


def _days_left(stand: Stand, days: Calendar) -> int:
    return max(0, ((stand.due_on or days.starts_on) - days.today).days)


def _silence(stand: Stand, days: Calendar) -> int:
    return max(0, (days.today - stand.life_on).days) if stand.life_on else 0
