"""What a closing would fix, as the page before it shows it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cached_property

from sqlalchemy.orm import Session

from lms.kernel.secrets import digest
from lms.kernel.values import dataclass
from lms.people.rules.mandates import Scope
from lms.records.rules.completion import Key
from lms.seminars.models import Edition
from lms.seminars.queries import closing_of, make_ups_open, without_every_mark

from .standing import Standing, standings_in


@dataclass(frozen=True)
class Foreseen:
    """The places of an edition as they would stand if its attendance were closed now. `unmarked` and `open_work` hold
    enrolments; both are empty once the sheet is closed."""

    standings: Sequence[Standing]
    unmarked: Collection[int]
    open_work: Collection[int]

    @cached_property
    def fingerprint(self) -> str:
        """Names what a closing fixes for good: who is counted, their half-days, and how many the rule asks for. Reading
        and names are not in it: people go on with both while somebody looks at the page, and after the closing."""
        return digest(
            json.dumps([[_counted(one) for one in self.standings], sorted(self.unmarked), sorted(self.open_work)])
        )


def _counted(one: Standing) -> list[object]:
    sheets = [condition.figures for condition in one.verdict.conditions if condition.key is Key.ATTENDANCE]
    return [one.enrolment_id, [sorted(figures.items()) for figures in sheets]]


def foreseen(session: Session, edition: Edition, scope: Scope) -> Foreseen:
    """All that the page before the closing shows of people, as far as this scope does."""
    closed = closing_of(session, edition.id)
    return Foreseen(
        standings=standings_in(session, edition.id, scope),
        unmarked=() if closed else without_every_mark(session, edition.id),
        open_work=() if closed else make_ups_open(session, edition.id).keys(),
    )
