"""What is asked, what a participant may see of it, and what an answer is worth."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.kinds.questions import (
    is_right,
    public_question,
    question_from,
    read_answer,
    right_answer,
    score_answers,
)
from lms.plugins.unit_kind import Question

COMMON = {"prompt": "Why?", "explanation": "Because of the secret.", "passage": "a#b", "cites": ["S001"]}
FIELDS: dict[str, dict[str, Any]] = {
    "one-of-many": {
        "options": [{"id": "a", "text": "A"}, {"id": "b", "text": "B", "correct": True}, {"id": "c", "text": "C"}]
    },
    "many-of-many": {
        "options": [
            {"id": "a", "text": "A", "correct": True},
            {"id": "b", "text": "B", "correct": True},
            {"id": "c", "text": "C"},
        ]
    },
    "true-false": {"answer": False},
    "matching": {"pairs": [{"id": key, "left": key.upper(), "right": f"to {key}"} for key in "abcd"]},
    "ordering": {"items": [{"id": key, "text": key.upper()} for key in "abcd"]},
    "reflection": {},
}
QUESTIONS = {kind: question_from({"id": "q", "kind": kind, **COMMON, **fields}) for kind, fields in FIELDS.items()}
SCORED = [question for question in QUESTIONS.values() if question.scored]


@pytest.mark.parametrize("question", SCORED, ids=lambda question: question.kind)
def test_the_right_answer_is_right_after_a_trip_through_json(question: Question) -> None:
    assert is_right(question, json.loads(json.dumps(right_answer(question))))


def test_many_of_many_wants_all_and_only_the_right_ones() -> None:
    question = QUESTIONS["many-of-many"]
    a, b, c = (option.id for option in question.options)
    assert is_right(question, [b, a])
    assert not is_right(question, [a])
    assert not is_right(question, [a, b, c])


def test_ordering_and_matching_want_everything_in_its_place() -> None:
    ordering, matching = QUESTIONS["ordering"], QUESTIONS["matching"]
    right = list(right_answer(ordering))
    assert not is_right(ordering, [right[1], right[0], *right[2:]])
    assert not is_right(ordering, right[:3])
    pairs = dict(right_answer(matching))
    first, second, *_ = pairs
    assert not is_right(matching, {**pairs, first: pairs[second], second: pairs[first]})


@pytest.mark.parametrize("question", SCORED, ids=lambda question: question.kind)
@pytest.mark.parametrize("raw", [None, "", "zzz", [], ["zzz"], {}, {"zzz": "zzz"}, 3, True, ["zzz", 3], {"a": ["b"]}])
def test_what_is_no_answer_is_not_taken(question: Question, raw: Any) -> None:
    assert read_answer(question, raw) is None
    assert not is_right(question, raw)


def test_a_target_cannot_be_used_twice() -> None:
    question = QUESTIONS["matching"]
    pairs = dict(right_answer(question))
    same = dict.fromkeys(pairs, next(iter(pairs.values())))
    assert read_answer(question, same) is None


@given(st.integers(), st.sampled_from(SCORED))
def test_nothing_of_the_answer_is_in_what_a_participant_sees(seed: int, question: Question) -> None:
    shown = public_question(question, seed)
    assert not any("correct" in name or "explanation" in name or "pair" in name for name in shown.__slots__)
    words = repr(shown)
    assert "secret" not in words
    assert "S001" not in words
    assert {option.id for option in shown.options} == {option.id for option in question.options}


@given(st.integers())
def test_a_try_keeps_its_order_and_an_ordering_never_shows_the_answer(seed: int) -> None:
    question = QUESTIONS["ordering"]
    assert public_question(question, seed) == public_question(question, seed)
    assert tuple(option.id for option in public_question(question, seed).options) != right_answer(question)


def test_another_try_is_another_shuffle() -> None:
    orders = {tuple(o.id for o in public_question(QUESTIONS["matching"], seed).options) for seed in range(30)}
    assert len(orders) > 5


def test_the_ids_of_options_tell_neither_name_nor_place() -> None:
    for kind in ("one-of-many", "ordering", "matching"):
        question = QUESTIONS[kind]
        ids = [option.id for option in (*question.options, *question.targets)]
        assert len(set(ids)) == len(ids)
        assert all(len(name) == 10 for name in ids)


def test_true_and_false_stay_in_their_order() -> None:
    assert [option.id for option in public_question(QUESTIONS["true-false"], 7).options] == ["true", "false"]


def test_a_reflection_is_kept_and_not_scored() -> None:
    assert read_answer(QUESTIONS["reflection"], "  I think.  ") == "I think."
    assert score_answers([QUESTIONS["reflection"]], {"q": "I think."}).total == 0


def test_a_score_counts_exact_answers_in_whole_percent() -> None:
    three = [question_from({"id": f"q{n}", "kind": "true-false", **COMMON, "answer": True}) for n in range(3)]
    score = score_answers(three, {"q0": "true", "q1": "false", "q2": "true"})
    assert (score.points, score.total, score.percent) == (2, 3, 66)
    assert score.per_question == {"q0": True, "q1": False, "q2": True}
    assert score_answers(three, {}).percent == 0
