"""What a mandate shows: the same rule as "who can see what about me", asked the other way round."""

from __future__ import annotations

import re

from flask import Flask
from hypothesis import given
from sqlalchemy import select

from lms.dashboards.rules.looks import Sight
from lms.home.rules.watchers import Holding, shown_by, watchers
from lms.home.scopes import shown_of
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Mandate, SensitiveMark
from lms.people.queries import addresses_of
from lms.people.rules import Grant, Role, ScopeKind
from lms.seminars.models import Edition
from lms.seminars.rules import Place
from tests.conftest import statements
from tests.home.test_who_sees import held, places_drawn
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.makers import AT, enrol_person, make_institution


@given(places_drawn, held)
def test_a_mandate_shows_exactly_what_its_page_and_the_persons_page_both_say(
    places: list[Place], drawn: list[Holding]
) -> None:
    for place in places:
        told = {(one.person_id, one.grant, one.sight) for one in watchers([place], drawn)}
        shown = {
            (one.person_id, one.grant, sight)
            for one in drawn
            for sight, found in shown_by(one, [place]).items()
            if place in found
        }
        assert told == shown


def world() -> tuple[Edition, Edition]:
    """Two of Tanzania and one of Kenya in the first edition, one of Tanzania in the second."""
    with unit_of_work() as session:
        first, second = make_edition(session, title="The first"), make_edition(session, title="The second")
        court = make_institution(session, "TZ")
        for name, edition, more in (
            ("Asha Mfano", first, {"institution": court}),
            ("Baraka Mfano", first, {"state": "TZ"}),
            ("Chebet Mfano", first, {"state": "KE"}),
            ("Daudi Mfano", second, {"institution": court}),
        ):
            enrol_person(session, edition, name=name, **more)
    return first, second


def test_what_is_shown_is_counted_by_edition_and_state(app: Flask) -> None:
    first, _second = world()
    everything, completion, counts = Sight.EVERYTHING, Sight.COMPLETION, Sight.COUNTS
    for grant, expected in (
        (Grant(Role.FOCAL_POINT, ScopeKind.STATE, "TZ"), {(completion, "The first", 2), (completion, "The second", 1)}),
        (Grant(Role.COORDINATOR, ScopeKind.EDITION, first.public_id), {(everything, "The first", 3)}),
        (Grant(Role.EVALUATOR, ScopeKind.EDITION, first.public_id), {(counts, "The first", 3)}),
        (Grant(Role.OBSERVER, ScopeKind.ALL), set()),
        (Grant(Role.TRAINER, ScopeKind.ALL), set()),
    ):
        with unit_of_work() as session:
            shown = shown_of(session, 999_999, grant)
        found = {(one.sight, title, sum(each.people for each in shown if each.edition_title == title))
                 for one in shown for title in [one.edition_title]}  # fmt: skip
        assert found == expected, grant


def test_the_page_of_a_mandate_is_for_its_holder_and_administrators_and_names_nobody(app: Flask) -> None:
    world()
    focal, administrator, other = make_person("Radosław Przykład"), make_person(), make_person()
    mandate = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    give_mandate(administrator, Role.ADMINISTRATOR)
    give_mandate(other, Role.COORDINATOR)
    path = f"/mandate/{mandate.public_id}"
    assert signed_in_client(app, other).get(path).status_code == 404
    for person in (focal, administrator):
        client = signed_in_client(app, person)
        with statements(app) as sent:
            page = client.get(path).text
        assert len(sent) <= 6, sent
        assert "It shows 3 places of people by name." in page
        assert "United Republic of Tanzania: 2 people" in page
        assert "whether the pre-reading is finished and the record issued" in page
        assert "Kenya" not in page
        for name in ("Asha", "Baraka", "Chebet", "Daudi"):
            assert name not in page
    with unit_of_work() as session:
        row = session.get_one(Mandate, mandate.id)
        row.until = row.since = row.since.replace(year=2026)
    assert "There is nobody whom it shows today." in signed_in_client(app, administrator).get(path).text


def test_those_who_are_not_to_be_named_are_counted_under_no_state(app: Flask) -> None:
    first, _second = world()
    coordinator = make_person()
    mandate = give_mandate(coordinator, Role.COORDINATOR, ScopeKind.EDITION, first.public_id)
    with unit_of_work() as session:
        session.add(SensitiveMark(state_code="KE", on=True, by_person_id=coordinator.id, at=AT))
    page = signed_in_client(app, coordinator).get(f"/mandate/{mandate.public_id}").text
    assert re.search(r"United Republic of Tanzania: 2 people.*State not shown: 1 person", page, re.DOTALL)
    assert "Kenya" not in page
    said = explained(app, coordinator)
    assert "shows everything of 1 in The first, state not shown" in said
    assert "Kenya" not in said


def explained(app: Flask, person: object, *more: str) -> str:
    with unit_of_work() as session:
        address = addresses_of(session, person.id)[0].address  # type: ignore[attr-defined]
    result = app.test_cli_runner().invoke(args=["lms", "scope", "explain", address, *more])
    assert result.exit_code == 0, result.output
    return str(result.output)


def test_the_command_says_who_is_shown_by_which_mandate_given_by_whom_until_when_and_is_noted(app: Flask) -> None:
    world()
    focal = make_person("Radosław Przykład")
    mandate = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    said = explained(app, focal)
    assert f"focal-point over United Republic of Tanzania (mandate {mandate.public_id})" in said
    assert "since 2027-04-12, until 2028-04-11, proposed on 2027-04-12 by the operator" in said
    assert "shows completion of 2 in The first, United Republic of Tanzania" in said
    assert "Mfano" not in said
    named = explained(app, focal, "--names")
    assert [name for name in ("Asha", "Baraka", "Chebet", "Daudi") if name in named] == ["Asha", "Baraka", "Daudi"]
    with unit_of_work() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "scope.explained")).all()
        assert [(one.about, one.details) for one in noted] == [
            (focal.subject, {"names": False}),
            (focal.subject, {"names": True}),
        ]


def test_the_command_says_of_a_participant_who_can_see_them_and_why(app: Flask) -> None:
    first, _second = world()
    with unit_of_work() as session:
        person = enrol_person(session, first, state="KE").person
    focal, coordinator, stranger = (
        make_person("Radosław Przykład"),
        make_person("Urs Beispiel"),
        make_person("A Nobody"),
    )
    give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "KE")
    give_mandate(coordinator, Role.COORDINATOR, ScopeKind.EDITION, first.public_id)
    give_mandate(stranger, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    said = explained(app, person)
    assert "Mandates in force today that show something of this person: 2." in said
    assert "coordinator over The first" in said
    assert "Przykład" not in said
    named = explained(app, person, "--names")
    assert "held by Radosław Przykład" in named
    assert "held by Urs Beispiel" in named
    assert "A Nobody" not in named


def test_the_command_refuses_an_address_that_nobody_has(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["lms", "scope", "explain", "nobody@example.org"])
    assert result.exit_code == 1
    assert "Nobody here has this address." in result.output
