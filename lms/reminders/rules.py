"""Who gets a reminder and who is left out, why, and what the places in a text are, as pure functions."""

from __future__ import annotations

import datetime as dt
import enum
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from zoneinfo import ZoneInfo

from lms.kernel.values import dataclass
from lms.people.rules.letters import digest_due
from lms.seminars.rules import COUNTED, EnrolmentState

MOST = 5000
"""Letters in one sending: more are sent state by state, so that one act stays one that can be looked at."""
LONGEST_SUBJECT = 150
LONGEST_BODY = 5000


class LeftOut(enum.StrEnum):
    """Why somebody on the list gets no reminder."""

    ERASED = "erased"
    NOT_INVITED = "not-invited"
    FINISHED = "finished"
    NO_ADDRESS = "no-address"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"
    CAP = "cap"


@dataclass(frozen=True)
class Candidate:
    """Somebody on the list, with what decides whether and how they are written to."""

    enrolment_id: int
    edition_id: int
    public_id: str
    person_id: int
    subject: str
    state: EnrolmentState
    erased: bool
    finished: bool
    welcomed: bool
    identity_id: int | None
    bounced: bool
    stopped: bool
    last_at: dt.datetime | None
    deadline: dt.datetime
    locale: str
    zone: str
    institution: str
    institution_zone: str

    def left_out(self, at: dt.datetime) -> LeftOut | None:
        """The first reason for which this person gets no reminder; None for whoever gets one."""
        reasons = {
            LeftOut.ERASED: self.erased,
            LeftOut.NOT_INVITED: self.state not in COUNTED,
            LeftOut.FINISHED: self.finished,
            LeftOut.NO_ADDRESS: self.identity_id is None,
            LeftOut.BOUNCED: self.bounced,
            LeftOut.UNSUBSCRIBED: self.stopped,
            LeftOut.CAP: not digest_due(self.last_at, [self.deadline], at, self.zone),
        }
        return next((reason for reason, holds in reasons.items() if holds), None)


# Every week by itself -----------------------------------------------------------------------------------------------

HOURS = range(8, 11)


def good_hour(at: dt.datetime, zone: str) -> bool:
    """Whether it is a working day's morning on the clocks of `zone`: nobody is written to at night by a machine."""
    there = at.astimezone(ZoneInfo(zone))
    return there.weekday() < 5 and there.hour in HOURS


def joined(found: Iterable[Candidate], at: dt.datetime) -> list[list[Candidate]]:
    """Who gets a digest now, each with all of their places that have something left to read, the nearest deadline
    first; several editions make one letter."""
    places: dict[int, list[Candidate]] = {}
    for one in found:
        if one.left_out(at) in (None, LeftOut.CAP) and good_hour(at, one.zone):
            places.setdefault(one.person_id, []).append(one)
    return [
        sorted(theirs, key=lambda one: one.deadline)
        for theirs in places.values()
        if digest_due(theirs[0].last_at, [one.deadline for one in theirs], at, theirs[0].zone)
    ]


# Texts --------------------------------------------------------------------------------------------------------------


class Place(enum.StrEnum):
    """What is filled in for each reader, written in braces."""

    NAME = "name"
    DEADLINE = "deadline"
    UNITS_LEFT = "units left"
    LINK = "link"


@dataclass(frozen=True)
class Text:
    """What a reminder says, with places in braces."""

    subject: str
    body: str


class Mistake(enum.StrEnum):
    """What is wrong with a text."""

    UNKNOWN_PLACE = "unknown-place"
    LINK_MISSING = "link-missing"
    LINK_IN_SUBJECT = "link-in-subject"
    NAME_IN_SUBJECT = "name-in-subject"
    LINES_IN_SUBJECT = "lines-in-subject"


_BRACES = re.compile(r"\{([^{}]*)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


def places_in(text: str) -> set[str]:
    """What stands in braces."""
    return {_named(found) for found in _BRACES.findall(text)}


def _named(inside: str) -> str:
    return " ".join(inside.split()).lower()


def unknown_places(text: Text) -> list[str]:
    """What stands in braces and is no place, as it was written, in order."""
    known = set(Place)
    return [found for found in _BRACES.findall(f"{text.subject}\n{text.body}") if _named(found) not in known]


def mistakes(text: Text) -> list[Mistake]:
    """Everything wrong with a text; none for one that may be sent."""
    subject = places_in(text.subject)
    found = {
        Mistake.UNKNOWN_PLACE: bool(unknown_places(text)),
        Mistake.LINK_MISSING: Place.LINK not in places_in(text.body),
        Mistake.LINK_IN_SUBJECT: Place.LINK in subject,
        Mistake.NAME_IN_SUBJECT: Place.NAME in subject,
        Mistake.LINES_IN_SUBJECT: "\n" in text.subject.strip() or bool(_CONTROL.search(text.subject)),
    }
    return [mistake for mistake, made in found.items() if made]


def tidy(text: Text) -> Text:
    """The same in one form: no characters that mail cannot carry, lines ended one way, no more than one empty line."""
    body = _CONTROL.sub("", text.body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return Text(text.subject.strip(), re.sub(r"\n[ \t]*\n\s*", "\n\n", body))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in, each once: a name that holds braces stays as it is."""
    return _BRACES.sub(lambda found: values.get(_named(found[1]), found[0]), text)


# What one letter says of one edition --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """What a reminder says of one edition to one person; `deadline` is the one in force for them, in ISO 8601."""

    edition: str
    title: str
    town: str
    zone: str
    deadline: str
    left: int
    welcomed: bool
    subject: str
    body: str


def packed(items: Iterable[Item]) -> str:
    """Items as one text, to be sealed."""
    return json.dumps([asdict(item) for item in items])


def unpacked(text: str) -> list[Item]:
    """The items of a packed text."""
    return [Item(**item) for item in json.loads(text)]


def told_apart_by(going: Iterable[tuple[Candidate, Text]], left_out: Mapping[str, LeftOut]) -> str:
    """All by which one preview is told from another: who is written to in which language, zone and words, for which
    deadline, and who is not. How many texts are left is not in it: people read on while somebody looks at the page."""
    lines = [
        [one.public_id, one.locale, one.zone, one.deadline.isoformat(), text.subject, text.body]
        for one, text in sorted(going, key=lambda pair: pair[0].enrolment_id)
    ]
    return json.dumps([lines, sorted(left_out.items())])
