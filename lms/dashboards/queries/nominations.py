"""Nominations by state: who was asked, and how the places stand. The numbers are made by the lists' own condition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import Filter
from lms.kernel.values import dataclass
from lms.seminars.models import Enrolment, EnrolmentState, NominationCall
from lms.seminars.queries import calls_of
from lms.seminars.rules import OPEN

from .counting import behind, shown_state
from .looks import Look


@dataclass(frozen=True, slots=True)
class StateNominations:
    """One state: what was asked of it, None where nothing was, and how many places stand how."""

    code: str
    places: int | None
    sent_on: dt.date | None
    answered_on: dt.date | None
    standing: Mapping[EnrolmentState, int]

    @property
    def open(self) -> int | None:
        """How many of the places asked for nobody is nominated, invited or has accepted."""
        if self.places is None:
            return None
        return max(0, self.places - sum(number for state, number in self.standing.items() if state in OPEN))


_enrolment = cast(Table, Enrolment.__table__)


def nominations(session: Session, seen: Look) -> list[StateNominations]:
    """Every state that was asked or has somebody in the edition, by its code; two statements, whatever their number."""
    calls = {row.state_code: row for row in calls_of(session, seen.edition.id)}
    shown = shown_state(seen)
    grouped = select(shown, _enrolment.c.state, func.count()).where(*behind(seen, Filter()))
    standing: dict[str, dict[EnrolmentState, int]] = {}
    for code, state, number in session.execute(grouped.group_by(shown, _enrolment.c.state)):
        standing.setdefault(code, {})[state] = number
    return [_line(code, calls.get(code), standing.get(code, {})) for code in sorted(calls.keys() | standing.keys())]


def _line(code: str, call: NominationCall | None, standing: Mapping[EnrolmentState, int]) -> StateNominations:
    if call is None:
        return StateNominations(code, None, None, None, standing)
    return StateNominations(code, call.places, call.sent_on, call.answered_on, standing)
