"""What the page about another deadline shows, worked out beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from lms.kernel.values import dataclass
from lms.people.queries.persons import CodeName
from lms.web.dates import long_day, moment
from lms.web.languages import gettext as _
from lms.web.languages import ngettext, unmarked
from lms.web.slices import Slice, slice_of, sliced

from .queries.deadlines import shown_of
from .rules import Deadline, told_without_zone
from .rules.shifts import Shift


@dataclass(frozen=True)
class Shifted:
    """One person in the list: both deadlines on the clocks of their institution; of who is not to be named on those of
    the programme, and where a day ends at their institution the day alone: the rest would tell where they serve."""

    name: str
    enrolment: str
    before: str
    then: str
    note: str


@dataclass(frozen=True)
class DeadlinePage:
    """Another deadline, and whom it affects; `names` are those of all of them, by person."""

    present: Deadline
    """The one in force."""
    shifts: Sequence[Shift]
    names: Mapping[int, str]
    page: int
    at: dt.datetime
    programme: tuple[str, str]
    """The zone of the edition, and its town."""

    @property
    def fingerprint(self) -> str:
        """What was shown."""
        return shown_of(self.present, self.shifts)

    @property
    def numbers(self) -> list[str]:
        """How many people have more time, less, and none left, in words; those that are nobody are left out."""
        told = [self._told(one) for one in self.shifts]
        later = sum(then.at > before.at for before, then in told)
        earlier, past = len(told) - later, sum(then.at < self.at for _before, then in told)
        said = [
            ngettext("%(num)s person has more time.", "%(num)s people have more time.", later) if later else "",
            ngettext("%(num)s person has less time.", "%(num)s people have less time.", earlier) if earlier else "",
            ngettext(
                "For %(num)s person the new deadline has passed already.",
                "For %(num)s people the new deadline has passed already.",
                past,
            )
            if past
            else "",
        ]
        return [str(text) for text in said if text]

    @property
    def told(self) -> int:
        """How many would get a letter: whoever has not finished reading."""
        return sum(not one.finished for one in self.shifts)

    @property
    def slice(self) -> Slice:
        """Which part of the list the page shows."""
        return slice_of(self.shifts, self.page)

    @property
    def lines(self) -> list[Shifted]:
        """That part of the list, by name."""
        ordered = sorted(self.shifts, key=lambda one: (unmarked(self.names[one.person_id]), one.enrolment_id))
        return [self._line(one) for one in sliced(ordered, self.slice)]

    def _hidden(self, one: Shift) -> bool:
        return isinstance(self.names[one.person_id], CodeName)

    def _told(self, one: Shift) -> tuple[Deadline, Deadline]:
        """Both deadlines, as far as they may be told."""
        if not self._hidden(one):
            return Deadline(one.before), Deadline(one.then)
        zone = self.programme[0]
        return told_without_zone(one.before, one.zone, zone), told_without_zone(one.then, one.zone, zone)

    def _line(self, one: Shift) -> Shifted:
        zone = self.programme if self._hidden(one) else (one.zone, "")
        before, then = (long_day(due.day) if due.day else moment(due.at, *zone) for due in self._told(one))
        note = str(_("Has finished reading.")) if one.finished else ""
        return Shifted(self.names[one.person_id], one.enrolment, before, then, note)
