"""Two people's changes to the same data become one, and where they cannot, both texts are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.authoring.rules.merging import Clash, merge

names = st.sampled_from(["a", "b", "c", "d", "e"])
lines = st.sampled_from(["one", "two", "three words here", "four of them", "", "## Five {#five}"])
texts = st.lists(lines.filter(bool), max_size=5).map("\n\n".join) | lines
scalars = texts | st.integers(2, 5)
entries = st.lists(
    st.tuples(names, st.dictionaries(st.sampled_from(["text", "note"]), scalars)),
    max_size=4,
    unique_by=lambda one: one[0],
).map(lambda pairs: [{"id": name, **rest} for name, rest in pairs])
values = st.recursive(
    scalars | entries | st.lists(names, max_size=4, unique=True),
    lambda inner: st.dictionaries(names, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=8,
)
bodies = st.lists(lines.filter(bool), max_size=8).map("\n\n".join)
sentences = st.lists(st.sampled_from(["a point", "a second one", "one more", "and another"]), max_size=4)
timeline = st.lists(st.fixed_dictionaries({"when": lines.filter(bool), "text": lines}), max_size=3)
one_kind: list[st.SearchStrategy[Any]] = [values, bodies, entries, sentences, timeline]
three = st.sampled_from(one_kind).flatmap(lambda kind: st.tuples(kind, kind, kind))


def leaves(value: Any) -> Iterator[Any]:
    """Every paragraph, number and name somewhere in a value."""
    if isinstance(value, Mapping):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from leaves(member)
    elif isinstance(value, str):
        yield from (block for block in value.split("\n\n") if block)
    elif value is not None:
        yield value


@given(values, values)
def test_what_one_side_alone_changed_is_taken_as_it_stands(base: Any, changed: Any) -> None:
    assert merge(base, changed, base).data == merge(base, base, changed).data == changed
    assert merge(base, changed, base).clashes == merge(base, base, changed).clashes == ()


@given(values, values)
def test_what_both_sides_changed_alike_is_no_clash(base: Any, changed: Any) -> None:
    merged = merge(base, changed, changed)
    assert merged.data == changed
    assert not merged.clashes


@given(three)
def test_both_sides_meet_the_same_clashes(given: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = given
    one, other = merge(base, mine, theirs).clashes, merge(base, theirs, mine).clashes
    turned = [Clash(clash.where, clash.base, clash.theirs, clash.mine) for clash in other]
    assert sorted(map(repr, one)) == sorted(map(repr, turned))


@given(three)
def test_nothing_that_either_side_wrote_is_lost(given: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = given
    merged = merge(base, mine, theirs)
    kept = {*leaves(merged.data), *(leaf for one in merged.clashes for leaf in leaves([one.mine, one.theirs]))}
    for side in (mine, theirs):
        assert set(leaves(side)) - set(leaves(base)) <= kept


@given(three)
def test_every_clash_names_another_place_and_can_be_decided_for_either_side(given: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = given
    merged = merge(base, mine, theirs)
    places = [clash.where for clash in merged.clashes]
    assert len(set(places)) == len(places)
    taken = merge(base, mine, theirs, take_theirs=places)
    assert taken.clashes == merged.clashes
    kept = set(leaves(taken.data))
    for clash in merged.clashes:
        if not isinstance(clash.theirs, list):
            assert set(leaves(clash.theirs)) <= kept


BODY = "## First {#first}\n\nOne.\n\nTwo.\n\n## Second {#second}\n\nThree."


def test_a_text_is_merged_paragraph_by_paragraph() -> None:
    mine, theirs = BODY.replace("One.", "One, changed."), BODY.replace("Three.", "Three.\n\nFour.")
    merged = merge({"body": BODY}, {"body": mine}, {"body": theirs})
    assert merged.data == {"body": mine.replace("Three.", "Three.\n\nFour.")}
    assert not merged.clashes


def test_neighbouring_paragraphs_changed_by_two_people_are_both_kept() -> None:
    merged = merge(BODY, BODY.replace("One.", "One, mine."), BODY.replace("Two.", "Two, theirs."))
    assert merged.data == BODY.replace("One.", "One, mine.").replace("Two.", "Two, theirs.")
    assert not merged.clashes


def test_a_paragraph_changed_by_both_is_shown_with_both_texts_and_its_place() -> None:
    merged = merge({"body": BODY}, {"body": BODY.replace("Two.", "Mine.")}, {"body": BODY.replace("Two.", "Theirs.")})
    assert merged.clashes == (Clash(("body", 2), "Two.", "Mine.", "Theirs."),)
    assert merged.data == {"body": BODY.replace("Two.", "Mine.")}


def test_a_paragraph_one_side_took_away_and_the_other_changed_is_a_clash() -> None:
    merged = merge(BODY, BODY.replace("\n\nTwo.", ""), BODY.replace("Two.", "Theirs."))
    assert merged.clashes == (Clash((2,), "Two.", None, "Theirs."),)


def test_two_paragraphs_written_at_one_place_are_a_clash() -> None:
    merged = merge(BODY, BODY + "\n\nMine.", BODY + "\n\nTheirs.")
    assert merged.clashes == (Clash((5,), None, "Mine.", "Theirs."),)


def test_a_clash_can_be_decided_for_theirs_at_one_place_alone() -> None:
    base, mine, theirs = {"a": "1", "b": "2"}, {"a": "mine", "b": "mine"}, {"a": "theirs", "b": "theirs"}
    assert merge(base, mine, theirs, take_theirs=[("b",)]).data == {"a": "mine", "b": "theirs"}


def test_entries_added_on_both_sides_are_kept_and_changed_ones_found_by_their_names() -> None:
    base = [{"id": "S001", "title": "One"}, {"id": "S002", "title": "Two"}]
    mine = [{"id": "S001", "title": "One"}, {"id": "S003", "title": "Mine"}, {"id": "S002", "title": "Two"}]
    theirs = [
        {"id": "S001", "title": "One", "note": "seen"},
        {"id": "S002", "title": "2"},
        {"id": "S004", "title": "T"},
    ]
    merged = merge(base, mine, theirs)
    assert not merged.clashes
    assert merged.data == [theirs[0], mine[1], theirs[1], theirs[2]]


def test_an_entry_added_by_both_under_one_name_clashes_field_by_field() -> None:
    merged = merge([], [{"id": "S1", "title": "Mine", "kind": "law"}], [{"id": "S1", "title": "Theirs", "kind": "law"}])
    assert merged.clashes == (Clash(("S1", "title"), None, "Mine", "Theirs"),)


def test_a_source_one_side_deleted_and_the_other_changed_is_a_clash() -> None:
    base = {"sources": [{"id": "S1", "title": "One"}]}
    changed = {"id": "S1", "title": "Changed"}
    merged = merge(base, {"sources": []}, {"sources": [changed]})
    assert merged.clashes == (Clash(("sources", "S1"), base["sources"][0], None, changed),)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "expected"),
    [
        ("a b c", "a b c m", "a b c t", "a b c m t"),
        ("a b c", "c a b", "a b c t", "c t a b"),
        ("a b c", "a b m c", "c a b", "c a b m"),
        ("a b c", "a c", "a b c t", "a c t"),
        ("a b c", "b c", "a c b", "c b"),
        ("", "m", "t", "m t"),
    ],
)
def test_lists_of_names_keep_additions_and_the_order_of_the_side_that_changed_it(
    base: str, mine: str, theirs: str, expected: str
) -> None:
    merged = merge(base.split(), mine.split(), theirs.split())
    assert merged.data == expected.split()
    assert not merged.clashes


def test_two_orders_are_a_clash_that_shows_both() -> None:
    merged = merge({"units": ["a", "b", "c"]}, {"units": ["b", "a", "c"]}, {"units": ["a", "c", "b"]})
    assert merged.clashes == (Clash(("units",), ["a", "b", "c"], ["b", "a", "c"], ["a", "c", "b"]),)
    assert merged.data == {"units": ["b", "a", "c"]}


def test_entries_without_names_are_merged_by_their_place() -> None:
    base = [{"when": "1976", "text": "Coup."}, {"when": "1983", "text": "Vote."}]
    mine = [{"when": "March 1976", "text": "Coup."}, base[1]]
    theirs = [{"when": "1976", "text": "A coup."}, base[1], {"when": "1985", "text": "Trial."}]
    merged = merge(base, mine, theirs)
    assert merged.data == [{"when": "March 1976", "text": "A coup."}, *theirs[1:]]
    assert not merged.clashes
