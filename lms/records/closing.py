"""What the page before the closing of an edition shows, worked out beforehand: the counts, and one list at a
time, of as many people as its count says."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from lms.kernel.values import dataclass
from lms.records import words
from lms.records.queries import Foreseen, Standing
from lms.records.rules.completion import Key
from lms.web.languages import gettext as _
from lms.web.languages import in_a_row
from lms.web.sheets import Line as Told
from lms.web.sheets import Sheet
from lms.web.slices import PAGE, Slice, slice_of, sliced

NAMED = 12
"""Up to how many people a note names; of more it gives the number and leads to their list."""


class Part(enum.StrEnum):
    """Which of the people of an edition are listed."""

    ALL = "all"
    NOT_MET = "not-met"
    MODULES = "pre-reading"
    ATTENDANCE = "attendance"
    NAME = "name"
    UNMARKED = "unmarked"
    OPEN_WORK = "open-work"
    MET = "met"


_LACKS: Mapping[Part, Key] = {Part.MODULES: Key.MODULES, Part.ATTENDANCE: Key.ATTENDANCE, Part.NAME: Key.NAME}


@dataclass(frozen=True)
class Line:
    """One place, with the conditions in words."""

    name: str
    standing: Standing
    conditions: Sequence[words.Line]


@dataclass(frozen=True)
class ClosingPage:
    """How an edition would stand if its attendance were closed now. `named` gives names by the ids of people, and is
    asked for those of the list that is shown only."""

    foreseen: Foreseen
    named: Callable[[Collection[int]], Mapping[int, str]]
    asked: str
    page: int

    @cached_property
    def parts(self) -> Mapping[Part, Sequence[Standing]]:
        """The people of every list, whoever does not meet the rule before the others."""
        found: dict[Part, list[Standing]] = {part: [] for part in Part}
        for one in sorted(self.foreseen.standings, key=lambda one: one.verdict.met):
            for part in self._parts_of(one):
                found[part].append(one)
        return found

    def _parts_of(self, one: Standing) -> list[Part]:
        missing = {condition.key for condition in one.verdict.missing}
        return [
            Part.ALL,
            Part.MET if one.verdict.met else Part.NOT_MET,
            *(part for part, key in _LACKS.items() if key in missing),
            *([Part.UNMARKED] if one.enrolment_id in self.foreseen.unmarked else []),
            *([Part.OPEN_WORK] if one.enrolment_id in self.foreseen.open_work else []),
        ]

    def count(self, part: str) -> int:
        """How many people a list has."""
        return len(self.parts[Part(part)])

    @cached_property
    def show(self) -> Part:
        """The list that is shown: of few people everybody, of many those who do not meet the rule yet."""
        if self.asked in set(Part):
            return Part(self.asked)
        return Part.ALL if len(self.foreseen.standings) <= PAGE or not self.parts[Part.NOT_MET] else Part.NOT_MET

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        """The lists that are not empty: words with their number, address, and whether it is the one that is shown."""
        return [
            (str(say(self.count(part))), f"{here}?show={part}", part is self.show)
            for part, say in _SAID.items()
            if self.parts[part]
        ]

    @property
    def slice(self) -> Slice:
        """Which page of the list."""
        return slice_of(self.parts[self.show], self.page)

    @cached_property
    def shown(self) -> list[Line]:
        """That page, in the order of names."""
        return [self._line(one) for one in sliced(self._listed, self.slice)]

    @cached_property
    def _listed(self) -> list[Standing]:
        chosen, names = self.parts[self.show], self._names
        return sorted(chosen, key=lambda one: (one.verdict.met, names[one.person_id].casefold(), one.enrolment))

    def _line(self, one: Standing) -> Line:
        return Line(self._names[one.person_id], one, words.lines(one.verdict))

    def sheet(self) -> Sheet:
        """The whole list that is shown, as a file."""
        head = (_("Name"), _("Completion rule"), _("Conditions"))
        lines = [_told(self._line(one)) for one in self._listed]  # now: names are read with the request's own session
        return Sheet("closing", head, lambda _session: lines)

    @cached_property
    def _names(self) -> Mapping[int, str]:
        noted = [chosen for part in (Part.UNMARKED, Part.OPEN_WORK) if len(chosen := self.parts[part]) <= NAMED]
        asked = {one.person_id for chosen in (self.parts[self.show], *noted) for one in chosen}
        return self.named(asked.union(invited if len(invited := self._invited) <= NAMED else ()))

    @property
    def _invited(self) -> Collection[int]:
        return self.foreseen.invited.values()

    @property
    def invited(self) -> int:
        """How many are invited and on no list here."""
        return len(self._invited)

    @property
    def few_invited(self) -> str:
        """Their names in a row, where they are few."""
        return self._in_a_row(self._invited)

    def few(self, part: str) -> str:
        """The names of a short list, in a row; nothing for a long one."""
        return self._in_a_row([one.person_id for one in self.parts[Part(part)]])

    def _in_a_row(self, people: Collection[int]) -> str:
        if len(people) > NAMED:
            return ""
        return in_a_row(sorted((self._names[person] for person in people), key=str.casefold))


def _told(line: Line) -> Told:
    met = _("Meets the rule") if line.standing.verdict.met else _("Does not meet the rule yet")
    said = (f"{text} ({detail})" if detail and not right else text for right, text, detail in line.conditions)
    return (line.name, met, "; ".join(said))


_SAID: Mapping[Part, Callable[[int], Any]] = {
    Part.ALL: lambda number: _("Everyone (%(number)s)", number=number),
    Part.NOT_MET: lambda number: _("Do not meet the rule yet (%(number)s)", number=number),
    Part.MODULES: lambda number: _("Pre-reading missing (%(number)s)", number=number),
    Part.ATTENDANCE: lambda number: _("Attendance missing (%(number)s)", number=number),
    Part.NAME: lambda number: _("Name not confirmed (%(number)s)", number=number),
    Part.UNMARKED: lambda number: _("Half-days without a mark (%(number)s)", number=number),
    Part.OPEN_WORK: lambda number: _("Work not confirmed (%(number)s)", number=number),
    Part.MET: lambda number: _("Meet the rule (%(number)s)", number=number),
}
