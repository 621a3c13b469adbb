"""The completion rule: a table of cases, and that more facts never take anything away."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules.outline import CompletionRule
from lms.records.rules.completion import Facts, Key, ModuleFact, half_days_needed, judge
from tests.conftest import NOW

RULE = CompletionRule(("one", "two"), 80, True)


def modules(**passed: bool) -> tuple[ModuleFact, ...]:
    return tuple(ModuleFact(key, {"en": key.title()}, done) for key, done in passed.items())


MET = Facts(modules(one=True, two=True), None, True, 10, 8, 1, True)


@pytest.mark.parametrize(
    ("rule", "change", "missing"),
    [
        (RULE, {}, []),
        (RULE, {"modules": modules(one=True, two=False)}, [Key.MODULES]),
        (RULE, {"modules": modules(one=True)}, [Key.MODULES]),
        (RULE, {"modules": modules(one=True, two=True, three=False)}, []),
        (RULE, {"modules": (), "pre_reading_completed_at": NOW}, []),
        (RULE, {"attendance_closed": False}, [Key.ATTENDANCE]),
        (RULE, {"present": 7}, [Key.ATTENDANCE]),
        (RULE, {"present": 7, "excused": 3}, [Key.ATTENDANCE]),
        (RULE, {"present": 7, "excused": 3, "made_up": 1}, []),
        (RULE, {"present": 6, "excused": 3, "made_up": 1}, [Key.ATTENDANCE]),
        (RULE, {"held": 9, "present": 8}, []),
        (RULE, {"held": 9, "present": 7}, [Key.ATTENDANCE]),
        (RULE, {"held": 0, "present": 0}, [Key.ATTENDANCE]),
        (RULE, {"name_confirmed": False}, [Key.NAME]),
        (RULE, {"modules": (), "present": 0, "name_confirmed": False}, [Key.MODULES, Key.ATTENDANCE, Key.NAME]),
        (CompletionRule(("one", "two"), None, True), {"attendance_closed": False, "present": 0}, []),
        (CompletionRule(("one", "two"), 80, False), {"name_confirmed": False}, []),
        (CompletionRule(("two",), 80, True), {"modules": modules(one=False, two=True)}, []),
        (CompletionRule((), None, False), {}, [Key.MODULES]),
    ],
)
def test_the_rule_is_met_or_says_what_is_missing(rule: CompletionRule, change: dict, missing: list[Key]) -> None:
    verdict = judge(rule, dataclasses.replace(MET, **change))
    assert [condition.key for condition in verdict.missing] == missing
    assert verdict.met is (not missing)


def test_a_condition_carries_the_figures_that_explain_it() -> None:
    verdict = judge(RULE, dataclasses.replace(MET, modules=modules(one=True, two=False), present=9))
    assert dict(verdict.conditions[0].figures) == {"passed": 1, "needed": 2, "missing": ({"en": "Two"},)}
    assert verdict.conditions[1].figures["present"] == 9
    assert verdict.conditions[1].figures["needed"] == 8


@pytest.mark.parametrize(("held", "percent", "needed"), [(10, 80, 8), (9, 80, 8), (12, 75, 9), (1, 1, 1), (0, 80, 0)])
def test_half_days_are_rounded_up(held: int, percent: int, needed: int) -> None:
    assert half_days_needed(held, percent) == needed


rules = st.builds(
    CompletionRule,
    st.lists(st.sampled_from("abcd"), unique=True).map(tuple),
    st.none() | st.integers(1, 100),
    st.booleans(),
)


@st.composite
def facts_and_more(draw: st.DrawFn) -> tuple[Facts, Facts]:
    """Facts of one person, and the same person later: nothing taken away."""
    less = {key: draw(st.booleans()) for key in "abcd"}
    more = {key: passed or draw(st.booleans()) for key, passed in less.items()}
    held = draw(st.integers(0, 20))
    present = draw(st.integers(0, held))
    closed, confirmed, completed = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from([None, NOW]))
    before = Facts(modules(**less), completed, closed, held, present, 0, confirmed)
    after = Facts(
        modules(**more),
        completed or draw(st.sampled_from([None, NOW])),
        closed or draw(st.booleans()),
        held,
        draw(st.integers(present, held)),
        0,
        confirmed or draw(st.booleans()),
    )
    return before, after


@given(rules, facts_and_more())
def test_more_facts_never_take_back_what_was_met(rule: CompletionRule, both: tuple[Facts, Facts]) -> None:
    before, after = (judge(rule, facts) for facts in both)
    assert {c.key for c in before.conditions if c.met} <= {c.key for c in after.conditions if c.met}
    assert after.met or not before.met


@given(rules, facts_and_more())
def test_the_rule_is_met_exactly_when_no_condition_is_missing(rule: CompletionRule, both: tuple[Facts, Facts]) -> None:
    verdict = judge(rule, both[0])
    assert verdict.met is (not verdict.missing)
