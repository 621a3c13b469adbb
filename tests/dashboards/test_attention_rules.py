"""Who needs attention and in which order: a table of cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lms.dashboards.rules.attention import Facts, Reason, days_left, order, reasons, silence

AT = dt.datetime(2027, 4, 12, 9, 0, tzinfo=dt.UTC)
NUMBERS = {"enrolment_id": 1, "units_left": 10}


def days(number: float) -> dt.datetime:
    """So many days before now, or after it when the number is negative."""
    return AT - dt.timedelta(days=number)


def facts(**more: Any) -> Facts:
    """Somebody who signed in three days ago and has thirty days left."""
    said: dict[str, Any] = {
        **NUMBERS,
        "zone": "Europe/Warsaw",
        "starts_on": dt.date(2027, 5, 30),
        "deadline": days(-30),
        "invited_at": days(20),
        "first_seen_at": days(3),
    }
    return Facts(**{**said, **more})


CASES = [
    ("nothing_is_wrong", {}, ()),
    ("invited_two_days_ago", {"first_seen_at": None, "invited_at": days(2)}, ()),
    ("invited_three_days_ago", {"first_seen_at": None, "invited_at": days(3)}, (Reason.NOT_SIGNED_IN,)),
    (
        "invited_today_with_a_near_deadline",
        {"first_seen_at": None, "invited_at": AT, "deadline": days(-2)},
        (Reason.NOT_SIGNED_IN, Reason.DEADLINE_NEAR),
    ),
    ("signed_in_and_silent_for_six_days", {"first_seen_at": days(6)}, ()),
    ("signed_in_and_silent_for_seven_days", {"first_seen_at": days(7)}, (Reason.STOPPED,)),
    ("finished_a_text_yesterday", {"first_seen_at": days(19), "finished_at": days(1)}, ()),
    ("finished_a_text_eight_days_ago", {"first_seen_at": days(19), "finished_at": days(8)}, (Reason.STOPPED,)),
    ("complete_and_silent", {"first_seen_at": days(19), "finished_at": days(15), "complete": True}, ()),
    ("deadline_in_eight_days", {"deadline": days(-8)}, ()),
    ("deadline_in_seven_days", {"deadline": days(-7)}, (Reason.DEADLINE_NEAR,)),
    ("deadline_in_an_hour", {"deadline": days(-1 / 24)}, (Reason.DEADLINE_NEAR,)),
    ("deadline_an_hour_ago", {"deadline": days(1 / 24)}, (Reason.DEADLINE_PASSED,)),
    ("deadline_passed_and_complete", {"deadline": days(5), "complete": True, "finished_at": days(6)}, ()),
    ("asked_for_more_time", {"more_time_at": days(1)}, (Reason.MORE_TIME,)),
    ("complete_and_cannot_attend", {"complete": True, "cannot_attend_at": days(1)}, (Reason.CANNOT_ATTEND,)),
    ("mail_failed", {"mail_failed_at": days(1)}, (Reason.MAIL_FAILED,)),
    ("name_not_confirmed", {"name_confirmed": False}, (Reason.NAME,)),
    ("name_not_confirmed_before_the_first_sign_in", {"name_confirmed": False, "first_seen_at": None,
      "invited_at": days(1)}, ()),
    (
        "everything_at_once_is_said_in_order",
        {"first_seen_at": days(9), "deadline": days(-1), "more_time_at": AT, "cannot_attend_at": AT,
         "mail_failed_at": AT, "name_confirmed": False},
        (Reason.CANNOT_ATTEND, Reason.MORE_TIME, Reason.MAIL_FAILED, Reason.STOPPED, Reason.DEADLINE_NEAR, Reason.NAME),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "why"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_people_need_attention_for_these_reasons(said: dict[str, Any], why: tuple[Reason, ...]) -> None:
    assert reasons(facts(**said), AT) == why


BEFORE = [
    ("a_nearer_deadline", {"deadline": days(-2)}, {"deadline": days(-3), "units_left": 30}),
    ("more_left_to_read", {"units_left": 9}, {"units_left": 8, "first_seen_at": days(19)}),
    ("a_longer_silence", {"first_seen_at": days(9)}, {"first_seen_at": days(8)}),
    ("who_came_first", {"enrolment_id": 1}, {"enrolment_id": 2}),
    ("not_called_yet", {"deadline": days(-20)}, {"deadline": days(-1), "contacted_on": dt.date(2027, 4, 11)}),
    ("called_two_days_ago", {"deadline": days(-1), "contacted_on": dt.date(2027, 4, 10)}, {"deadline": days(-2)}),
    ("a_deadline_passed_like_one_of_today", {"deadline": days(9), "units_left": 9}, {"deadline": AT, "units_left": 8}),
    ("the_deadline_before_the_first_day", {"deadline": days(-20)}, {"deadline": days(-1), "complete": True}),
]


@pytest.mark.parametrize(("first", "then"), [case[1:] for case in BEFORE], ids=[case[0] for case in BEFORE])
def test_this_comes_before_that(first: dict[str, Any], then: dict[str, Any]) -> None:
    assert order(facts(**first), AT) < order(facts(**then), AT)


def test_days_are_counted_on_the_calendar_of_the_edition() -> None:
    late = dt.datetime(2027, 4, 12, 22, 30, tzinfo=dt.UTC)  # half past midnight in Oświęcim
    assert days_left(facts(deadline=dt.datetime(2027, 4, 13, 12, 0, tzinfo=dt.UTC)), late) == 0
    assert days_left(facts(deadline=dt.datetime(2027, 4, 13, 22, 30, tzinfo=dt.UTC)), late) == 1
    assert silence(facts(first_seen_at=dt.datetime(2027, 4, 12, 21, 0, tzinfo=dt.UTC)), late) == 1
    assert days_left(facts(complete=True, starts_on=dt.date(2027, 4, 20)), late) == 7
