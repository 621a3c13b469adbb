"""Progress and standing as pure rules: tables of cases, and any sequence of events at all."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules.outline import CompletionRule, Outline, OutlineModule, OutlineUnit
from lms.learning.rules.progress import (
    FINISHING,
    NOTHING_YET,
    ProgressKind,
    Step,
    UnitState,
    UnitSummary,
    can_undo,
    finished_by,
    fold,
    is_late,
    passes,
    step,
)
from lms.learning.rules.standing import Course, pre_reading_complete, standing_of

AT = dt.datetime(2027, 4, 12, 9, 0, tzinfo=dt.UTC)
DONE = UnitSummary(UnitState.DONE, done_at=AT)


def happened(kind: ProgressKind, points: int | None = None, total: int | None = None, *, late: bool = False) -> Step:
    return Step(kind, AT, late, points, total)


def steps() -> st.SearchStrategy[list[Step]]:
    unscored = st.sampled_from([ProgressKind.STARTED, ProgressKind.READ, ProgressKind.UNDONE, ProgressKind.WRITTEN])
    scored = st.sampled_from([ProgressKind.PASSED, ProgressKind.NOT_PASSED])
    total = st.integers(1, 12)
    tried = total.flatmap(lambda most: st.builds(happened, scored, st.integers(0, most), st.just(most)))
    return st.lists(st.builds(happened, unscored, late=st.booleans()) | tried, max_size=30)


@given(steps())
def test_progress_only_grows_but_for_undo(events: list[Step]) -> None:
    order = [UnitState.OPEN, UnitState.STARTED, UnitState.DONE]
    summary = NOTHING_YET
    for event in events:
        after = step(summary, event)
        if event.kind is not ProgressKind.UNDONE:
            assert order.index(after.state) >= order.index(summary.state)
            assert after.done or after.done_at is None
        assert (after.percent or 0) >= (summary.percent or 0)
        summary = after


@given(steps(), steps())
def test_a_summary_is_the_same_whether_kept_along_or_recomputed(first: list[Step], more: list[Step]) -> None:
    kept = fold(first)
    for event in more:
        kept = step(kept, event)
    assert kept == fold([*first, *more])


@given(steps())
def test_finishing_again_changes_neither_the_day_nor_its_being_late(events: list[Step]) -> None:
    summary = fold(events)
    if summary.done:
        for kind in FINISHING:
            again = step(summary, Step(kind, AT + dt.timedelta(days=9), late=not summary.late))
            assert (again.done_at, again.late) == (summary.done_at, summary.late)


@pytest.mark.parametrize(
    ("events", "best"),
    [
        ([(3, 5)], (3, 5)),
        ([(3, 5), (4, 5)], (4, 5)),
        ([(4, 5), (3, 5)], (4, 5)),
        ([(1, 2), (5, 10)], (5, 10)),
        ([(5, 10), (1, 2)], (5, 10)),
        ([(0, 5)], (0, 5)),
        ([(0, 0)], (0, 0)),
    ],
)
def test_the_best_try_counts(events: list[tuple[int, int]], best: tuple[int, int]) -> None:
    summary = fold(happened(ProgressKind.NOT_PASSED, *points) for points in events)
    assert (summary.best_points, summary.best_total) == best


@pytest.mark.parametrize(
    ("points", "total", "mark", "passed"),
    [(4, 5, 80, True), (3, 5, 80, False), (8, 10, 80, True), (79, 100, 80, False), (0, 0, 80, True), (1, 3, 33, True)],
)
def test_a_pass_mark_is_reached_exactly(points: int, total: int, mark: int, passed: bool) -> None:
    assert passes(points, total, mark) is passed


def test_the_very_instant_of_the_deadline_is_in_time() -> None:
    assert not is_late(AT, AT)
    assert is_late(AT + dt.timedelta(microseconds=1), AT)


def test_only_a_mark_set_by_hand_is_taken_back() -> None:
    assert can_undo(DONE, ProgressKind.READ)
    assert not can_undo(DONE, ProgressKind.PASSED)
    assert not can_undo(DONE, ProgressKind.WRITTEN)
    assert not can_undo(NOTHING_YET, ProgressKind.UNDONE)
    assert not can_undo(NOTHING_YET, None)


def test_each_kind_of_unit_is_finished_in_its_own_way() -> None:
    assert finished_by("reading", 0) is ProgressKind.READ
    assert finished_by("case-study", 0) is ProgressKind.READ
    assert finished_by("reflection", 0) is ProgressKind.WRITTEN
    assert finished_by("quiz", 0) is ProgressKind.PASSED
    assert finished_by("of-a-plugin", 3) is ProgressKind.PASSED


def unit(number: int, substance: str = "s1") -> OutlineUnit:
    return OutlineUnit(
        id=number, key=f"u{number}", kind="reading", title={"en": "Unit"}, minutes=number, substance=substance,
        pass_mark=80, questions=0, revision_id=number, language="en", translations={},
    )  # fmt: skip


def module(key: str, *units: OutlineUnit, after: tuple[str, ...] = ()) -> OutlineModule:
    return OutlineModule(key=key, title={"en": key}, objectives=(), pass_mark=80, after=after, units=units)


def outline(*modules: OutlineModule, asked: tuple[str, ...] | None = None) -> Outline:
    keys = tuple(one.key for one in modules)
    return Outline(
        version_id=1, course_id=1, slug="x", number="1.0", content_hash="", language="en", title={}, description={},
        pass_mark=80, rule=CompletionRule(asked or keys, None, False), modules=modules, terms=(), sources=(),
    )  # fmt: skip


TWO = outline(module("a", unit(1), unit(2)), module("b", unit(3), after=("a",)), module("c", unit(4)))


def test_a_module_opens_when_what_comes_before_is_finished() -> None:
    begun = standing_of(TWO, {(1, "s1"): DONE})
    assert [m.open for m in begun.modules] == [True, False, True]
    assert [m.key for m in begun.modules[1].waits_for] == ["a"]
    assert begun.modules[1].next_unit is None
    ready = standing_of(TWO, {(1, "s1"): DONE, (2, "s1"): DONE})
    assert all(m.open for m in ready.modules)


def test_the_conditions_say_why() -> None:
    standing = standing_of(TWO, {(1, "s1"): DONE, (4, "s1"): DONE})
    said = [(c.module.key, c.met, [one.key for one in c.missing]) for c in standing.conditions]
    assert said == [("a", False, ["u2"]), ("b", False, ["u3"]), ("c", True, [])]
    assert (standing.done, standing.total, standing.minutes_left) == (2, 4, 5)


def test_only_the_modules_that_the_rule_names_are_asked_for() -> None:
    some = outline(module("a", unit(1)), module("b", unit(2)), asked=("a",))
    standing = standing_of(some, {(1, "s1"): DONE})
    assert (standing.done, standing.total) == (1, 1)
    assert pre_reading_complete(some, {(1, "s1"): DONE})
    assert [m.required for m in standing.modules] == [True, False]


def test_one_continues_with_the_unit_opened_last_unless_it_is_finished() -> None:
    here = standing_of(TWO, {}, Course(last_unit_id=4)).next_unit
    assert here
    assert here.unit.id == 4
    on = standing_of(TWO, {(4, "s1"): DONE}, Course(last_unit_id=4)).next_unit
    assert on
    assert on.unit.id == 1
    closed = standing_of(TWO, {}, Course(last_unit_id=3)).next_unit
    assert closed
    assert closed.unit.id == 1, "a unit of a module that is not open is nowhere to continue"


def test_a_changed_substance_is_open_again_unless_the_pre_reading_was_complete() -> None:
    changed = outline(module("a", unit(1, "s2")))
    assert not standing_of(changed, {(1, "s1"): DONE}).modules[0].finished
    earned = standing_of(changed, {(1, "s1"): DONE}, Course(completed_at=AT))
    assert earned.modules[0].finished
    assert earned.conditions[0].met
    assert earned.next_unit is None
