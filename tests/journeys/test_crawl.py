"""The pages every kind of person can reach: sound, private, quiet and without effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from lms.demo.cast import Character, cast
from lms.people.states import all_states
from tests.journeys.contents import contents
from tests.journeys.crawl import FOR_KEEPING, OPEN_DOORS, PEOPLE, Gallery, Seen, listen, visit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
STATES = {state.code for state in all_states()}


@pytest.fixture(scope="module")
def seen(gallery: Gallery) -> dict[str, list[Seen]]:
    """What everybody finds."""
    return {who: gallery.reached(who) for who in PEOPLE}


def everything(seen: dict[str, list[Seen]]) -> Iterator[tuple[str, Seen]]:
    for who, pages in seen.items():
        for one in pages:
            yield who, one


def _where(who: str, one: Seen) -> str:
    return f"{who or 'nobody'}: {one.address} (linked from {one.origin or 'the start'})"


def test_every_link_leads_to_a_page(seen: dict[str, list[Seen]]) -> None:
    assert all(len(pages) >= len(OPEN_DOORS) for pages in seen.values())
    wrong = [f"{one.status} {_where(who, one)}" for who, one in everything(seen) if one.status != 200]
    assert wrong == []


def test_every_page_has_one_first_heading_and_a_title_without_anybody_in_it(seen: dict[str, list[Seen]]) -> None:
    names = {name for who in _everybody() for name in (who.name, who.latin, who.address) if name}
    wrong = []
    for who, one in everything(seen):
        title = one.found.title.strip()
        if one.is_page and (one.found.headings != 1 or not title.partition("–")[0].strip()):
            wrong.append(f"{one.found.headings} h1, title {title!r}: {_where(who, one)}")
        wrong += [f"title {title!r}: {_where(who, one)}" for name in names if name in title]
    assert wrong == []


def test_no_address_of_a_page_names_a_person_or_a_state(seen: dict[str, list[Seen]]) -> None:
    words = {word.casefold() for who in _everybody() for word in re.findall(r"\w{4,}", f"{who.name} {who.latin}")}
    wrong = set()
    for who, one in everything(seen):
        parts = urlsplit(one.url)
        values = [*parts.path.split("/"), *(value for _name, value in parse_qsl(parts.query))]
        said = {word.casefold() for value in values for word in re.findall(r"[^\W\d_]+", unquote(value))}
        if said & words or "@" in unquote(one.address) or STATES & set(values):
            wrong.add(_where(who, one))
    assert sorted(wrong) == []


def _everybody() -> Iterator[Character]:
    yield from (*cast().staff, *cast().participants, *cast().alumni)


def test_pages_are_kept_nowhere_on_the_way(seen: dict[str, list[Seen]]) -> None:
    private = [(who, one) for who, one in everything(seen) if not one.address.endswith(FOR_KEEPING)]
    wrong = [_where(who, one) for who, one in private if one.headers.get("cache-control") != "no-store"]
    assert wrong == []


def test_looking_changes_nothing(gallery: Gallery, seen: dict[str, list[Seen]]) -> None:
    assert {who: gallery.changed[who] for who in seen} == {who: [] for who in PEOPLE}
    assert len(contents(gallery.house.home)) > 40


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_ask_only_us_and_complain_of_nothing(gallery: Gallery, who: str) -> None:
    page = gallery.browser(who).new_page()
    wrong, inspected = listen(page, gallery.house), {one.url for one in gallery.inspected(who)}
    for one in gallery.pages(who):
        if one.url in inspected:  # tests/journeys/test_axe.py opens it, and listens as well
            continue
        visit(page, one.url)
        wrong[:] = [line if " on " in line else f"{line} on {one.address}" for line in wrong]
    page.close()
    assert wrong == []
