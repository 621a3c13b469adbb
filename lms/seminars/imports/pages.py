"""What the pages of an import show, worked out beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from babel.core import get_global
from sqlalchemy.orm import Session

from lms.kernel.undertakings import Progress
from lms.kernel.values import dataclass
from lms.people import states
from lms.people.models import Sector
from lms.people.states import named
from lms.seminars.cells import sector_of, zone_of
from lms.seminars.columns import Column
from lms.seminars.labels import SECTORS
from lms.web.dates import is_zone
from lms.web.languages import choices, language, own_name
from lms.web.slices import Slice

from .judging import House, close_to
from .models import Import, ImportState, Verdict
from .queries import Against, Shown
from .surroundings import houses_of
from .wording import LABELS, remark, why_refused

MOST_LEFT_SHOWN = 10
_LOOSE = 0.5


@dataclass(frozen=True)
class Fix:
    """One row with a problem, and the one field that mends it."""

    row: Shown
    label: str
    sentence: str
    about: str
    """What else the row says, so that it is recognised."""
    choices: Sequence[tuple[str, str]] = ()
    """(value, words) where the field is a choice."""
    sector: str = ""
    zone: str = ""

    @property
    def kind(self) -> str:
        """Which field it is: "institution", "choice", "address" or "text"."""
        if self.row.reason == "institution-unknown":
            return "institution"
        if self.choices:
            return "choice"
        return "address" if self.row.column is Column.ADDRESS else "text"

    @property
    def id(self) -> str:
        """How its field is called in the form."""
        return field_id(self.row.number, self.row.column)


def field_id(number: int, column: str) -> str:
    """The name of the field for one cell."""
    return f"row-{number}-{column}"


def fixes(session: Session, rows: Sequence[Shown]) -> list[Fix]:
    """The rows with their fields; the institutions of all their states in one statement."""
    wanted = [row for row in rows if row.reason == "institution-unknown"]
    codes = {state.code for row in wanted if (state := named(row.cells.get(Column.STATE, "")))}
    houses = houses_of(session, codes) if codes else {}
    return [_fix(row, houses) for row in rows]


def _fix(row: Shown, houses: Mapping[str, Mapping[str, House]]) -> Fix:
    cell = row.cells.get(row.column, "")
    about = [row.cells.get(column, "") for column in (Column.ADDRESS, Column.INSTITUTION, Column.STATE)]
    fix = Fix(
        row=row,
        label=str(LABELS[row.column]),
        sentence=why_refused(row.reason, row.column, cell),
        about=", ".join(part for part in about if part and part != cell),
    )
    if row.reason == "language-unknown":
        return Fix(**{**vars(fix), "choices": [(code, own_name(code)) for code in choices()]})
    if row.reason != "institution-unknown":
        return fix
    state = named(row.cells.get(Column.STATE, ""))
    there = houses.get(state.code, {}) if state else {}
    near = list(close_to(cell, there, cutoff=_LOOSE))
    rest = sorted((house for house in there.values() if house not in near), key=lambda house: house.name)
    sector = sector_of(row.cells.get(Column.SECTOR, ""))
    return Fix(
        **{
            **vars(fix),
            "choices": [(house.name, house.name) for house in (*near, *rest)],
            "sector": str(sector) if sector else "",
            "zone": zone_of(row.cells.get(Column.ZONE, "")) or (only_zone(state.code) if state else ""),
        }
    )


def only_zone(code: str) -> str:
    """The time zone of a state that has no other."""
    zones: Sequence[str] = get_global("territory_zones").get(code, ())
    return zones[0] if len(zones) == 1 and is_zone(zones[0]) else ""


def remark_on(row: Shown) -> str:
    """What is to be said of a row: why it is refused, or what becomes of it."""
    if row.verdict is Verdict.REFUSED:
        return why_refused(row.reason, row.column, row.cells.get(row.column, ""))
    return remark(row.verdict, row.reason, row.columns)


def state_said(row: Shown) -> str:
    """The state as it is understood, or as it is written."""
    found = named(row.cells.get(Column.STATE, ""))
    return states.name(found.code, language()) if found else row.cells.get(Column.STATE, "")


@dataclass(frozen=True)
class ImportPage:
    """One import: how far it is, what needs a correction, what would become of the rest."""

    found: Import
    work: Progress | None
    counts: Mapping[str, int]
    show: Verdict
    rows: Sequence[Shown]
    part: Slice
    fixes: Sequence[Fix]
    left: Sequence[Shown]
    head: Mapping[str, object] = field(default_factory=dict)
    against: Sequence[Against] = ()
    """Some of those because of whom it is not taken back, or because of whom a part of it stayed."""
    many: int = 0
    """How many those are in all."""
    mended: int = 0
    """How often something was corrected in it so far."""

    @cached_property
    def busy(self) -> bool:
        """Whether the worker is at it, so that the page looks again."""
        return self.found.state in (ImportState.REHEARSING, ImportState.SAVING, ImportState.UNDOING)

    @property
    def ready(self) -> int:
        """How many rows would be taken over."""
        return self.count(Verdict.NEW) + self.count(Verdict.CHANGED)

    def count(self, verdict: str) -> int:
        """How many rows have this verdict."""
        return self.counts.get(verdict, 0)

    def remark(self, row: Shown) -> str:
        """What is to be said of a row."""
        return remark_on(row)

    def state(self, row: Shown) -> str:
        """The state as it is understood."""
        return state_said(row)

    @property
    def sectors(self) -> list[tuple[str, str]]:
        """The sectors to choose from."""
        return [(sector.value, str(SECTORS[sector])) for sector in Sector]
