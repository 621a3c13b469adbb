"""What has happened to persons."""

from __future__ import annotations

import datetime as dt

from lms.kernel.events import Event
from lms.kernel.values import dataclass


@dataclass(frozen=True)
class PersonWelcomed(Event):
    """Somebody signed in for the first time and confirmed who they are."""

    person_id: int
    at: dt.datetime


@dataclass(frozen=True)
class InvitationDeclined(Event):
    """Somebody who was invited said, with the code of the letter, that they do not come."""

    person_id: int
    at: dt.datetime


@dataclass(frozen=True)
class PersonsJoined(Event):
    """Two entries were one person: everything of the second hangs on the first now."""

    person_id: int
    other_id: int
    at: dt.datetime


@dataclass(frozen=True)
class SignedIn(Event):
    """Somebody signed in."""

    person_id: int
    at: dt.datetime


@dataclass(frozen=True)
class NameConfirmed(Event):
    """Somebody said that a person's name is right as it stands."""

    person_id: int
    at: dt.datetime


@dataclass(frozen=True)
class NamingChanged(Event):
    """A person or a state was marked as not to be named, or is no more."""

    at: dt.datetime


@dataclass(frozen=True)
class PersonErased(Event):
    """The key of a person was destroyed: whatever else leads to them has to go in the same transaction."""

    person_id: int
    at: dt.datetime
