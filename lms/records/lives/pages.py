"""What the coordinator's list of records shows, worked out beforehand."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from functools import cached_property

from lms.kernel.values import dataclass
from lms.people.queries.persons import beside
from lms.records import words
from lms.records.queries import EditionRecord
from lms.web.languages import gettext as _
from lms.web.slices import Slice, slice_of, sliced


class Part(enum.StrEnum):
    """Which of them are shown."""

    IN_FORCE = "in-force"
    ENDED = "ended"
    WAITING = "waiting"
    OPEN = "to-decide"


@dataclass(frozen=True)
class RecordLine:
    """One place of the edition: its record and how it stands, or what it still waits for."""

    name: str
    state_code: str
    institution: str
    row: EditionRecord

    @property
    def kind(self) -> str:
        """The mark before the sentence."""
        if self.row.record is None:
            return "none"
        return "done" if self.part is Part.IN_FORCE else "care"

    @property
    def sentence(self) -> str:
        """How it stands, in words."""
        if self.row.record is None:
            return " ".join(words.missing(self.row.verdict)) if self.row.verdict else ""
        if not self.row.ours:
            return str(_("The ledger does not say of this record what this system wrote. Tell whoever runs it."))
        return words.ended(self.row.ended) or str(_("In force"))

    @property
    def open(self) -> list[str]:
        """What an officer has to decide."""
        said = []
        if self.row.revocation:
            said.append(str(_("It is proposed to revoke this record.")))
        if self.row.asked:
            said.append(str(_("Its holder asks for a correction.")))
        return said

    @property
    def part(self) -> Part:
        """In which list it stands."""
        if self.row.record is None:
            return Part.WAITING
        return Part.ENDED if self.row.ended or not self.row.ours else Part.IN_FORCE


@dataclass(frozen=True)
class RecordsPage:
    """The records of an edition. `lines` are all of them, by name."""

    lines: Sequence[RecordLine]
    show: Part
    page: int

    @cached_property
    def counts(self) -> Mapping[Part, int]:
        """How many stand in each list."""
        found = dict.fromkeys(Part, 0)
        for line in self.lines:
            found[line.part] += 1
            found[Part.OPEN] += bool(line.open)
        return found

    @cached_property
    def _chosen(self) -> list[RecordLine]:
        if self.show is Part.OPEN:
            return [line for line in self.lines if line.open]
        return [line for line in self.lines if line.part is self.show]

    @property
    def slice(self) -> Slice:
        """Which part of that list the page shows."""
        return slice_of(self._chosen, self.page)

    @property
    def shown(self) -> list[RecordLine]:
        """That part."""
        return sliced(self._chosen, self.slice)


def lines_of(rows: Sequence[EditionRecord], names: Mapping[int, str]) -> list[RecordLine]:
    """The rows with their names, in the order of these; beside a code name stands nothing that tells whose it is."""
    found = []
    for row in rows:
        name = names[row.person_id]
        found.append(RecordLine(name, *beside(name, row.state_code, row.institution), row))
    return sorted(found, key=lambda line: (line.name.casefold(), line.row.enrolment, line.row.correction))
