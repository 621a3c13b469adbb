"""What the page of nominations by state shows, worked out beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property
from urllib.parse import urlencode

from flask import url_for

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.seminars.labels import STATES as PLACES
from lms.seminars.queries import count_of
from lms.seminars.rules import OPEN, EnrolmentState
from lms.seminars.rules.nominations import NOMINATIONS_WAITING
from lms.web.dates import short_day
from lms.web.languages import gettext as _
from lms.web.languages import language, ngettext
from lms.web.sheets import Line, Sheet

from .forms import state_key
from .queries import Look, StateNominations, nominations
from .rules.looks import Sight
from .tables import footnotes, state_order, state_title


@dataclass(frozen=True)
class Count:
    """A number with the list behind it; no address where nobody stands there."""

    number: int
    url: str | None


@dataclass(frozen=True)
class StateLine:
    """One state on the page; `mark` is the number of its footnote, or 0."""

    title: str
    mark: int
    call_url: str
    places: int | None
    sent: str
    answered: str
    open: int | None
    counts: list[Count]


@dataclass(frozen=True)
class NominationsPage:
    """Nominations by state."""

    found: Sequence[StateNominations]
    edition: str
    locale: str
    list_url: str
    call_url: str
    waiting: int = 0
    """Nominations of focal points that nobody has decided on."""

    @property
    def heads(self) -> list[str]:
        """What the numbers of people are called."""
        return [str(word) for word in PLACES.values()]

    @cached_property
    def notes(self) -> dict[str, str]:
        """The footnotes to names of states, by code."""
        return footnotes(state_order((row.code for row in self.found), self.locale), self.locale)

    @cached_property
    def lines(self) -> list[StateLine]:
        """State by state, in the order of their names."""
        by_code = {row.code: row for row in self.found}
        return [self._line(by_code[code]) for code in state_order(by_code, self.locale)]

    def _line(self, row: StateNominations) -> StateLine:
        here = state_key(self.edition, row.code)
        return StateLine(
            title=state_title(row.code, self.locale),
            mark=list(self.notes).index(row.code) + 1 if row.code in self.notes else 0,
            call_url=f"{self.call_url}?{urlencode({'state': here})}",
            places=row.places,
            sent=_day(row.sent_on),
            answered=_day(row.answered_on),
            open=row.open,
            counts=[self._count(row.standing.get(state, 0), place=state, state=here) for state in PLACES],
        )

    def _count(self, number: int, **asked: str) -> Count:
        return Count(number, f"{self.list_url}?{urlencode(asked)}" if number else None)

    @property
    def totals(self) -> list[Count]:
        """The last line: every state together."""
        return [self._count(self._sum([state]), place=state) for state in PLACES]

    @property
    def places(self) -> int:
        """Places asked of all states."""
        return sum(row.places or 0 for row in self.found)

    @property
    def open(self) -> int:
        """Of these, how many are open."""
        return sum(row.open or 0 for row in self.found)

    def _sum(self, wanted: Iterable[EnrolmentState]) -> int:
        return sum(row.standing.get(state, 0) for row in self.found for state in wanted)

    @property
    def finding(self) -> str:
        """The sentences it opens with."""
        asked = [row for row in self.found if row.places is not None]
        if not asked:
            return _("No state has been asked yet.")
        first = ngettext(
            "%(num)s state is asked; answers came from %(answered)s.",
            "%(num)s states are asked; answers came from %(answered)s.",
            len(asked),
            answered=sum(row.answered_on is not None for row in asked),
        )
        return f"{first} {self._people()}"

    def _people(self) -> str:
        return ngettext(
            "%(num)s person is nominated, invited or has accepted; %(open)s of %(all)s places asked are open.",
            "%(num)s people are nominated, invited or have accepted; %(open)s of %(all)s places asked are open.",
            self._sum(OPEN),
            open=self.open,
            all=self.places,
        )

    def sheet(self) -> Sheet:
        """The same as a file."""
        head = (
            _("State"),
            _("Places asked"),
            _("Letter sent on"),
            _("Letter answered on"),
            _("Places open"),
            *self.heads,
        )
        return Sheet("nominations", head, lambda _session: self._rows())

    def _rows(self) -> Iterable[Line]:
        by_code = {row.code: row for row in self.found}
        for code in state_order(by_code, self.locale):
            row = by_code[code]
            standing = (row.standing.get(state, 0) for state in PLACES)
            yield state_title(code, self.locale), row.places, row.sent_on, row.answered_on, row.open, *standing


def nominations_page(seen: Look) -> NominationsPage:
    """The page for somebody who coordinates the edition; for everyone else there is none (NotFound)."""
    if seen.sight is not Sight.EVERYTHING:
        raise NotFound
    here = seen.edition.public_id
    return NominationsPage(
        found=nominations(db.session(), seen),
        edition=here,
        locale=language(),
        list_url=url_for("dashboards.people", edition=here),
        call_url=url_for("seminars.calls", edition=here),
        waiting=count_of(db.session(), seen.edition.id, NOMINATIONS_WAITING),
    )


def _day(day: dt.date | None) -> str:
    return short_day(day) if day else ""
