"""What becomes of one row, from what it says and what is known: pure, so that a rehearsal and the saving agree."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from email_validator import EmailNotValidError, validate_email

from lms.kernel.values import dataclass
from lms.people import states
from lms.people.models import Sector
from lms.people.rules.code_names import is_nominee_name, looks_like_code_name
from lms.people.rules.names import LONGEST_NAME, folded, mistake_in_line, mistake_in_name
from lms.seminars.cells import language_of, sector_of, zone_of
from lms.seminars.columns import Column
from lms.seminars.rules import EnrolmentState, counted
from lms.seminars.spelling import tidy_cell

from .models import Verdict
from .no_names import why_no_name
from .table import MORE

LONGEST_FUNCTION = 200
LONGEST_INSTITUTION = 300
NEW_ON_PURPOSE = "new-institution"
"""The cell by which a coordinator says that an institution is new, however much its name is like another's."""
KNOWN = "known"
"""Why a row is as it is: somebody who has no place in the edition goes by this address."""
_ALIKE = 0.86
_IN_BRACKETS = re.compile(r"^[^<>]*<([^<>]+)>[;,.]?$")
_EARLIEST = dt.date(1950, 1, 1)


@dataclass(frozen=True)
class Known:
    """What we have of a person whom a row names. `ours`: nobody but this edition's coordinator has dealt with them so
    far, so that all that is said of them may be corrected."""

    person_id: int
    name: str
    ours: bool
    locale: str | None
    function: str
    since: dt.date | None
    institution_id: int | None
    """Where they serve, or for a place in this edition where they served then."""
    enrolment_id: int | None = None
    state: EnrolmentState | None = None
    invited: bool = False
    code_name: str = ""
    hidden: bool = False
    """Whether lists call them by their code name."""


@dataclass(frozen=True)
class House:
    """An institution that is known."""

    id: int
    name: str
    sector: Sector


@dataclass(frozen=True)
class Surroundings:
    """What is known around some rows."""

    people: Mapping[str, Known]
    """By the blind index of their address, or of what stands for it in an edition that is over."""
    houses: Mapping[str, Mapping[str, House]]
    """By state, then by folded name."""
    first: Mapping[str, int]
    """The first row of the file with a blind index."""
    languages: Collection[str]
    today: dt.date
    code_names: Collection[str] = ()
    """Of everybody who is not to be named, where a row might say one of them."""
    over: bool = False
    """Whether the edition is over: of whoever was there long ago, often no address is left."""


@dataclass(frozen=True)
class Nominee:
    """What a row says, understood."""

    name: str
    address: str
    state: str
    institution: str
    house: House | None
    sector: Sector | None
    zone: str
    locale: str | None
    function: str
    since: dt.date | None


@dataclass(frozen=True)
class Judgement:
    """What becomes of a row. `columns`: where the mistake is, or what changes; `nominee` where the row can be taken."""

    verdict: Verdict
    reason: str | None = None
    columns: tuple[Column, ...] = ()
    nominee: Nominee | None = field(default=None, repr=False)
    known: Known | None = field(default=None, repr=False)


class Unfit(Exception):
    """A cell that keeps its row from being taken."""

    def __init__(self, reason: str, column: Column) -> None:
        super().__init__(reason, column)
        self.reason, self.column = reason, column


def address_in(cells: Mapping[str, str]) -> str:
    """The address of a row as it is compared: without what programs put around it."""
    text = unicodedata.normalize("NFKC", cells.get(Column.ADDRESS, "")).strip()
    bracketed = _IN_BRACKETS.match(text)
    text = (bracketed[1] if bracketed else text).strip(" ;,.<>\"'").removeprefix("mailto:")
    return text.strip()


def called_in(cells: Mapping[str, str]) -> tuple[str, str, str] | None:
    """By what somebody without an address is known within an edition: state, institution and name, each folded."""
    state = states.named(cells.get(Column.STATE, ""))
    institution, name = folded(cells.get(Column.INSTITUTION, "")), folded(cells.get(Column.NAME, ""))
    return (state.code, institution, name) if state and institution and name else None


def judged(
    number: int, cells: Mapping[str, str], blind: str | None, around: Surroundings, called: str | None = None
) -> Judgement:
    """What becomes of the row with this number. `called` stands for its name, state and institution, where the edition
    is over; for a row without an address that is `blind` too."""
    try:
        nominee = _understood(cells, around)
    except Unfit as no:
        return Judgement(Verdict.REFUSED, no.reason, (no.column,))
    if blind is not None and around.first.get(blind, number) < number:
        return Judgement(Verdict.REFUSED, "twice" if nominee.address else "twice-named", (Column.ADDRESS,))
    if nominee.address and called in around.first:
        return Judgement(Verdict.REFUSED, "twice-named", (Column.ADDRESS,))
    known = around.people.get(blind or "")
    if known is None or known.state is None:
        known = around.people.get(called or "", known)
    if nominee.name in around.code_names or (known and nominee.name == known.code_name):
        return Judgement(Verdict.REFUSED, "code-name", (Column.NAME,))
    named = known is not None and (known.hidden or folded(nominee.name) == folded(tidy_cell(known.name)))
    if not named and (wrong := why_no_name(nominee.name)):
        return Judgement(Verdict.REFUSED, wrong, (Column.NAME,))
    if known is None:
        return Judgement(Verdict.NEW, None, (), nominee)
    return _of_somebody_known(nominee, known)


def _of_somebody_known(nominee: Nominee, known: Known) -> Judgement:
    """Whoever is in the edition and whom the row does not change is answered alike, whether named there or not: another
    answer would say whose name stands behind a code name."""
    if known.state is None:
        return Judgement(Verdict.NEW, KNOWN, (), nominee, known)
    left_as_they_are = Judgement(Verdict.SAME, None, (), nominee, known)
    if known.state is EnrolmentState.NOMINATED:
        # What a row says right and what it says wrong of whoever is not to be named would tell who they are.
        changes = () if known.hidden or not known.ours else _changes(nominee, known)
        return Judgement(Verdict.CHANGED, "changes", changes, nominee, known) if changes else left_as_they_are
    if known.state is EnrolmentState.WITHDRAWN and not known.invited:
        return Judgement(Verdict.CHANGED, "again", _changes(nominee, known) if known.ours else (), nominee, known)
    return left_as_they_are if counted(known.state) else replace(left_as_they_are, reason=f"left-{known.state}")


def _changes(nominee: Nominee, known: Known) -> tuple[Column, ...]:
    """What the row says otherwise; what it does not say stays."""
    other = {
        Column.NAME: _spelt_otherwise(nominee.name, tidy_cell(known.name)),
        Column.INSTITUTION: nominee.house is None or nominee.house.id != known.institution_id,
        Column.LANGUAGE: nominee.locale not in (None, known.locale),
        Column.FUNCTION: bool(nominee.function) and nominee.function != known.function,
    }
    return tuple(column for column, differs in other.items() if differs)


def _spelt_otherwise(said: str, known: str) -> bool:
    """Whether a row puts a name right. One written in capitals, or without any, does not say how its letters stand."""
    if folded(said) != folded(known):
        return True
    return said != known and said not in (said.upper(), said.lower())


# Cell by cell -------------------------------------------------------------------------------------------------------


def _understood(cells: Mapping[str, str], around: Surroundings) -> Nominee:
    if MORE in cells:
        raise Unfit(MORE, Column.INSTITUTION)
    name = _name(cells.get(Column.NAME, ""))
    if is_nominee_name(name) or (looks_like_code_name(name) and not address_in(cells)):
        raise Unfit("code-name", Column.NAME)
    address = "" if around.over and not address_in(cells) else _address(cells)
    state = _state(cells.get(Column.STATE, ""))
    institution, house = _house(cells, around.houses.get(state, {}))
    return Nominee(
        name=name,
        address=address,
        state=state,
        institution=institution,
        house=house,
        sector=sector_of(cells.get(Column.SECTOR, "")),
        zone=zone_of(cells.get(Column.ZONE, "")) or "",
        locale=_locale(cells.get(Column.LANGUAGE, ""), around.languages),
        function=_function(cells.get(Column.FUNCTION, "")),
        since=_since(cells.get(Column.SINCE, ""), around.today),
    )


def _name(text: str) -> str:
    if not text:
        raise Unfit("name-missing", Column.NAME)
    if mistake := mistake_in_name(text):
        long = len(text) > LONGEST_NAME
        raise Unfit("name-long" if long else f"name-{mistake.value}", Column.NAME)
    return text


def _address(cells: Mapping[str, str]) -> str:
    text = address_in(cells)
    if not text:
        raise Unfit("address-missing", Column.ADDRESS)
    if text.count("@") > 1:
        raise Unfit("address-several", Column.ADDRESS)
    if "@" not in text:
        raise Unfit("address-no-at", Column.ADDRESS)
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Unfit("address-wrong", Column.ADDRESS) from None


def _state(text: str) -> str:
    if not text:
        raise Unfit("state-missing", Column.STATE)
    found = states.named(text)
    if found is None:
        raise Unfit("state-unknown", Column.STATE)
    return found.code


def _house(cells: Mapping[str, str], houses: Mapping[str, House]) -> tuple[str, House | None]:
    text = cells.get(Column.INSTITUTION, "")
    if not text:
        raise Unfit("institution-missing", Column.INSTITUTION)
    if mistake_in_name(text) or mistake_in_line(text, LONGEST_INSTITUTION):
        raise Unfit("institution-wrong", Column.INSTITUTION)
    found = houses.get(folded(text))
    said = sector_of(cells.get(Column.SECTOR, "")) and zone_of(cells.get(Column.ZONE, ""))
    alike = not found and close_to(text, houses) and not cells.get(NEW_ON_PURPOSE)
    if not found and (not said or alike):
        raise Unfit("institution-unknown", Column.INSTITUTION)
    return found.name if found else text, found


def close_to(text: str, houses: Mapping[str, House], *, cutoff: float = _ALIKE) -> Sequence[House]:
    """The institutions whose names are written much like this, nearest first."""
    return [houses[name] for name in difflib.get_close_matches(folded(text), houses, n=5, cutoff=cutoff)]


def _locale(text: str, offered: Collection[str]) -> str | None:
    """The language to write in, of those we write; a language we do not write says nothing."""
    if not text:
        return None
    code = language_of(text)
    if code is None:
        raise Unfit("language-unknown", Column.LANGUAGE)
    return code if code in offered else None


def _function(text: str) -> str:
    if mistake_in_line(text, LONGEST_FUNCTION):
        raise Unfit("function-wrong", Column.FUNCTION)
    return text


def _since(text: str, today: dt.date) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Unfit("since-unclear", Column.SINCE) from None
    if not _EARLIEST <= day <= today:
        raise Unfit("since-range", Column.SINCE)
    return day
