"""Who sees what of whom in the directory: nothing without a consent, field by field, audience by audience."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass


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
    """To whom one field may be shown, and through which day; for good without one."""

    audience: Audience
    until: dt.date | None = None


NO_CONSENT = Consent(Audience.NOBODY)


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


def shown(agreed: Mapping[Field, Consent], to: frozenset[Audience], today: dt.date) -> frozenset[Field]:
    """The fields that may be shown to somebody who stands in these audiences, on this day."""
    return frozenset(
        field
        for field, consent in agreed.items()
        if consent.audience in to
        and consent.audience is not Audience.NOBODY
        and (consent.until is None or today <= consent.until)
    )


def changes(now: Mapping[Field, Consent], wanted: Mapping[Field, Consent]) -> dict[Field, Consent]:
    """What is to be written down, so that the consents in force become the wanted ones."""
    return {field: consent for field, consent in wanted.items() if now.get(field, NO_CONSENT) != consent}
