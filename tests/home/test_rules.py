"""Which of several places the home page is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from lms.home.rules.places import Moment, moment_of, present_first
from lms.seminars.rules import EnrolmentState

TODAY = dt.date(2027, 4, 12)


@dataclass(frozen=True)
class Held:
    name: str
    starts: int
    state: EnrolmentState = EnrolmentState.ACCEPTED
    record: str | None = None

    @property
    def starts_on(self) -> dt.date:
        return TODAY + dt.timedelta(days=self.starts)

    @property
    def ends_on(self) -> dt.date:
        return self.starts_on + dt.timedelta(days=6)


@pytest.mark.parametrize(
    ("held", "moment"),
    [
        (Held("", 1), Moment.BEFORE),
        (Held("", 1, EnrolmentState.INVITED), Moment.BEFORE),
        (Held("", 0), Moment.THERE),
        (Held("", -6), Moment.THERE),
        (Held("", -7), Moment.AFTER),
        (Held("", -7, record="r"), Moment.RECORDED),
        (Held("", -7, EnrolmentState.WITHDRAWN, "r"), Moment.RECORDED),
        (Held("", 3, EnrolmentState.NOMINATED), Moment.NOMINATED),
        (Held("", 3, EnrolmentState.DECLINED), Moment.GONE),
        (Held("", 3, EnrolmentState.REPLACED), Moment.GONE),
    ],
)
def test_how_far_a_place_has_come(held: Held, moment: Moment) -> None:
    assert moment_of(held, TODAY) is moment


def test_what_needs_the_person_comes_first_and_the_nearest_of_it() -> None:
    held = [
        Held("long past", -400, record="r"),
        Held("recorded", -100, record="r"),
        Held("later", 60),
        Held("gone", 5, EnrolmentState.WITHDRAWN),
        Held("soon", 20),
        Held("waiting", -20),
        Held("now", -1),
    ]
    names = [found.name for found in present_first(held, lambda _held: TODAY)]
    assert names == ["now", "soon", "later", "waiting", "recorded", "long past", "gone"]
