"""What the page of all editions of a year shows, worked out beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people.rules import Scope
from lms.seminars.queries import EditionRow
from lms.seminars.rules import Stage
from lms.web.dates import local_day, short_day, short_moment, town
from lms.web.languages import gettext as _
from lms.web.languages import language, ngettext
from lms.web.sheets import Sheet

from .filters import FilterPart, filter_part
from .forms import asked_by, filter_in, year_in
from .pages import Figure
from .queries import Choices
from .queries.overview import Overview, overview
from .rules.looks import AFTER_CLOSING, Filter, Sight
from .wording import STAGES


@dataclass(frozen=True)
class EditionLine:
    """One edition: a number for each stage, None where nobody can have reached it yet, and what comes next."""

    edition: EditionRow
    url: str
    figures: list[Figure | None]
    deadline: str
    next: str


OVERVIEW = "overview"
"""Stands for an edition where the address of this page asks for a state."""


def overview_page(session: Session, scope: Scope, args: Mapping[str, str], at: dt.datetime) -> OverviewPage:
    """The page that an address asks for: a year, and perhaps a state or sector."""

    def wanted_of(offered: Choices) -> Filter:
        asked = filter_in(args, OVERVIEW, offered)
        return Filter(state=asked.state, sector=asked.sector)

    return OverviewPage(overview(session, scope, year_in(args), at.date(), wanted_of), at, language())


@dataclass(frozen=True)
class OverviewPage:
    """All editions of a year side by side."""

    found: Overview
    at: dt.datetime
    locale: str

    @cached_property
    def filters(self) -> FilterPart | None:
        """What the numbers can be narrowed by; None where there is nobody."""
        offered = self.found.choices
        if not offered.sectors:
            return None
        return filter_part(offered, self.found.wanted, OVERVIEW, self.locale, Sight.EVERYTHING)

    @property
    def narrowed(self) -> str:
        """Whom the numbers are of, in words; empty where it is everybody."""
        return self.filters.said if self.filters and not self.found.wanted.empty else ""

    def file_url(self, form: str) -> str:
        """Where the same is taken away."""
        asked = asked_by(self.found.wanted, OVERVIEW)
        return url_for("downloads.overview", form=form, year=self.found.year, **asked)  # type: ignore[arg-type]

    @property
    def stages(self) -> list[str]:
        """The heads of the numbers."""
        return [str(word) for word in STAGES.values()]

    @property
    def finding(self) -> str:
        """The sentence it opens with."""
        everyone, finished = self._sum(Stage.INVITED), self._sum(Stage.PRE_READING)
        if not everyone:
            return _("Nobody has been invited yet.")
        return ngettext(
            "%(finished)s of %(num)s official has finished their pre-reading.",
            "%(finished)s of %(num)s officials have finished their pre-reading.",
            everyone,
            finished=finished,
        )

    @property
    def lines(self) -> list[EditionLine]:
        """Edition by edition."""
        return [self._line(row) for row in self.found.editions]

    def _line(self, row: EditionRow) -> EditionLine:
        people = url_for("dashboards.people", edition=row.public_id)
        deadline = f"{short_moment(row.deadline_at, row.zone)}, {town(row.place)}"
        figures = [self._figure(row, stage, people) for stage in STAGES]
        url = url_for("dashboards.edition", edition=row.public_id)
        return EditionLine(row, url, figures, deadline, self._next(row))

    def _figure(self, row: EditionRow, stage: Stage, people: str) -> Figure | None:
        if stage in AFTER_CLOSING and row.closed_at is None:
            return None
        number, everyone = (self.found.reached.get((row.id, one), 0) for one in (stage, Stage.INVITED))
        asked = urlencode({"stage": stage, **asked_by(self.found.wanted, row.public_id)})
        return Figure(number, f"{people}?{asked}", 100 * number / everyone if everyone else 0.0)

    def _next(self, row: EditionRow) -> str:
        """The date that comes next."""
        today = local_day(self.at, row.zone)
        if row.closed_at is not None:
            return _("Closed")
        if self.at <= row.deadline_at and today < row.starts_on:
            return _("Reading due %(when)s", when=short_moment(row.deadline_at, row.zone))
        if today < row.starts_on:
            return _("Opens on %(day)s", day=short_day(row.starts_on))
        if today <= row.ends_on:
            return _("On site until %(day)s", day=short_day(row.ends_on))
        return _("Attendance to be closed")

    @property
    def totals(self) -> list[Figure]:
        """All editions together."""
        everyone = self._sum(Stage.INVITED)
        sums = (self._sum(stage) for stage in STAGES)
        return [Figure(number, None, 100 * number / everyone if everyone else 0.0) for number in sums]

    def sheet(self) -> Sheet:
        """The same as a file; empty where nobody can have come so far yet."""
        head = (_("Edition"), _("Place"), *self.stages, _("Pre-reading is due"), _("Next"))
        lines = [
            (line.edition.title, line.edition.place, *(figure.number if figure else None for figure in line.figures),
             line.deadline, line.next)
            for line in self.lines
        ]  # fmt: skip
        return Sheet("editions-side-by-side", head, lambda _session: lines)

    def _sum(self, wanted: Stage) -> int:
        return sum(number for (_edition, stage), number in self.found.reached.items() if stage is wanted)
