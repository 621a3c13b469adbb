"""The lists of this context as they are taken away: their columns, and what stands in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from lms.people import states
from lms.seminars.labels import SECTORS
from lms.web.languages import gettext as _
from lms.web.sheets import Cell, Line, Sheet, local_time

from .queries import Look, Taken
from .rules.looks import Sight
from .tables import Group, MatrixPart
from .wording import AWAITING, STATUSES


def people_sheet(seen: Look, taken: Iterable[Taken], locale: str) -> Sheet:
    """The people behind a number: for coordinators all that the list shows, and where to write to; for focal points
    completion only."""
    if seen.sight is not Sight.EVERYTHING:
        few = (_("Name"), _("State"), _("Ministry or institution"), _("Sector"), _("Where they stand"))
        return Sheet("people", few, (_outline(line, locale) for line in taken))
    zone = ZoneInfo(seen.edition.zone)
    head = (
        _("Name"),
        _("E-mail address"),
        _("Language"),
        _("State"),
        _("Ministry or institution"),
        _("Sector"),
        _("Where they stand"),
        _("Units read"),
        _("Finished reading (%(zone)s)", zone=zone.key),
        _("More time, until (%(zone)s)", zone=zone.key),
        _("Waiting"),
    )
    return Sheet("people", head, (_whole(line, locale, zone) for line in taken))


def _outline(line: Taken, locale: str) -> Line:
    shown = line.shown
    return (line.name, states.name(shown.state_code, locale), shown.institution_name, *_standing(line))


def _standing(line: Taken) -> tuple[str, str]:
    return str(SECTORS[line.shown.sector]), str(STATUSES[line.shown.status][1])


def _whole(line: Taken, locale: str, zone: ZoneInfo) -> Line:
    shown = line.shown
    return (
        line.name,
        line.address,
        line.language,
        states.name(shown.state_code, locale),
        shown.institution_name,
        *_standing(line),
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
    return Sheet("matrix", tuple(head), _matrix_lines(part))


def _matrix_lines(part: MatrixPart) -> Iterator[Line]:
    for row in part.rows:
        yield row.title, *_numbers(row.groups)
    yield _("All states"), *_numbers(part.totals)


def _numbers(groups: Iterable[Group]) -> Iterator[Cell]:
    for group in groups:
        yield from (group.finished, group.people)
