"""What the pages of the community show: filters whose addresses name nobody and nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from lms.kernel.settings import keyring
from lms.people.forms import SECTORS
from lms.people.models import Sector
from lms.people.queries.institutions import InstitutionView
from lms.people.rules.groups import in_fives
from lms.people.states import name as state_name
from lms.people.states import sorted_for
from lms.records.queries import EditionHeld
from lms.web.dates import month_of
from lms.web.languages import language, unmarked
from lms.web.slices import Slice, slice_among, sliced

from .queries.directory import Counters, Directory, Seen

LONGEST_SEARCH = 80


def state_key(code: str) -> str:
    """What stands for a state in the addresses of the directory."""
    return keyring().veil(f"alumni:{code}")[:10]


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the directory; the empty text asks for nothing."""

    edition: str = ""
    state: str = ""
    sector: str = ""
    words: str = ""

    @property
    def empty(self) -> bool:
        """Whether everybody is wanted."""
        return self == Wanted()

    def address(self, page: int = 1) -> str:
        """The part of an address that asks for this; never with words in it, which may be a name."""
        asked = {"edition": self.edition, "state": state_key(self.state) if self.state else "", "sector": self.sector}
        return urlencode({**{key: one for key, one in asked.items() if one}, **({"page": page} if page > 1 else {})})


def wanted_in(args: Mapping[str, str], found: Directory) -> Wanted:
    """What an address or a form asks for; what nobody shows there asks for everybody."""
    states = {state_key(one.state_code): one.state_code for one in found.seen if one.state_code}
    editions = {held.edition for one in found.seen for held in one.editions}
    sector, edition = args.get("sector", ""), args.get("edition", "")
    return Wanted(
        edition=edition if edition in editions else "",
        state=states.get(args.get("state", ""), ""),
        sector=sector if sector in set(Sector) else "",
        words=args.get("words", "").strip()[:LONGEST_SEARCH],
    )


def matching(seen: Iterable[Seen], wanted: Wanted) -> list[Seen]:
    """Whoever shows what is wanted. What somebody does not show to the one who looks is never compared."""
    words = unmarked(wanted.words).split()
    return [
        one
        for one in seen
        if (not wanted.state or one.state_code == wanted.state)
        and (not wanted.sector or one.sector == wanted.sector)
        and (not wanted.edition or any(held.edition == wanted.edition for held in one.editions))
        and all(word in _searched(one) for word in words)
    ]


def _searched(one: Seen) -> str:
    state = state_name(one.state_code, language())
    return unmarked(" ".join((one.name, one.institution, one.subjects, one.languages, state)))


@dataclass(frozen=True)
class DirectoryPage:
    """One page of the directory."""

    found: Directory
    wanted: Wanted
    counters: Counters
    page: int

    @cached_property
    def matching(self) -> list[Seen]:
        """Everybody of all its pages."""
        return matching(self.found.seen, self.wanted)

    @cached_property
    def slice(self) -> Slice:
        """Which page of how many."""
        return slice_among(len(self.matching), self.page)

    def numbers(self, link: str) -> list[tuple[int, str, bool]]:
        """The pages to offer: number, address, and whether it is this one."""
        return [(one, link + self.wanted.address(one), one == self.slice.page) for one in self.slice.numbers]

    @property
    def rows(self) -> list[Seen]:
        """Everybody of this page."""
        return sliced(self.matching, self.slice)

    @property
    def others(self) -> int:
        """How many more alumni there are, in whole fives; nothing where a filter would make it tell of somebody."""
        return in_fives(self.found.others) if self.wanted.empty else 0

    @property
    def alumni(self) -> int:
        """How many alumni there are, in whole fives."""
        return in_fives(self.counters.alumni)

    @property
    def members(self) -> int:
        """How many members there are, in whole fives."""
        return in_fives(self.counters.members)

    @property
    def states(self) -> int:
        """From how many states, in whole fives."""
        return in_fives(self.counters.states)

    @property
    def state_options(self) -> list[tuple[str, str]]:
        """The states that are shown, in the order of their names."""
        shown = {one.state_code for one in self.found.seen}
        locale = language()
        return [(state_key(one.code), state_name(one.code, locale)) for one in sorted_for(locale) if one.code in shown]

    @property
    def sector_options(self) -> list[tuple[str, str]]:
        """The sectors that are shown."""
        shown = {one.sector for one in self.found.seen}
        return [(str(sector), str(label)) for sector, label in SECTORS.items() if sector in shown]

    @property
    def edition_options(self) -> list[tuple[str, str]]:
        """The editions that are shown, the latest first."""
        held = {one for seen in self.found.seen for one in seen.editions}
        ordered = sorted(held, key=lambda one: (one.starts_on, one.edition), reverse=True)
        return [(one.edition, edition_name(one)) for one in ordered]


def edition_name(held: EditionHeld) -> str:
    """What alumni call an edition: its month."""
    return month_of(held.starts_on)


def where(one: Seen) -> str:
    """Where somebody serves, as far as it is shown."""
    return ", ".join(part for part in (one.institution, state_name(one.state_code, language())) if part)


def from_where(at: InstitutionView) -> str:
    """A ministry and its state."""
    return f"{at.name}, {state_name(at.state_code, language())}"


def state_of(one: Seen) -> str:
    """The state that somebody shows."""
    return state_name(one.state_code, language())


def when(one: Seen) -> str:
    """The months of the editions that somebody shows."""
    return "; ".join(edition_name(held) for held in one.editions)
