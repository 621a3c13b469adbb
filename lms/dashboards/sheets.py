"""The lists of this context as they are taken away: their columns, and what stands in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.people import states
from lms.people.models import Sector
from lms.seminars.cells import sector_words
from lms.seminars.columns import Column, headings, written_in
from lms.web.languages import gettext as _
from lms.web.sheets import Cell, Line, Sheet, local_time

from .queries import Look, Taken
from .rules.looks import Sight
from .tables import MatrixPart, Share
from .wording import AWAITING, STATUSES

_WHO = (Column.NAME, Column.STATE, Column.INSTITUTION, Column.SECTOR)
_MORE = (Column.ADDRESS, Column.LANGUAGE, Column.STATUS, Column.READ)


class _Words:
    """What the cells of one file say, each word looked up once: a long list says the same few again and again."""

    def __init__(self, locale: str) -> None:
        self.state = cache(lambda code: states.name(code, written_in(locale)))
        self.sector = cache(lambda sector: sector_words(Sector(sector), locale))
        self.status = cache(lambda status: str(STATUSES[status][1]))
        self.late = _("yes")
        self.awaiting = cache(lambda awaiting: "; ".join(str(AWAITING[what]) for what in awaiting))


def people_sheet(seen: Look, taken: Callable[[Session], Iterable[Taken]], locale: str) -> Sheet:
    """The people behind a number: for coordinators all that the list shows, and where to write to; for focal points
    completion only. Who they are is written as an import reads it."""
    words = _Words(locale)
    if seen.sight is not Sight.EVERYTHING:
        few = headings((*_WHO, Column.STATUS), locale)
        return Sheet("people", tuple(few), lambda session: (_outline(line, words) for line in taken(session)))
    zone = ZoneInfo(seen.edition.zone)
    head = (
        *headings((*_WHO, *_MORE), locale),
        _("Finished reading (%(zone)s)", zone=zone.key),
        _("Finished late"),
        _("More time, until (%(zone)s)", zone=zone.key),
        _("Waiting"),
    )
    return Sheet("people", head, lambda session: (_whole(line, words, zone) for line in taken(session)))


def _outline(line: Taken, words: _Words) -> Line:
    return (
        line.name,
        words.state(line.state_code),
        line.institution_name,
        words.sector(line.sector),
        words.status(line.status),
    )


def _whole(line: Taken, words: _Words, zone: ZoneInfo) -> Line:
    (
        name,
        state_code,
        institution,
        sector,
        status,
        units,
        finished_at,
        late,
        deadline_at,
        awaiting,
        address,
        language,
    ) = line
    return (
        name,
        words.state(state_code),
        institution,
        words.sector(sector),
        address,
        language,
        words.status(status),
        units,
        local_time(finished_at, zone),
        words.late if late else "",
        local_time(deadline_at, zone),
        words.awaiting(awaiting),
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


def _numbers(groups: Iterable[Share]) -> Iterator[Cell]:
    for group in groups:
        yield from (group["finished"], group["people"])
