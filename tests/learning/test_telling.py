"""What is told of answers to questions tells of nobody in a group under five, whatever is subtracted from what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.learning.rules.telling import Answered, Count, Told, told
from lms.people.rules.groups import SMALLEST, in_fives, tells_of_no_few

WRONG = ("that", "other", "third")
answers = st.builds(Answered, edition=st.integers(1, 3), instead=st.sampled_from(("", "", "", *WRONG)))
crowds = st.lists(answers, max_size=120)
runs = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(("", *WRONG)), st.integers(1, 12)), max_size=18).map(
    lambda parts: [Answered(edition, instead) for edition, instead, times in parts for _ in range(times)]
)
sequences = st.one_of(crowds, runs)

People = frozenset[int]


def moments(people: Sequence[Answered]) -> list[Told]:
    """Everything the page ever says, if somebody looks after every single answer."""
    return [told(people[:seen]) for seen in range(len(people) + 1)]


def small(number: int) -> bool:
    return 0 < number < SMALLEST


def pieces(people: Sequence[Answered]) -> list[tuple[int | None, People]]:
    """Which people stand behind what each batch added, by their answer: of each edition that was told of by itself, and
    of none, the rest, also where these happen to be of one edition.

    Worked out here from what was said, not from how: where the numbers grow, and by how much for which edition.
    """
    found: list[tuple[int | None, People]] = []
    said, begin = Told(), 0
    for seen, now in enumerate(moments(people)):
        if now.everyone == said.everyone:
            continue
        batch = range(begin, seen)
        apart = {number for number, count in now.editions.items() if count != said.editions.get(number, Count())}
        groups: list[tuple[int | None, set[int]]] = [(number, {number}) for number in apart]
        for edition, group in [*groups, (None, {one.edition for one in people} - apart)]:
            for right in (True, False):
                inside = (n for n in batch if people[n].edition in group and (not people[n].instead) is right)
                found.append((edition, frozenset(inside)))
        said, begin = now, seen
    return [(edition, piece) for edition, piece in found if piece]


def nested_differences(known: Iterable[People], rounds: int = 2) -> set[People]:
    """Whatever comes of taking one set away from another it lies in, or of putting two together that share nobody."""
    sets = set(known)
    for _round in range(rounds):
        new = {larger - smaller for larger in sets for smaller in sets if smaller < larger}
        new |= {one | other for one, other in combinations(sets, 2) if not one & other}
        if new <= sets or len(sets) > 150:
            break
        sets |= new
    return sets


def shown(people: Sequence[Answered]) -> set[People]:
    """The people behind every number that was ever shown: of all and of each edition, all, right and wrong, at every
    moment. The attacker even knows who they are, only not what they answered."""
    found: set[People] = set()
    parts, said = pieces(people), Told()
    for now in moments(people):
        if now == said:
            continue
        for edition in (None, *now.editions):
            count = now.count(edition)
            assert count is not None
            behind = [part for whose, part in parts if edition is None or whose == edition]
            for right, number in ((True, count.right), (False, count.wrong)):
                whole: People = frozenset()
                for part in behind:
                    if len(whole) < number and (not people[next(iter(part))].instead) is right:
                        whole |= part
                assert len(whole) == number, "the numbers are sums of pieces"
                found.add(whole)
        said = now
    return {one for one in found if one}


@given(sequences)
@settings(deadline=None, max_examples=150)
def test_no_number_at_any_moment_is_a_small_group(people: list[Answered]) -> None:
    for now in moments(people):
        for count in (now.everyone, *now.editions.values()):
            assert not small(count.right)
            assert not small(count.wrong)
            assert bool(count.right) == bool(count.wrong), "nobody is told that all of them were right, or all wrong"


@given(sequences)
@settings(deadline=None, max_examples=150)
def test_all_without_the_editions_told_is_no_small_group(people: list[Answered]) -> None:
    for now in moments(people):
        editions = list(now.editions.values())
        for size in range(len(editions) + 1):
            for some in combinations(editions, size):
                rest = Count(
                    now.everyone.right - sum(one.right for one in some),
                    now.everyone.wrong - sum(one.wrong for one in some),
                )
                assert rest.right >= 0
                assert not small(rest.right)
                assert not small(rest.wrong)


@given(sequences)
@settings(deadline=None, max_examples=100)
def test_no_two_moments_differ_by_a_small_group(people: list[Answered]) -> None:
    seen = list(dict.fromkeys((n.everyone, tuple(sorted(n.editions.items()))) for n in moments(people)))
    for (before, before_by), (after, after_by) in combinations(seen, 2):
        assert not small(after.right - before.right)
        assert not small(after.wrong - before.wrong)
        assert not (after.people - before.people) % SMALLEST, "two questions of a quiz do not differ by a few either"
        for edition, count in after_by:
            earlier = dict(before_by).get(edition, Count())
            assert not small(count.right - earlier.right)
            assert not small(count.wrong - earlier.wrong)


REST_OF_ONE_EDITION = [
    Answered(edition, instead)
    for edition, instead, times in [(1, "that", 5), (2, "", 11), (2, "that", 9)]
    for _ in range(times)
]
"""Of the first ten those who were right are all of edition 2, which is told of by itself only with the next."""


@given(sequences)
@example(REST_OF_ONE_EDITION)
@settings(deadline=None, max_examples=60)
def test_an_attacker_who_watches_everything_and_knows_who_was_there_finds_no_small_group(
    people: list[Answered],
) -> None:
    for recovered in nested_differences(shown(people)):
        assert not small(len(recovered)), sorted(recovered)


@given(sequences)
@settings(deadline=None, max_examples=100)
def test_every_piece_that_numbers_are_made_of_is_large(people: list[Answered]) -> None:
    parts = [part for _edition, part in pieces(people)]
    assert all(len(part) >= SMALLEST for part in parts)
    assert sum(map(len, parts)) == told(people).everyone.people


@given(sequences)
@settings(deadline=None, max_examples=100)
def test_the_wrong_answer_given_most_often_leaves_no_small_group_beside_it(people: list[Answered]) -> None:
    for now in moments(people):
        rest = now.everyone.wrong - sum(one.wrong for one in now.instead)
        assert rest >= 0
        assert not small(rest)
        for one in now.instead:
            assert one.times >= SMALLEST
            assert tells_of_no_few(one.wrong - one.times)
        for one, other in combinations(now.instead, 2):
            assert not small(one.wrong + other.wrong - one.times - other.times)


@given(sequences)
@settings(deadline=None, max_examples=100)
def test_what_was_said_once_stays_said(people: list[Answered]) -> None:
    said = Told()
    for now in moments(people):
        assert now.instead[: len(said.instead)] == said.instead
        assert now.everyone.right >= said.everyone.right
        assert set(said.editions) <= set(now.editions)
        said = now


@given(sequences)
@settings(deadline=None, max_examples=100)
def test_the_numbers_are_those_of_the_first_who_answered(people: list[Answered]) -> None:
    count = told(people).everyone
    first = [bool(one.instead) for one in people[: count.people]]
    assert (count.right, count.wrong) == (first.count(False), first.count(True))


def crowd(right: int, wrong: int, edition: int = 1, instead: str = "that") -> list[Answered]:
    mixed = [Answered(edition)] * right + [Answered(edition, instead)] * wrong
    return mixed[::2] + mixed[1::2]


def test_what_many_miss_is_told() -> None:
    said = told(crowd(11, 9))
    assert said.everyone == Count(11, 9)
    assert said.count(1) == Count(11, 9)
    assert said.count(2) is None
    assert said.most_given is not None
    assert (said.most_given.answer, said.most_given.times, said.most_given.wrong) == ("that", 9, 9)


def test_what_fewer_than_five_miss_or_know_is_not_told_however_many_answered() -> None:
    for people in (crowd(400, 4), crowd(4, 400), crowd(400, 0), crowd(4, 4), []):
        assert told(people).count(None) is None


def test_an_edition_that_would_leave_a_few_of_another_is_not_told_by_itself() -> None:
    said = told([Answered(2), Answered(2, "that"), *crowd(10, 8)])
    assert said.everyone == Count(10, 5)
    assert said.count(1) is None
    assert said.count(2) is None


def test_wrong_answers_that_few_gave_are_not_named() -> None:
    said = told(crowd(10, 6) + crowd(0, 4, instead="other"))
    assert said.everyone.wrong >= 5
    assert said.most_given is None or said.most_given.wrong - said.most_given.times in {0, *range(5, 99)}


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_differences_of_numbers_in_fives_are_no_small_groups(one: int, other: int) -> None:
    assert not small(abs(in_fives(one) - in_fives(other)))
    assert 0 <= one - in_fives(one) < SMALLEST
