"""How long a sign-in lasts, and what a device is called."""

from __future__ import annotations

import datetime as dt
import re

from lms.kernel.values import dataclass

MOST_SESSIONS = 5
SEEN_EVERY = dt.timedelta(minutes=5)
STAFF_IDLE = dt.timedelta(minutes=30)
PARTICIPANT_IDLE = dt.timedelta(hours=8)
ABSOLUTE = dt.timedelta(hours=12)
KEPT = dt.timedelta(days=30)


@dataclass(frozen=True)
class Lifetime:
    """How long a session lives without use, and at most."""

    idle: dt.timedelta
    absolute: dt.timedelta


def lifetime(*, staff: bool, keep: bool) -> Lifetime:
    """A holder of a mandate signs in anew sooner, and cannot keep a device signed in."""
    if staff:
        return Lifetime(STAFF_IDLE, ABSOLUTE)
    return Lifetime(KEPT, KEPT) if keep else Lifetime(PARTICIPANT_IDLE, ABSOLUTE)


def lives(
    *,
    created_at: dt.datetime,
    seen_at: dt.datetime,
    expires_at: dt.datetime,
    idle: dt.timedelta,
    staff: bool,
    at: dt.datetime,
) -> bool:
    """Whether a session is still good; a mandate given after the sign-in shortens it from then on."""
    if staff:
        idle, expires_at = min(idle, STAFF_IDLE), min(expires_at, created_at + ABSOLUTE)
    return at < expires_at and at - seen_at < idle


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Browser and system in two words, such as "Firefox, Windows"; an empty text where neither is known."""
    agent = re.sub(r"[^\x20-\x7e]", "", user_agent)
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(word for word in (browser, system) if word)
