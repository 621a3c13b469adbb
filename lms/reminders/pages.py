"""What the templates of this context show, worked out beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property

from lms.kernel.values import dataclass
from lms.people.letters import Letter
from lms.people.queries.persons import CodeName
from lms.web.languages import gettext as _
from lms.web.languages import own_name
from lms.web.slices import Slice, slice_of, sliced

from .planning import Plan
from .queries import OneLeftOut, Sending
from .rules import Candidate, LeftOut
from .wording import LEFT_OUT

NAMED = 200
"""So many names are opened for one page; of more the number is said."""


@dataclass(frozen=True)
class LeftOutPeople:
    """Who is left out for one reason."""

    number: int
    words: str
    names: list[str]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.number - len(self.names)


@dataclass(frozen=True)
class PreviewPage:
    """What goes to whom, before it goes. `shown` is the reader of `letter`; both None where nobody is written to."""

    plan: Plan
    shown: Candidate | None
    letter: Letter | None
    names: Mapping[int, str]
    here: str
    """The address of this preview, without the reader chosen."""
    trial: str
    """The same, to send a letter to oneself."""
    files: Sequence[tuple[str, str]] = ()
    """(form, address) of the files with everybody."""

    @property
    def number(self) -> int:
        """How many letters."""
        return len(self.plan.going)

    @property
    def languages(self) -> list[tuple[str, str, int, str, bool]]:
        """(code, name, how many letters, address of one in it, whether that is shown) for each language."""
        first: dict[str, Candidate] = {}
        for one in self.plan.going:
            first.setdefault(one.locale, one)
        return [
            (code, own_name(code), number, self.url_of(first[code]), bool(self.shown and self.shown.locale == code))
            for code, number in self.plan.by_language
        ]

    @property
    def readers(self) -> list[tuple[str, str]]:
        """(public id, name) of those whose letter can be looked at."""
        return [(one.public_id, self.names[one.person_id]) for one in self.plan.going if one.person_id in self.names]

    @property
    def on_other_clocks(self) -> bool:
        """Whether the letter that is shown says times on the programme's clocks, and not on its reader's."""
        return bool(self.shown and isinstance(self.names.get(self.shown.person_id), CodeName))

    @property
    def groups(self) -> list[LeftOutPeople]:
        """Who is left out and why."""
        return [
            LeftOutPeople(
                number=len(people),
                words=str(LEFT_OUT[reason]),
                names=[self.names[one.person_id] for one in people if one.person_id in self.names],
            )
            for reason, people in self.plan.by_reason.items()
        ]

    def url_of(self, one: Candidate) -> str:
        """The address of this page with the letter to `one`."""
        return _with(self.here, one)

    @property
    def trial_url(self) -> str:
        """Where the letter that is shown is sent to oneself."""
        return _with(self.trial, self.shown) if self.shown else self.trial


@dataclass(frozen=True)
class SentPage:
    """Who was left out of a sending, as far as `show` asks for a reason; `named` gives names by the ids of people, and
    is asked for those of the page only."""

    sending: Sending
    everyone: Sequence[OneLeftOut]
    show: str
    named: Callable[[Collection[int]], Mapping[int, str]]
    page: int

    @property
    def listed(self) -> list[OneLeftOut]:
        """All of the list."""
        return [one for one in self.everyone if self.show in ("", one.reason)]

    @property
    def slice(self) -> Slice:
        """Which part of it is shown."""
        return slice_of(self.listed, self.page)

    @cached_property
    def shown(self) -> list[tuple[str, str, str]]:
        """(enrolment, name, why) of that part."""
        part = sliced(self.listed, self.slice)
        names = self.named([one.person_id for one in part])
        return [(one.enrolment, names[one.person_id], str(LEFT_OUT[one.reason])) for one in part]

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        """(words, address, whether it is this one) of each reason that there is, and of all."""
        counts = Counter(one.reason for one in self.everyone)
        found = [(f"{_('All')} ({len(self.everyone)})", here, not self.show)]
        for reason, number in sorted(counts.items(), key=lambda one: list(LeftOut).index(one[0])):
            found.append((f"{LEFT_OUT[reason]} ({number})", f"{here}?show={reason}", self.show == reason))
        return found


def _with(address: str, one: Candidate) -> str:
    return f"{address}{'&' if '?' in address else '?'}who={one.public_id}"
