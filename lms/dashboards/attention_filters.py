"""What the morning sheet can be narrowed by: the edition where it shows several, and where people serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people.rules import Scope
from lms.seminars.models import Enrolment
from lms.web.languages import in_a_row, language

from .filters import FilterPart, filter_part
from .forms import asked_by, filter_in
from .options import options
from .queries import choices_among, of_place
from .queries.attention import Watched
from .rules.looks import Filter, Sight

SEVERAL = "attention"
"""Stands for an edition where the address of the sheet of several asks for a state."""


@dataclass(frozen=True)
class Narrowing:
    """The editions there are, those that are shown, and whom the sheet shows of their people."""

    every: Sequence[Watched]
    editions: Sequence[Watched]
    places: FilterPart
    one: str = ""
    """The public id of the edition that was chosen."""

    @property
    def asked(self) -> str:
        """What an address asks for, for the same people."""
        chosen = {"edition": self.one} if self.one else {}
        return urlencode({**chosen, **asked_by(self.places.wanted, self.places.edition)})

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """Over enrolments; none where the sheet is narrowed by nothing."""
        chosen = [Enrolment.edition_id == one.id for one in self.editions] if self.one else []
        return [*chosen, *of_place(self.places.wanted, unnamed=True)]

    @property
    def said(self) -> str:
        """What is chosen, in words; empty where nothing is."""
        title = next((one.title for one in self.editions if one.public_id == self.one), "")
        where = "" if self.places.wanted.empty else self.places.said
        return in_a_row([words for words in (title, where) if words])

    @property
    def edition_options(self) -> Markup:
        """The editions to choose from; none where there is one only."""
        several = self.every if len(self.every) > 1 else ()
        return options(((one.public_id, one.title) for one in several), self.one)


def narrowing(
    session: Session, editions: Sequence[Watched], scope: Scope, args: Mapping[str, str], *, several: bool
) -> Narrowing:
    """What an address asks for of these editions; one statement."""
    key = SEVERAL if several else editions[0].public_id
    asked = args.get("edition", "") if several else ""
    chosen = [one for one in editions if one.public_id == asked]
    offered = choices_among(session, [one.id for one in editions], scope)
    wanted = filter_in(args, key, offered)
    wanted = Filter(state=wanted.state, sector=wanted.sector, institution=wanted.institution)
    places = filter_part(offered, wanted, key, language(), Sight.EVERYTHING)
    return Narrowing(editions, chosen or editions, places, asked if chosen else "")
