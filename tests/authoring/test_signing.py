"""Two keys: what a draft needs, how each sign-off stands, who may give one. A table of cases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.authoring.rules.signing import (
    Asking,
    Need,
    Obstacle,
    SignOffAct,
    Standing,
    Word,
    authors_of,
    changed_languages,
    complete,
    in_force,
    needs_of,
    obstacle_to,
    obstacle_to_publishing,
    states_of,
)
from lms.catalogue.files.read import read_files
from lms.catalogue.rules.course_files import CourseFiles
from tests.catalogue import tiny
from tests.languages import translated

HISTORY, LAW = Need("history"), Need("law")
NEEDS = (HISTORY, LAW)
AUTHOR, ONE, OTHER = 1, 2, 3
NOW, THEN = "now", "then"


def gave(need: Need, person: int, files: str = NOW) -> Word:
    return Word(need, SignOffAct.GIVEN, person, files)


def withheld(need: Need, person: int, files: str = NOW) -> Word:
    return Word(need, SignOffAct.WITHHELD, person, files)


def took_back(need: Need, person: int, files: str = NOW) -> Word:
    return Word(need, SignOffAct.TAKEN_BACK, person, files)


def test_language_is_needed_once_for_each_changed_language() -> None:
    assert needs_of(["history", "language"], {"fr", "es"}) == (
        Need("history"),
        Need("language", "es"),
        Need("language", "fr"),
    )
    assert needs_of(["history", "language"], set()) == (Need("history"),)


@pytest.mark.parametrize(
    ("words", "standing"),
    [
        ([], Standing.MISSING),
        ([gave(HISTORY, ONE)], Standing.GIVEN),
        ([gave(LAW, ONE)], Standing.MISSING),
        ([gave(HISTORY, ONE, THEN)], Standing.EARLIER),
        ([gave(HISTORY, ONE, THEN), gave(HISTORY, OTHER)], Standing.GIVEN),
        ([gave(HISTORY, ONE), gave(HISTORY, ONE, THEN)], Standing.EARLIER),
        ([gave(HISTORY, ONE), took_back(HISTORY, ONE)], Standing.MISSING),
        ([gave(HISTORY, ONE), withheld(HISTORY, OTHER)], Standing.WITHHELD),
        ([withheld(HISTORY, ONE, THEN)], Standing.WITHHELD),
        ([withheld(HISTORY, OTHER), gave(HISTORY, ONE)], Standing.WITHHELD),
        ([withheld(HISTORY, ONE), gave(HISTORY, ONE)], Standing.GIVEN),
        ([withheld(HISTORY, ONE), took_back(HISTORY, ONE)], Standing.MISSING),
    ],
)
def test_the_last_word_of_each_reviewer_counts(words: list[Word], standing: Standing) -> None:
    (state,) = states_of([HISTORY], words, NOW)
    assert state.standing is standing
    assert bool(state.words) is (standing is not Standing.MISSING)


def test_what_somebody_withholds_who_reviews_no_more_stands_in_nobodys_way() -> None:
    words = [gave(HISTORY, OTHER), withheld(HISTORY, OTHER), gave(LAW, OTHER)]
    assert in_force(words, {OTHER}, ()) == words
    states = states_of(NEEDS, in_force(words, {ONE}, ()), NOW)
    assert [state.standing for state in states] == [Standing.MISSING, Standing.GIVEN]


def test_what_somebody_gave_who_is_disabled_counts_no_more() -> None:
    words = [gave(HISTORY, OTHER), gave(LAW, ONE)]
    states = states_of(NEEDS, in_force(words, {ONE}, {OTHER}), NOW)
    assert [state.standing for state in states] == [Standing.MISSING, Standing.GIVEN]


ASKS = Asking(HISTORY, SignOffAct.GIVEN, ONE, mandate=True, in_review=True, seen_hash=NOW)
REASON = "The source says otherwise."


@pytest.mark.parametrize(
    ("asking", "words", "obstacle"),
    [
        (ASKS, [], None),
        (replace(ASKS, mandate=False), [], Obstacle.NO_MANDATE),
        (replace(ASKS, in_review=False), [], Obstacle.NOT_IN_REVIEW),
        (replace(ASKS, need=Need("taste")), [], Obstacle.NOT_NEEDED),
        (replace(ASKS, seen_hash=THEN), [], Obstacle.TEXT_CHANGED),
        (replace(ASKS, person=AUTHOR), [], None),
        (replace(ASKS, person=AUTHOR), [gave(LAW, ONE)], Obstacle.LAST_BY_AUTHOR),
        (replace(ASKS, person=AUTHOR), [gave(LAW, ONE, THEN)], None),
        (replace(ASKS, person=AUTHOR), [gave(LAW, ONE), withheld(LAW, OTHER)], None),
        (ASKS, [gave(LAW, AUTHOR)], None),
        (ASKS, [gave(LAW, ONE)], None),
        (replace(ASKS, act=SignOffAct.WITHHELD), [], Obstacle.REASON),
        (replace(ASKS, act=SignOffAct.WITHHELD, reason=" short   "), [], Obstacle.REASON),
        (replace(ASKS, act=SignOffAct.WITHHELD, reason=REASON), [], None),
        (replace(ASKS, act=SignOffAct.WITHHELD, reason=REASON, person=AUTHOR), [gave(LAW, ONE)], None),
        (replace(ASKS, act=SignOffAct.WITHHELD, reason=REASON, seen_hash=THEN), [], Obstacle.TEXT_CHANGED),
        (replace(ASKS, act=SignOffAct.TAKEN_BACK, reason=REASON), [], Obstacle.NOTHING_SAID),
        (replace(ASKS, act=SignOffAct.TAKEN_BACK, reason=REASON), [gave(HISTORY, OTHER)], Obstacle.NOTHING_SAID),
        (replace(ASKS, act=SignOffAct.TAKEN_BACK), [gave(HISTORY, ONE)], Obstacle.REASON),
        (replace(ASKS, act=SignOffAct.TAKEN_BACK, reason=REASON), [gave(HISTORY, ONE, THEN)], None),
        (replace(ASKS, act=SignOffAct.TAKEN_BACK), [withheld(HISTORY, ONE)], None),
        (
            replace(ASKS, act=SignOffAct.TAKEN_BACK, reason=REASON),
            [gave(HISTORY, ONE), took_back(HISTORY, ONE)],
            Obstacle.NOTHING_SAID,
        ),
    ],
)
def test_who_may_say_what_of_a_draft(asking: Asking, words: list[Word], obstacle: Obstacle | None) -> None:
    assert obstacle_to(asking, NEEDS, words, NOW, {AUTHOR}) is obstacle


def test_only_who_says_that_the_language_is_theirs_signs_for_it() -> None:
    spanish = Need("language", "es")
    asking = replace(ASKS, need=spanish)
    assert obstacle_to(asking, (spanish,), [], NOW, {AUTHOR}) is Obstacle.OWN_LANGUAGE
    assert obstacle_to(replace(asking, own_language=True), (spanish,), [], NOW, {AUTHOR}) is None


@pytest.mark.parametrize(
    ("words", "obstacle"),
    [
        ([], Obstacle.MISSING),
        ([gave(HISTORY, ONE)], Obstacle.MISSING),
        ([gave(HISTORY, ONE), gave(LAW, ONE)], None),
        ([gave(HISTORY, AUTHOR), gave(LAW, ONE)], None),
        ([gave(HISTORY, ONE), gave(LAW, OTHER)], None),
        ([gave(HISTORY, ONE), gave(LAW, OTHER, THEN)], Obstacle.MISSING),
        ([gave(HISTORY, ONE), gave(LAW, ONE), withheld(LAW, OTHER, THEN)], Obstacle.WITHHELD),
        ([gave(HISTORY, AUTHOR), gave(LAW, AUTHOR)], Obstacle.ONE_PERSON),
        ([gave(HISTORY, ONE), gave(LAW, AUTHOR)], Obstacle.LAST_BY_AUTHOR),
        ([gave(HISTORY, AUTHOR), gave(LAW, AUTHOR), gave(Need("taste"), ONE)], Obstacle.ONE_PERSON),
    ],
)
def test_publication_needs_every_sign_off_and_two_people(words: list[Word], obstacle: Obstacle | None) -> None:
    assert obstacle_to_publishing(NEEDS, words, NOW, {AUTHOR}) is obstacle


def test_where_nobody_wrote_in_it_the_text_is_that_of_whoever_sent_it() -> None:
    assert authors_of({AUTHOR}, ONE) == {AUTHOR}
    assert authors_of(set(), ONE) == {ONE}
    assert authors_of(set(), None) == frozenset()


PEOPLE = st.sampled_from([AUTHOR, ONE, OTHER])
ACTS = st.builds(
    Asking, st.sampled_from(NEEDS), st.sampled_from(SignOffAct), PEOPLE, st.just(True), st.just(True), st.just(NOW),
    st.just(True), st.sampled_from(["", REASON]),
)  # fmt: skip


@given(st.lists(ACTS, max_size=12))
def test_whatever_reviewers_do_in_turn_nothing_is_published_by_its_author_alone(acts: list[Asking]) -> None:
    words: list[Word] = []
    for one in acts:
        if obstacle_to(one, NEEDS, words, NOW, {AUTHOR}) is None:
            words.append(Word(one.need, one.act, one.person, NOW))
    states = states_of(NEEDS, words, NOW)
    if obstacle_to_publishing(NEEDS, words, NOW, {AUTHOR}) is None:
        assert complete(states)
        assert {word.person for state in states for word in state.words} - {AUTHOR}


def course(**changed: str) -> CourseFiles:
    found = read_files(tiny.encoded(tiny.tiny_files(**changed)), tiny.KINDS, lenient=True).course
    assert found is not None
    return found


SPANISH = translated()


@pytest.mark.parametrize(
    ("changed", "languages"),
    [
        ({}, set()),
        ({"first": SPANISH["first"].replace("It ended.", "It is over.")}, set()),
        ({"first_es": SPANISH["first_es"].replace("estado", "país").replace("Estado", "País")}, {"es"}),
        ({"glossary": tiny.GLOSSARY.replace("es: Estado", "es: País")}, {"es"}),
        ({"words": tiny.WORDS.replace("  en: Words\n", "  en: Words\n  fr: Mots\n")}, {"fr"}),
        ({"asked_es": ""}, {"es"}),
    ],
)
def test_the_changed_languages_are_those_in_which_anything_reads_otherwise(
    changed: dict[str, str], languages: set[str]
) -> None:
    assert changed_languages(course(**SPANISH), course(**SPANISH | changed)) == languages
