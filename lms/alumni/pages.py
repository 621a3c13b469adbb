"""What the pages of the community show: filters whose addresses name nobody and nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.forms import SECTORS
from lms.people.models import Sector
from lms.people.queries.institutions import InstitutionView
from lms.people.rules.groups import in_fives
from lms.people.states import name as state_name
from lms.people.states import sorted_for
from lms.records.queries import EditionHeld
from lms.web.dates import month_of
from lms.web.languages import language, unmarked
from lms.web.slices import Slice, slice_of, sliced

from .queries import directory as reads
from .queries.directory import Among, Counters, Options, Seen, Viewpoint

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
    def among(self) -> Among:
        """What of it the database is asked for."""
        return Among(self.edition, self.state, self.sector)

    @property
    def empty(self) -> bool:
        """Whether everybody is wanted."""
        return self == Wanted()

    def address(self, page: int = 1) -> str:
        """The part of an address that asks for this; never with words in it, which may be a name."""
        asked = {"edition": self.edition, "state": state_key(self.state) if self.state else "", "sector": self.sector}
        return urlencode({**{key: one for key, one in asked.items() if one}, **({"page": page} if page > 1 else {})})


def wanted_in(args: Mapping[str, str], options: Options) -> Wanted:
    """What an address or a form asks for; what nobody shows there asks for everybody."""
    states = {state_key(code): code for code in options.states}
    sector, edition = args.get("sector", ""), args.get("edition", "")
    return Wanted(
        edition=edition if edition in {one.edition for one in options.editions} else "",
        state=states.get(args.get("state", ""), ""),
        sector=sector if sector in set(Sector) else "",
        words=args.get("words", "").strip()[:LONGEST_SEARCH],
    )


def matching(seen: Iterable[Seen], words: str) -> list[Seen]:
    """Whoever shows these words. What somebody does not show to the one who looks is never compared."""
    asked = unmarked(words).split()
    return [one for one in seen if all(word in _searched(one) for word in asked)]


def _searched(one: Seen) -> str:
    state = state_name(one.state_code, language())
    return unmarked(" ".join((one.name, one.institution, one.subjects, one.languages, state)))


def directory_page(session: Session, here: Viewpoint, asked: Mapping[str, str], number: int) -> DirectoryPage:
    """One page of the directory: of those on it alone is everything opened, unless words are looked for."""
    options = reads.options(session, here)
    wanted = wanted_in(asked, options)
    found = reads.in_order(session, reads.entries(session, here, wanted.among))
    seen = matching(reads.opened(session, found, here.today), wanted.words) if wanted.words else None
    part = slice_of(found if seen is None else seen, number)
    return DirectoryPage(
        wanted=wanted,
        options=options,
        counters=reads.counters(session, here.today),
        slice=part,
        total=len(found if seen is None else seen),
        rows=reads.opened(session, sliced(found, part), here.today) if seen is None else sliced(seen, part),
    )


@dataclass(frozen=True)
class DirectoryPage:
    """One page of the directory."""

    wanted: Wanted
    options: Options
    counters: Counters
    slice: Slice
    total: int
    """How many there are on all its pages."""
    rows: list[Seen]

    def numbers(self, link: str) -> list[tuple[int, str, bool]]:
        """The pages to offer: number, address, and whether it is this one."""
        return [(one, link + self.wanted.address(one), one == self.slice.page) for one in self.slice.numbers]

    @property
    def others(self) -> int:
        """How many more alumni there are, in whole fives; nothing where a filter would make it tell of somebody."""
        return in_fives(max(0, self.counters.alumni - 1 - self.total)) if self.wanted.empty else 0

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
        locale, there = language(), self.options.states
        return [(state_key(one.code), state_name(one.code, locale)) for one in sorted_for(locale) if one.code in there]

    @property
    def sector_options(self) -> list[tuple[str, str]]:
        """The sectors that are shown."""
        return [(str(sector), str(label)) for sector, label in SECTORS.items() if sector in self.options.sectors]

    @property
    def edition_options(self) -> list[tuple[str, str]]:
        """The editions that are shown, the latest first."""
        return [(one.edition, edition_name(one)) for one in self.options.editions]


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
