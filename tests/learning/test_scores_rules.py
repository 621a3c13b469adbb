"""What was written and scored is read back as it was; what was written before there were scores stays a text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.rules.scores import NOT_SCORED, Scores, kept_as, read_back

KEYS = st.text("abcdefghij-0123456789", min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
SCORES = st.builds(
    Scores,
    st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers(0, 3), min_size=1, max_size=3), max_size=4),
    st.dictionaries(KEYS, TEXTS, max_size=4),
)


@given(TEXTS, SCORES)
def test_what_was_kept_is_read_back_as_it_was(text: str, scores: Scores) -> None:
    assert read_back(kept_as(text, scores)) == (text, scores)


@given(TEXTS, SCORES)
def test_even_a_text_that_looks_like_what_we_keep_is_read_back_as_it_was_typed(text: str, scores: Scores) -> None:
    typed = kept_as(text, scores)
    assert read_back(kept_as(typed)) == (typed, NOT_SCORED)


@given(TEXTS)
def test_a_text_alone_is_kept_as_it_is(text: str) -> None:
    if not text.startswith("{"):
        assert kept_as(text) == text


@given(TEXTS, SCORES)
def test_the_same_is_always_kept_in_the_same_way(text: str, scores: Scores) -> None:
    turned = Scores(dict(reversed(list(scores.scores.items()))), dict(reversed(list(scores.reasons.items()))))
    assert kept_as(text, scores) == kept_as(text, turned)


def test_what_is_kept_says_its_version() -> None:
    kept = json.loads(kept_as("Why.", Scores({"kenya": {"funding": 2}}, {"kenya": "Because."})))
    assert kept == {
        "version": 1, "text": "Why.", "scores": {"kenya": {"funding": 2}}, "reasons": {"kenya": "Because."}
    }  # fmt: skip


@pytest.mark.parametrize(
    "kept",
    [
        "", "{", "{}", "[1]", "null", "Plain words.", "{“not JSON”}", "{" * 5000, '{"a":' + "[" * 15000,
        '{"version":2,"text":"","scores":{},"reasons":{}}',
        '{"version":1,"text":"","scores":{}}',
        '{"version":1,"text":1,"scores":{},"reasons":{}}',
        '{"version":1,"text":"","scores":[],"reasons":{}}',
        '{"version":1,"text":"","scores":{"a":2},"reasons":{}}',
        '{"version":1,"text":"","scores":{"a":{"b":4}},"reasons":{}}',
        '{"version":1,"text":"","scores":{"a":{"b":true}},"reasons":{}}',
        '{"version":1,"text":"","scores":{},"reasons":{"a":1}}',
        '{"version":1,"text":"","scores":{},"reasons":{},"more":1}',
    ],
)  # fmt: skip
def test_whatever_is_not_of_our_making_is_a_text(kept: str) -> None:
    assert read_back(kept) == (kept, NOT_SCORED)


def test_a_score_is_found_by_case_and_factor() -> None:
    scores = Scores({"kenya": {"funding": 0}})
    assert (scores.score("kenya", "funding"), scores.score("kenya", "welcome"), scores.score("x", "y")) == (
        0,
        None,
        None,
    )
    assert bool(scores)
    assert not NOT_SCORED
