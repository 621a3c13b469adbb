"""A name that somebody else confirmed is shown to its holder, with who did, when and why, until they speak up."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.models import Person
from lms.people.queries import viewer_for_person
from lms.people.rules import PersonName, Role
from lms.people.rules.names import listed_in
from tests.people.makers import give_mandate, make_person, signed_in_client

REASON = "Read to me over the telephone"


@pytest.fixture
def confirmed(app: Flask) -> Person:
    """Somebody whose name a coordinator has confirmed."""
    by, person = make_person("Radosław Przykład"), make_person("Amina Mfano")
    give_mandate(by, Role.COORDINATOR)
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        row.name_confirmed_at, row.welcomed_at = None, now() - dt.timedelta(days=20)
        viewer = viewer_for_person(session, by.id, now())
        assert viewer is not None
        services.confirm_name(session, person=row, by=viewer, reason=REASON, at=now())
    return person


def test_the_account_page_says_who_confirmed_the_name_and_why(app: Flask, confirmed: Person) -> None:
    page = signed_in_client(app, confirmed).get("/account").text
    assert "Radosław Przykład confirmed this name for you" in page
    assert REASON in page


def test_what_the_holder_says_counts_from_then_on(app: Flask, confirmed: Person) -> None:
    with unit_of_work() as session:
        row = session.get_one(Person, confirmed.id)
        services.change_name(session, person=row, name=PersonName("Amina A. Mfano"), at=now())
    page = signed_in_client(app, confirmed).get("/account").text
    assert "confirmed this name for you" not in page


def test_nothing_is_said_of_a_name_that_its_holder_confirmed(app: Flask) -> None:
    assert "confirmed this name for you" not in signed_in_client(app, make_person()).get("/account").text


@given(st.text(max_size=40), st.text(max_size=40))
def test_lists_show_the_same_of_a_sealed_name_without_opening_all_of_it(full: str, for_lists: str) -> None:
    name = PersonName(full=full, for_lists=for_lists)
    assert listed_in(name.to_json()) == name.listed
