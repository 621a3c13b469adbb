"""Who is a member of the community: what a person's own steps say, in the order in which they were taken."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import replace

from lms.kernel.values import dataclass


class Step(enum.StrEnum):
    """One step of a membership; the first two are the person's own, always."""

    JOINED = "joined"
    LEFT = "left"
    CONFIRMED = "confirmed"
    """Said, when asked in a letter, that everything is still right."""
    HIDDEN = "hidden"
    """Did not answer twice; nobody sees them until they answer."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it is kept."""

    id: int
    step: Step
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody has agreed to be a member: by which step, since when; when they last confirmed it; since when they
    are hidden, if they are."""

    step_id: int
    since: dt.datetime
    confirmed_at: dt.datetime
    hidden_at: dt.datetime | None = None


def membership(steps: Iterable[Taken]) -> Membership | None:
    """What steps in the order of their ids come to; none for who never joined, or has left."""
    found: Membership | None = None
    for one in steps:
        if one.step is Step.JOINED:
            found = found or Membership(one.id, one.at, one.at)
        elif found is not None:
            found = _after(found, one)
    return found


def _after(found: Membership, one: Taken) -> Membership | None:
    if one.step is Step.LEFT:
        return None
    if one.step is Step.CONFIRMED:
        return replace(found, confirmed_at=one.at, hidden_at=None)
    return replace(found, hidden_at=found.hidden_at or one.at)
