"""The lists of this context as they are taken away: their columns, and what stands in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.people import states
from lms.seminars.cells import sector_words
from lms.seminars.columns import Column, headings, written_in
from lms.web.languages import gettext as _
from lms.web.sheets import Cell, Line, Sheet, local_time

from .queries import Look, Taken
from .rules.looks import Sight
from .tables import Group, MatrixPart
from .wording import AWAITING, STATUSES

_WHO = (Column.NAME, Column.STATE, Column.INSTITUTION, Column.SECTOR)
_MORE = (Column.ADDRESS, Column.LANGUAGE, Column.STATUS, Column.READ)


def people_sheet(seen: Look, taken: Callable[[Session], Iterable[Taken]], locale: str) -> Sheet:
    """The people behind a number: for coordinators all that the list shows, and where to write to; for focal points
    completion only."""
    if seen.sight is not Sight.EVERYTHING:
        few = headings((*_WHO, Column.STATUS), locale)
        return Sheet("people", tuple(few), lambda session: (_outline(line, locale) for line in taken(session)))
    zone = ZoneInfo(seen.edition.zone)
    head = (
        *headings((*_WHO, *_MORE), locale),
        _("Finished reading (%(zone)s)", zone=zone.key),
        _("More time, until (%(zone)s)", zone=zone.key),
        _("Waiting"),
    )
    return Sheet("people", head, lambda session: (_whole(line, locale, zone) for line in taken(session)))


def _outline(line: Taken, locale: str) -> Line:
    shown = line.shown
    return (*_who(line, locale), str(STATUSES[shown.status][1]))


def _who(line: Taken, locale: str) -> tuple[str, str, str, str]:
    """As an import reads it."""
    shown = line.shown
    return (
        line.name,
        states.name(shown.state_code, written_in(locale)),
        shown.institution_name,
        sector_words(shown.sector, locale),
    )


def _whole(line: Taken, locale: str, zone: ZoneInfo) -> Line:
    shown = line.shown
    return (
        *_who(line, locale),
        line.address,
        line.language,
        str(STATUSES[shown.status][1]),
        shown.units[0] if shown.units else None,
        local_time(shown.finished_at, zone),
        local_time(shown.own_deadline_at, zone),
        "; ".join(str(AWAITING[what]) for what in shown.awaiting),
    )


def matrix_sheet(part: MatrixPart) -> Sheet:
    """Who has finished, of those invited, by state and sector, with all totals."""
    head: list[str] = [_("State")]
    for title in (_("All"), *part.columns):
        head += [_("%(group)s: finished", group=title), _("%(group)s: invited", group=title)]
    return Sheet("matrix", tuple(head), lambda _session: _matrix_lines(part))


def _matrix_lines(part: MatrixPart) -> Iterator[Line]:
    for row in part.rows:
        yield row.title, *_numbers(row.groups)
    yield _("All states"), *_numbers(part.totals)


def _numbers(groups: Iterable[Group]) -> Iterator[Cell]:
    for group in groups:
        yield from (group.finished, group.people)
