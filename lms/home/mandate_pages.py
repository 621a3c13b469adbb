"""The page "what this mandate shows", worked out beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.authoring.rules.reach import READING
from lms.dashboards.rules.looks import Sight
from lms.people import states
from lms.people.queries.mandates import MandateView
from lms.people.rules import Grant

from .scopes import Shown
from .wording import PAGES, ROLES, SHOWS, reach


@dataclass(frozen=True)
class ShownGroup:
    """What is shown of a group of people, on which pages, and how many they are by edition and state."""

    shows: str
    pages: str
    people: int
    by_edition: Sequence[tuple[str, Sequence[tuple[str, int]]]]


@dataclass(frozen=True)
class MandateShowsPage:
    """What one mandate shows."""

    mandate: MandateView
    shown: Sequence[Shown]
    names: Mapping[str, str]
    locale: str

    @property
    def grant(self) -> Grant:
        """The mandate as the rules look at it."""
        return Grant(self.mandate.role, self.mandate.scope, self.mandate.scope_id)

    @property
    def said(self) -> tuple[str, str]:
        """The role, and over what."""
        return str(ROLES[self.mandate.role]), reach(self.grant, self.names, self.locale)

    @property
    def about_texts(self) -> bool:
        """Whether the mandate is about texts, and shows nobody."""
        return self.mandate.role in READING

    @property
    def groups(self) -> list[ShownGroup]:
        """From those of whom most is shown to those who are only counted."""
        return [self._group(sight) for sight in Sight if any(one.sight is sight for one in self.shown)]

    def _group(self, sight: Sight) -> ShownGroup:
        shown = [one for one in self.shown if one.sight is sight]
        editions = dict.fromkeys((one.edition, one.edition_title) for one in shown)
        by_edition = [
            (
                title,
                sorted((states.name(one.state_code, self.locale), one.people) for one in shown if one.edition == key),
            )
            for key, title in editions
        ]
        exact = sight is not Sight.COUNTS
        return ShownGroup(
            shows=str(SHOWS[sight]),
            pages=str(PAGES[sight]),
            people=sum(one.people for one in shown) if exact else 0,
            by_edition=by_edition if exact else [(title, ()) for title, _states in by_edition],
        )
