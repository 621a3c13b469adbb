"""What a closing would fix, as the page before it shows it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from sqlalchemy.orm import Session

from lms.kernel.secrets import digest
from lms.kernel.values import dataclass
from lms.people.rules.mandates import Scope
from lms.records.rules.completion import Key
from lms.seminars.models import Edition
from lms.seminars.queries import asked_in, closing_of, make_ups_open, offered_still, without_every_mark

from .standing import Standing, standings_in


@dataclass(frozen=True)
class Foreseen:
    """The places of an edition as they would stand if its attendance were closed now. `unmarked` and `open_work` hold
    enrolments, `invited` the person of each place that is only offered and stays so after the closing; all are empty
    once the sheet is closed."""

    standings: Sequence[Standing]
    unmarked: Collection[int]
    open_work: Collection[int]
    invited: Mapping[int, int]

    @cached_property
    def fingerprint(self) -> str:
        """Names what a closing fixes for good: who is counted, their half-days, how many the rule asks for, and who is
        only invited. Reading and names are not in it: people go on with both while somebody looks at the page, and
        after the closing."""
        beside = [sorted(some) for some in (self.unmarked, self.open_work, self.invited)]
        return digest(json.dumps([[_counted(one) for one in self.standings], *beside]))


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
        invited={} if closed else _left_out(session, edition),
    )


def _left_out(session: Session, edition: Edition) -> Mapping[int, int]:
    """The person of each place that is only offered, where no half-day of theirs could be counted later."""
    offered = offered_still(session, edition.id)
    return offered if offered and asked_in(session, edition.id) else {}
