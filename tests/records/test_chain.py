"""The chain of the ledger as plain values: what is whole passes, whatever is changed is found at its place."""

from __future__ import annotations

import dataclasses
import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lms.records.rules.ledger import GENESIS, Entry, Keys, Link, first_break, genuine, mark, seal
from tests.conftest import NOW

KEYS = Keys(b"m" * 32, b"s" * 32)


def entry(number: int) -> Entry:
    bare = Entry(
        id=number + 100,
        record=f"record-{number}",
        act="issued",
        subject=f"subject-{number}",
        edition="edition",
        version_hash="a" * 64,
        dated=dt.date(2027, 5, 21),
        commitment="c" * 64,
        facts={"version": "1.0", "met": {"present": number}},
        created_at=NOW + dt.timedelta(seconds=number),
        mark="",
    )
    return dataclasses.replace(bare, mark=mark(KEYS.marking, bare))


def chain(length: int, keys: Keys = KEYS) -> list[Link]:
    links, previous = [], GENESIS
    for number in range(1, length + 1):
        item = entry(number)
        made = seal(keys.sealing, number, previous, item)
        links.append(Link(number, item.id, previous, made, item))
        previous = made
    return links


def broken_at(links: list[Link], anchors: dict[int, str] | None = None) -> int | None:
    found = first_break(KEYS, links, anchors or {})
    return found.sequence if found else None


@given(st.integers(0, 12))
def test_a_chain_as_it_was_made_is_whole(length: int) -> None:
    links = chain(length)
    assert broken_at(links, {link.sequence: link.seal for link in links}) is None


OTHER = {
    "id": 999_999,
    "record": "other",
    "act": "revoked",
    "subject": "other",
    "edition": "other",
    "version_hash": "b" * 64,
    "dated": dt.date(2020, 1, 1),
    "commitment": "d" * 64,
    "facts": {"version": "1.0", "met": {"present": 10}, "more": 1},
    "created_at": NOW - dt.timedelta(days=9),
    "mark": "e" * 64,
}


@given(st.integers(1, 8), st.data())
def test_any_column_altered_is_found_at_its_number(length: int, data: st.DataObject) -> None:
    assert set(OTHER) == {field.name for field in dataclasses.fields(Entry)}
    links, at = chain(length), data.draw(st.integers(0, length - 1))
    column = data.draw(st.sampled_from(sorted(OTHER)))
    forged = dataclasses.replace(links[at].entry, **{column: OTHER[column]})
    links[at] = dataclasses.replace(links[at], entry=forged)
    assert broken_at(links) == at + 1


@given(st.integers(2, 8), st.data())
def test_a_row_taken_out_is_found_where_it_stood(length: int, data: st.DataObject) -> None:
    links = chain(length)
    anchors = {length: links[-1].seal}
    at = data.draw(st.integers(0, length - 1))
    del links[at]
    assert broken_at(links, anchors) == at + 1


@given(st.integers(2, 8), st.data())
def test_two_entries_that_change_places_are_found_at_the_first(length: int, data: st.DataObject) -> None:
    links = chain(length)
    one, two = sorted(data.draw(st.lists(st.integers(0, length - 1), min_size=2, max_size=2, unique=True)))
    first, second = links[one], links[two]
    links[one] = dataclasses.replace(first, entry=second.entry, entry_id=second.entry_id)
    links[two] = dataclasses.replace(second, entry=first.entry, entry_id=first.entry_id)
    assert broken_at(links) == one + 1


def test_a_chain_made_again_with_another_key_is_found_at_its_beginning() -> None:
    assert broken_at(chain(5, Keys(KEYS.marking, b"x" * 32))) == 1


def test_a_chain_made_again_with_the_right_key_is_found_at_the_first_head_noted_outside() -> None:
    anchors = {3: chain(5)[2].seal}
    shorter = [link for link in chain(6) if link.sequence != 2]
    again, previous = [], GENESIS
    for number, link in enumerate(shorter, 1):
        made = seal(KEYS.sealing, number, previous, link.entry)
        again.append(Link(number, link.entry_id, previous, made, link.entry))
        previous = made
    assert broken_at(again) is None
    assert broken_at(again, anchors) == 3


def test_a_cut_tail_is_found_only_by_the_head_noted_outside() -> None:
    whole = chain(5)
    assert broken_at(whole[:3]) is None
    assert broken_at(whole[:3], {5: whole[4].seal}) == 4


def test_the_first_of_several_breaks_is_named() -> None:
    links = chain(6)
    for at in (4, 2):
        links[at] = dataclasses.replace(links[at], entry=None)
    assert broken_at(links) == 3


def test_an_entry_without_our_mark_is_not_ours() -> None:
    assert genuine(KEYS, entry(1))
    assert not genuine(KEYS, dataclasses.replace(entry(1), dated=dt.date(2020, 1, 1)))
