"""Who sees what of whom in the directory: nothing without a consent, field by field, audience by audience."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from lms.kernel.values import dataclass


class Field(enum.StrEnum):
    """What a member may show."""

    NAME = "name"
    STATE = "state"
    SECTOR = "sector"
    INSTITUTION = "institution"
    EDITION = "edition"
    LANGUAGES = "languages"
    SUBJECTS = "subjects"


class Audience(enum.StrEnum):
    """To whom. There is no wider one than the members: nothing here is public."""

    NOBODY = "nobody"
    EDITION = "edition"
    STATE = "state"
    NETWORK = "network"
    MEMBERS = "members"


MOST_SORTED_BY_NAME = 3000
"""A name is sealed, so that sorting opens every one."""
LONGEST_LANGUAGES = 120
LONGEST_SUBJECTS = 200


@dataclass(frozen=True, slots=True)
class Circle:
    """Where somebody stands: the editions they completed, the state they serve, the networks it belongs to."""

    editions: frozenset[str] = frozenset()
    state: str = ""
    networks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Consent:
    """To whom one field may be shown, and through which day, as its member said it; for good without one."""

    audience: Audience
    until: dt.date | None = None
    ends_at: dt.datetime | None = None
    """When that day was over where the member was."""


NO_CONSENT = Consent(Audience.NOBODY)
LONGEST_CONSENT = 50
"""Years."""


def consent(audience: Audience, until: dt.date | None, zone: str) -> Consent:
    """A consent through a day of somebody in `zone`; nobody is shown anything, however long."""
    if until is None or audience is Audience.NOBODY:
        return Consent(audience)
    midnight = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
    return Consent(audience, until, midnight.astimezone(dt.UTC))


def usual_day(agreed: Mapping[Field, Consent]) -> dt.date | None:
    """The last day that most of these consents have, the earliest of several; none as soon as one has none, because
    whoever says no day says none for that one too."""
    days = [one.until for one in agreed.values() if one.audience is not Audience.NOBODY]
    named = sorted(day for day in days if day)
    return max(named, key=named.count) if named and len(named) == len(days) else None


def shared(mine: Circle, theirs: Circle) -> frozenset[Audience]:
    """The audiences of the one in which the other stands."""
    found = {Audience.MEMBERS}
    if mine.editions & theirs.editions:
        found.add(Audience.EDITION)
    if mine.state and mine.state == theirs.state:
        found.add(Audience.STATE)
    if mine.networks & theirs.networks:
        found.add(Audience.NETWORK)
    return frozenset(found)


def shown(agreed: Mapping[Field, Consent], to: frozenset[Audience], at: dt.datetime) -> frozenset[Field]:
    """The fields that may be shown to somebody who stands in these audiences, at this moment."""
    return frozenset(
        field
        for field, one in agreed.items()
        if one.audience in to and one.audience is not Audience.NOBODY and (one.ends_at is None or at < one.ends_at)
    )


def changes(now: Mapping[Field, Consent], wanted: Mapping[Field, Consent]) -> dict[Field, Consent]:
    """What is to be written down, so that the consents in force become the wanted ones."""
    return {field: one for field, one in wanted.items() if now.get(field, NO_CONSENT) != one}
