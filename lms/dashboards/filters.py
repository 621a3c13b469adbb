"""What a list or the numbers of an edition can be narrowed by, as it stands on the page."""

from __future__ import annotations

from functools import cached_property, lru_cache

from jinja2.runtime import Macro
from markupsafe import Markup

from lms.kernel.values import dataclass
from lms.people.models import Sector
from lms.seminars.labels import SECTORS
from lms.seminars.labels import STATES as PLACES
from lms.web.languages import chosen, in_a_row
from lms.web.languages import gettext as _

from .forms import state_key
from .options import options
from .queries import Choices
from .rules.looks import FINISHED, OPEN, STAGES_SEEN, Filter, Sight
from .tables import KEPT, state_order, state_title
from .wording import AWAITING, STAGES


@dataclass(frozen=True, eq=False)
class FilterPart:
    """States, sectors, institutions, modules and how people stand, those that are chosen chosen."""

    choices: Choices
    wanted: Filter
    edition: str
    locale: str
    sight: Sight

    @cached_property
    def _drawn(self) -> dict[str, Markup]:
        return {}

    def once(self, draw: Macro) -> Markup:
        """The fields as a template draws them of this alone; kept with it."""
        found = self._drawn.get(draw.name)
        if found is None:
            found = self._drawn[draw.name] = Markup(draw(self))  # noqa: S704  of a template, which escapes
        return found

    @property
    def full(self) -> bool:
        """Whether it is for who coordinates the edition."""
        return self.sight is Sight.EVERYTHING

    @cached_property
    def state_options(self) -> Markup:
        """The states to filter by, under what stands for them in an address."""
        codes = state_order(self.choices.states, self.locale)
        wanted = self._key(self.wanted.state) if self.wanted.state else None
        return options(((self._key(code), state_title(code, self.locale)) for code in codes), wanted)

    def _key(self, code: str) -> str:
        return state_key(self.edition, code)

    @cached_property
    def sector_options(self) -> Markup:
        """The sectors to filter by."""
        return options(((one.value, str(SECTORS[one])) for one in self.choices.sectors), self.wanted.sector)

    @cached_property
    def stage_options(self) -> Markup:
        """The stages to filter by."""
        return options(((stage.value, str(STAGES[stage])) for stage in STAGES_SEEN[self.sight]), self.wanted.stage)

    @cached_property
    def place_options(self) -> Markup:
        """How a place can stand; none for those who do not see it."""
        found = ((state.value, str(word)) for state, word in PLACES.items())
        return options(found if self.full else (), self.wanted.place)

    @cached_property
    def awaiting_options(self) -> Markup:
        """The reasons to filter by; none for those who do not see them."""
        found = ((what.value, str(word)) for what, word in AWAITING.items())
        return options(found if self.full else (), self.wanted.awaiting)

    @cached_property
    def progress_options(self) -> Markup:
        """Every module, finished and not."""
        return options(self._progress(), self.wanted.progress)

    def _progress(self) -> list[tuple[str, str]]:
        modules = self.choices.modules
        done = [(f"{FINISHED}:{key}", _("Finished: %(module)s", module=title)) for key, title in modules]
        left = [(f"{OPEN}:{key}", _("Not finished: %(module)s", module=title)) for key, title in modules]
        return [*done, *left]

    @cached_property
    def institution_options(self) -> Markup:
        """The institutions to filter by, each with its state."""
        names = {code: state_title(code, self.locale) for code in self.choices.states}
        found = ((public_id, f"{name}, {names[code]}") for public_id, name, code in self.choices.institutions)
        return options(found, self.wanted.institution)

    @property
    def said(self) -> str:
        """What is chosen, in words."""
        wanted = self.wanted
        places = {public_id: name for public_id, name, _code in self.choices.institutions}
        chosen = [
            state_title(wanted.state, self.locale) if wanted.state in self.choices.states else "",
            str(SECTORS[Sector(wanted.sector)]) if wanted.sector else "",
            places.get(wanted.institution or "", ""),
            dict(self._progress()).get(wanted.progress or "", ""),
        ]
        return _("Only: %(chosen)s", chosen=in_a_row([words for words in chosen if words]) or _("nobody"))


def filter_part(choices: Choices, wanted: Filter, edition: str, locale: str, sight: Sight) -> FilterPart:
    """The filter of an edition; the last few are kept, as its table is."""
    return _kept(choices, wanted, edition, locale, sight, chosen())


@lru_cache(maxsize=KEPT)
def _kept(choices: Choices, wanted: Filter, edition: str, locale: str, sight: Sight, _chosen: str) -> FilterPart:
    # The made-up languages of tests have the locale of a real one, and other words.
    return FilterPart(choices, wanted, edition, locale, sight)
