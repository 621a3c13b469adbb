"""What the page before a move to another version shows, worked out beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from lms.catalogue.rules.differences import What, differences
from lms.catalogue.rules.outline import Outline
from lms.kernel.values import dataclass
from lms.seminars.models import Edition
from lms.seminars.queries import PersonRow, VersionRow
from lms.web.dates import days_left
from lms.web.languages import gettext as _
from lms.web.languages import in_a_row, ngettext
from lms.web.slices import Slice, slice_of, sliced

from .differing import in_words
from .rules.moving import Effect, Forecast


@dataclass(frozen=True)
class Affected:
    """One person for whom something changes, and what."""

    name: str
    enrolment: str
    said: Sequence[str]


@dataclass(frozen=True)
class MovingPage:
    """An edition, the version it would read, and what becomes of its people. `people` are those whom the forecast
    touches, named and in the order of their names."""

    edition: Edition
    versions: Sequence[VersionRow]
    number: str
    old: Outline
    new: Outline
    forecast: Forecast
    people: Sequence[PersonRow]
    page: int
    language: str
    at: dt.datetime
    refusal: str | None = None

    @property
    def steps(self) -> list[VersionRow]:
        """The versions after the present one up to that one, in their order."""
        newer = [version for version in reversed(self.versions) if version.newer]
        return newer[: [version.number for version in newer].index(self.number) + 1]

    @cached_property
    def _differences(self) -> list[tuple[What, str]]:
        return [(found.what, in_words(found, self.language)) for found in differences(self.old, self.new)]

    @property
    def changes(self) -> list[str]:
        """What is another for the people who read, a sentence each."""
        return [text for what, text in self._differences if what is not What.UNIT_WORDS]

    @property
    def corrected(self) -> str:
        """The titles of the texts of which only the words are others; empty when there are none."""
        return in_a_row([f"“{title}”" for what, title in self._differences if what is What.UNIT_WORDS])

    @property
    def numbers(self) -> list[tuple[int, str]]:
        """How many people each effect has, in words; those it has none for are left out."""
        found = [(self.forecast.count(name), say) for name, say in _NUMBERS.items()]
        return [(number, say(number)) for number, say in found if number]

    @property
    def deadline(self) -> list[str]:
        """How the deadline stands for those who have more to read."""
        left = days_left(self.forecast.deadline, self.at, self.edition.zone)
        if self.at > self.forecast.deadline:
            said = _("That has passed.")
        else:
            said = (
                ngettext("That is in %(num)s day.", "That is in %(num)s days.", left) if left else _("That is today.")
            )
        late = self.forecast.count("late")
        return [str(said), *([_late(late), str(_("You can give more time on a person's page."))] if late else [])]

    @property
    def slice(self) -> Slice:
        """Which part of the list the page shows."""
        return slice_of(self.people, self.page)

    @cached_property
    def affected(self) -> list[Affected]:
        """That part of the list."""
        effects = {effect.enrolment_id: effect for effect in self.forecast.effects}
        shown = sliced(self.people, self.slice)
        return [Affected(row.name, row.public_id, self._of_one(effects[row.enrolment_id])) for row in shown]

    @cached_property
    def _titles(self) -> Mapping[int, str]:
        units = (unit for outline in (self.old, self.new) for _module, unit in outline.units())
        return {unit.id: unit.named(self.language) for unit in units}

    def _units(self, numbers: Sequence[int]) -> str:
        return in_a_row([f"“{self._titles[number]}”" for number in numbers])

    def _of_one(self, effect: Effect) -> list[str]:
        new = [number for number in effect.more if number not in effect.again]
        said = [
            _("Reads again: %(units)s.", units=self._units(effect.again)) if effect.again else "",
            _("Has more to read: %(units)s.", units=self._units(new)) if new else "",
            _("Need not read any more: %(units)s.", units=self._units(effect.less)) if effect.less else "",
            _("The pre-reading is finished at once.") if effect.finishes else "",
            _("Gets the completion record at once.") if effect.record else "",
            _("Answers set aside: %(units)s.", units=self._units(effect.set_aside)) if effect.set_aside else "",
            _("Past the deadline.") if effect.late else "",
        ]
        return [str(text) for text in said if text]


def _again(number: int) -> str:
    return ngettext(
        "%(num)s person has finished a text that is to be read again",
        "%(num)s people have finished a text that is to be read again",
        number,
    )


def _more(number: int) -> str:
    return ngettext("%(num)s person has more to read than now", "%(num)s people have more to read than now", number)


def _less(number: int) -> str:
    return ngettext("%(num)s person has less to read than now", "%(num)s people have less to read than now", number)


def _finishes(number: int) -> str:
    return ngettext(
        "%(num)s person has nothing left to read: the pre-reading is finished at once",
        "%(num)s people have nothing left to read: their pre-reading is finished at once",
        number,
    )


def _record(number: int) -> str:
    return ngettext(
        "%(num)s person gets the completion record at once",
        "%(num)s people get their completion record at once",
        number,
    )


def _set_aside(number: int) -> str:
    return ngettext(
        "%(num)s person has begun answers that are set aside: kept, but not checked",
        "%(num)s people have begun answers that are set aside: kept, but not checked",
        number,
    )


def _keeps_reading(number: int) -> str:
    return ngettext(
        "%(num)s person has finished the pre-reading, which stays finished",
        "%(num)s people have finished the pre-reading, which stays finished",
        number,
    )


def _keeps_record(number: int) -> str:
    return ngettext(
        "%(num)s person holds a completion record, which stays as it is with the version it names",
        "%(num)s people hold a completion record, which stays as it is with the version it names",
        number,
    )


def _not_begun(number: int) -> str:
    return ngettext("%(num)s person has not begun to read", "%(num)s people have not begun to read", number)


def _late(number: int) -> str:
    return ngettext(
        "For %(num)s person who has more to read the time is over: what is finished now is marked as late.",
        "For %(num)s people who have more to read the time is over: what is finished now is marked as late.",
        number,
    )


_NUMBERS: dict[str, Callable[[int], str]] = {
    "again": _again,
    "more": _more,
    "less": _less,
    "finishes": _finishes,
    "record": _record,
    "set_aside": _set_aside,
    "keeps_reading": _keeps_reading,
    "keeps_record": _keeps_record,
    "waits": _not_begun,
}
