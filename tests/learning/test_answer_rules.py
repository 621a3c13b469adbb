"""Answers as pure rules: what a form says, which answer counts, what is still open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.kinds.questions import is_right, public_question
from lms.learning.rules.answers import (
    NotAnAnswer,
    Sent,
    answer_of,
    fields_of,
    given_in,
    in_words,
    still_open,
    that_count,
)
from lms.plugins.unit_kind import Option, Question

ORDER = Question("o", "ordering", "s1", "?", (Option("a", "A"), Option("b", "B"), Option("c", "C")))
MATCH = Question(
    "m", "matching", "s1", "?", (Option("l1", "L1"), Option("l2", "L2")), (Option("r1", "R1"), Option("r2", "R2")),
    {"l1": "r1", "l2": "r2"},
)  # fmt: skip
MANY = Question("x", "many-of-many", "s1", "?", (Option("a", "A", True), Option("b", "B", True), Option("c", "C")))
ONE = Question("y", "one-of-many", "s1", "?", (Option("a", "A", True), Option("b", "B")))
FREE = Question("t", "reflection", "s1", "?")


@pytest.mark.parametrize(
    ("question", "form"),
    [
        (ONE, {"y": ["a"]}),
        (MANY, {"x": ["b", "a"]}),
        (ORDER, {"o.c": ["3"], "o.a": ["1"], "o.b": ["2"]}),
        (MATCH, {"m.l2": ["r2"], "m.l1": ["r1"]}),
    ],
)
def test_a_right_form_is_a_right_answer(question: Question, form: dict[str, list[str]]) -> None:
    kept = given_in(question, form)
    assert is_right(question, answer_of(question, kept))
    assert not still_open([question], {question.id: kept})
    assert set(form) == set(fields_of(question))


@pytest.mark.parametrize(
    ("question", "form"),
    [
        (ONE, {}),
        (ONE, {"y": [""]}),
        (MANY, {}),
        (ORDER, {"o.a": ["1"], "o.b": ["2"]}),
        (ORDER, {"o.a": ["1"], "o.b": ["1"], "o.c": ["2"]}),
        (ORDER, {"o.a": ["1"], "o.b": ["3"], "o.c": ["3"]}),
        (MATCH, {"m.l1": ["r1"]}),
        (MATCH, {"m.l1": ["r1"], "m.l2": ["r1"]}),
    ],
)
def test_a_form_half_filled_in_is_kept_and_open(question: Question, form: dict[str, list[str]]) -> None:
    kept = given_in(question, form)
    assert still_open([question], {question.id: kept}) == (question,)
    assert len(kept) == sum(bool(value) for values in form.values() for value in values)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        (ONE, {"y": ["z"]}),
        (ONE, {"y": ["a", "b"]}),
        (MANY, {"x": ["a", "z"]}),
        (ORDER, {"o.a": ["4"]}),
        (ORDER, {"o.a": ["0"]}),
        (ORDER, {"o.a": ["1", "2"]}),
        (MATCH, {"m.l1": ["l1"]}),
        (FREE, {"t": ["x" * 4001]}),
    ],
)
def test_what_the_page_never_offered_is_no_answer(question: Question, form: dict[str, list[str]]) -> None:
    with pytest.raises(NotAnAnswer):
        given_in(question, form)


def test_a_reflection_may_stay_empty() -> None:
    assert still_open([FREE], {}) == ()
    assert given_in(FREE, {"t": ["  a\r\nb "]}) == ["a\nb"]


@given(st.permutations([1, 2, 3, 4, 5]))
def test_answers_of_one_page_count_in_the_order_they_were_given_not_in_which_they_came(order: list[int]) -> None:
    sent = [Sent("q", [str(number)], "page", number) for number in order]
    assert that_count(sent) == {"q": ["5"]}


def test_answers_of_two_pages_count_in_the_order_they_came() -> None:
    sent = [Sent("q", ["a"], "one", 900), Sent("q", ["b"], "two", 5), Sent("q", ["c"], "one", 800)]
    assert that_count(sent) == {"q": ["b"]}
    assert that_count([*sent, Sent("q", ["d"])]) == {"q": ["d"]}


def test_an_answer_reads_as_a_line_of_text() -> None:
    shown = public_question(ORDER, "seed")
    assert in_words(shown, [["a", "2"], ["b", "1"]], {}) == "1. B; 2. A"
    assert in_words(public_question(MATCH, "seed"), [["l1", "r2"]], {}) == "L1: R2"
    assert in_words(public_question(MANY, "seed"), ["a", "c"], {}) == "A; C"
