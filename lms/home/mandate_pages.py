"""The page "what this mandate shows", worked out beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lms.authoring.rules.reach import READING
from lms.dashboards.rules.looks import NOT_SHOWN, Sight, Status, status_of
from lms.dashboards.tables import state_title
from lms.dashboards.wording import STATUSES
from lms.kernel.values import dataclass
from lms.people.queries.mandates import MandateView
from lms.people.rules import Grant, Role
from lms.seminars.models import EnrolmentState, NominationState
from lms.seminars.nominating.queries import Asked, OwnNomination
from lms.seminars.rules import counted
from lms.web.languages import ngettext

from .own_people import MOST_SHOWN, OwnEdition
from .scopes import Shown
from .wording import NOMINATIONS, NOT_THERE, PAGES, ROLES, SHOWS, reach


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
    beside: Sequence[Grant] = ()
    """What the holder of an evaluator's mandate holds at present."""

    @property
    def frozen_elsewhere(self) -> bool:
        """Whether the tables are not those of editions in which the holder has people of their own."""
        return _frozen_elsewhere(self.mandate.role, self.beside)

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
                self._by_state(one for one in shown if one.edition == key),
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

    def _by_state(self, shown: Iterable[Shown]) -> list[tuple[str, int]]:
        """In the order of the states' names; those who are not to be named last."""
        titled = [(one.state_code == NOT_SHOWN, state_title(one.state_code, self.locale), one.people) for one in shown]
        return [(title, people) for _last, title, people in sorted(titled)]


def _frozen_elsewhere(role: Role, held: Iterable[MandateView | Grant]) -> bool:
    """Whoever is responsible for people of an edition sees those, and not its tables beside them."""
    return role is Role.EVALUATOR and any(one.role is Role.FOCAL_POINT for one in held)


@dataclass(frozen=True)
class OwnMandate:
    """A mandate on its holder's page."""

    public_id: str
    role: str
    reach: str
    until: dt.date | None
    successor_waits: bool
    may_take_back: bool
    frozen_elsewhere: bool
    """Whether the tables it shows are not those of editions in which the holder has people of their own."""


@dataclass(frozen=True)
class FocalPointPage:
    """A focal point's people, and the mandates that show them."""

    editions: Sequence[OwnEdition]
    held: Sequence[MandateView]
    names: Mapping[str, str]
    waiting: Mapping[str, int | None]
    """The mandates for which a successor waits for a second person, and who proposed it."""
    locale: str
    asked: Sequence[Asked] = ()
    """The editions for which they may nominate."""
    nominated: Sequence[OwnNomination] = ()

    @property
    def mandates(self) -> list[OwnMandate]:
        """Every mandate they hold, with its last day."""
        return [
            OwnMandate(
                public_id=one.public_id,
                role=str(ROLES[one.role]),
                reach=reach(Grant(one.role, one.scope, one.scope_id), self.names, self.locale),
                until=one.until,
                successor_waits=one.public_id in self.waiting,
                may_take_back=self.waiting.get(one.public_id) == one.person_id,
                frozen_elsewhere=_frozen_elsewhere(one.role, self.held),
            )
            for one in self.held
        ]

    def finding(self, edition: OwnEdition) -> str:
        """How far the people of an edition have come, in a sentence."""
        finished = ngettext(
            "%(finished)s of %(num)s person has finished the pre-reading.",
            "%(finished)s of %(num)s people have finished the pre-reading.",
            edition.people,
            finished=edition.finished,
        )
        if not edition.recorded:
            return str(finished)
        issued = ngettext("%(num)s record is issued.", "%(num)s records are issued.", edition.recorded)
        return f"{finished} {issued}"

    def more(self, edition: OwnEdition) -> int:
        """How many of them stand in the edition's list only."""
        return max(0, edition.people - MOST_SHOWN)

    def nomination(self, one: OwnNomination) -> tuple[str, str]:
        """The sign and the word for what became of a nomination; of its person no more than of anybody else."""
        if one.state is not NominationState.TAKEN or one.place is None:
            sign, word = NOMINATIONS[one.state]
            return sign, str(word)
        if one.place.state is EnrolmentState.NOMINATED:
            return self.nomination(replace(one, state=NominationState.WAITING))
        if not counted(one.place.state):
            return "none", str(NOT_THERE)
        return self.status(status_of(one.place.state, one.reached, Sight.COMPLETION))

    def status(self, status: Status) -> tuple[str, str]:
        """The sign and the word for where somebody stands."""
        sign, word = STATUSES[status]
        return sign, str(word)
