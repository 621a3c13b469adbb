"""The numbers of an edition narrowed down: by state, sector, institution and module; number, list and file agree."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from itertools import combinations
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from lms.dashboards.filters import filter_part
from lms.dashboards.forms import state_key
from lms.dashboards.queries import choices, look
from lms.dashboards.rules.looks import Filter, Sight
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress
from lms.people.models import Sector, SensitiveMark
from lms.people.rules import Role, Scope, ScopeKind
from lms.seminars import services
from lms.seminars.models import Edition, RequestKind, Stage
from lms.seminars.rules.nominations import NOMINATIONS_WAITING
from lms.seminars.services.counting import count
from lms.web.languages import speaking
from tests.conftest import statements
from tests.dashboards.makers import place
from tests.dashboards.test_people import coordinator
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import MODULES, complete_reading, make_edition, read_module
from tests.seminars.makers import AT, make_institution

TOTAL = re.compile(r"(\d+) (?:person|people) (?:match|matches|is in|are in)")


def filled(named: str = "The Court") -> tuple[Edition, str]:
    """People of two states and three ministries, who have come more or less far; the public id of one of these."""
    with unit_of_work() as session:
        edition = make_edition(session)
        court = make_institution(session, "KE", Sector.JUSTICE, named)
        others = (make_institution(session, "KE", Sector.DEFENCE), make_institution(session, "TZ", Sector.JUSTICE))
        for number, house in enumerate((court, *others) * 3):
            stage = (Stage.INVITED, Stage.READING, Stage.PRE_READING, Stage.SIGNED_IN)[number % 4]
            made = place(session, edition, stage=stage, institution=house, confirmed=number % 2 == 0)
            if stage is Stage.PRE_READING:
                complete_reading(session, made)
            if stage is Stage.READING:
                session.add(EnrolmentProgress(enrolment_id=made.id, started_at=AT, units_done=0))
                session.flush()
                read_module(session, made, MODULES[0])
                services.ask(
                    session,
                    enrolment=made,
                    kind=RequestKind.MORE_TIME,
                    message="Please.",
                    at=AT,
                    by=made.person.subject,
                )
    return edition, court.public_id


def test_a_filter_does_not_say_that_nobody_at_all_is_waited_for(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition, confirmed=True)
        count(session, edition_id=edition.id, what=NOMINATIONS_WAITING, change=3)
    client, path = coordinator(app), f"/editions/{edition.public_id}"
    assert "nominations/waiting" in client.get(path).text
    assert "Nobody is waited for." not in client.get(f"{path}?sector=justice").text
    assert "Nominations stand on the page without a filter." in client.get(f"{path}?sector=justice").text


def test_where_very_many_names_are_awaited_a_narrowed_page_leads_to_them_and_leaves_counting_to_the_list(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, _court = filled()
    client, path = coordinator(app), f"/editions/{edition.public_id}"
    assert "not confirmed their name" in client.get(f"{path}?sector=justice").text
    monkeypatch.setattr("lms.dashboards.queries.counting.FEW", 0)
    text = client.get(f"{path}?sector=justice").text
    assert "not confirmed their name" not in text
    [there] = re.findall(r'<a href="([^"]+)">Names that are still to be confirmed: see the list</a>', text)
    told = TOTAL.search(client.get(unescape(there)).text)
    assert told
    assert int(told[1]) > 0
    assert "not confirmed their name" in client.get(path).text


def filters(edition: Edition, court: str) -> list[str]:
    """Every filter and every two of them together."""
    ways = (
        f"state={state_key(edition.public_id, 'KE')}",
        "sector=justice",
        f"institution={court}",
        f"progress=finished:{MODULES[0]}",
        f"progress=open:{MODULES[0]}",
    )
    both = (f"{one}&{two}" for one, two in combinations(ways, 2) if not one.startswith("progress"))
    return [*ways, *both]


def numbers_and_lists(page: str) -> list[tuple[str, int]]:
    """(address of the list, number) for each number that leads to one."""
    found = re.findall(r'<a href="([^"]*/people\?[^"]*)">(\d+)', page)
    return [(url.replace("&amp;", "&"), int(number)) for url, number in found]


@pytest.mark.parametrize("marked", [False, True])
def test_every_number_of_a_narrowed_page_is_the_length_of_its_list_and_file(
    app: Flask, monkeypatch: pytest.MonkeyPatch, marked: bool
) -> None:
    monkeypatch.setattr("lms.web.sheets.MOST_TAKEN", 1000)
    edition, court = filled()
    client = coordinator(app)
    if marked:
        mark("TZ")
    for query in filters(edition, court):
        page = client.get(f"/editions/{edition.public_id}?{query}").text
        assert "Only: " in page
        found = numbers_and_lists(page)
        for url, number in found:
            assert total(client, url) == number, (query, url)
        # By module they are counted elsewhere than listed.
        for url, number in found if "progress=" in query else found[:1]:
            file = client.get(url.replace("/people?", "/people.csv?"), buffered=True).data.decode("utf-8-sig")
            assert len(list(csv.DictReader(io.StringIO(file, newline="")))) == number, (query, url)


def total(client: FlaskClient, url: str) -> int:
    """How many people a list has."""
    found = TOTAL.search(client.get(url).text)
    return int(found[1]) if found else 0


def mark(state: str) -> None:
    by = make_person()
    with unit_of_work() as session:
        session.add(SensitiveMark(state_code=state, on=True, by_person_id=by.id, at=AT))


@pytest.mark.parametrize("marked", [False, True])
def test_module_by_module_keeps_the_narrowing_and_every_number_is_its_list_and_in_the_file(
    app: Flask, marked: bool
) -> None:
    edition, court = filled()
    client, path = coordinator(app), f"/editions/{edition.public_id}"
    if marked:
        mark("TZ")
    states = [f"state={state_key(edition.public_id, code)}" for code in ("KE", "?" if marked else "TZ")]
    for query in (*states, f"sector=justice&{states[0]}", f"institution={court}", "sector=justice"):
        first = unescape(client.get(f"{path}?{query}&progress=open:{MODULES[0]}").text)
        (address,) = re.findall(r'href="([^"]+/modules[^"]*)"', first)
        assert sorted(parse_qsl(urlsplit(address).query)) == sorted(parse_qsl(query))
        page = client.get(address).text
        assert "Only: " in page
        found = numbers_and_lists(page)
        assert len(found) == 2 * len(MODULES)
        assert [number for _url, number in found] == [total(client, url) for url, _number in found]
        (file,) = re.findall(r'href="([^"]+modules\.csv[^"]*)"', page)
        lines = csv.reader(io.StringIO(client.get(unescape(file), buffered=True).data.decode("utf-8-sig"), newline=""))
        assert [int(cell) for line in list(lines)[1:] for cell in line[1:]] == [number for _url, number in found]


@pytest.mark.parametrize("marked", [False, True])
def test_editions_side_by_side_are_narrowed_by_state_and_sector_and_every_number_is_its_list(
    app: Flask, marked: bool
) -> None:
    edition, _court = filled()
    other, _same = filled("The High Court")
    client = coordinator(app)
    if marked:
        mark("TZ")
    page = client.get("/editions/overview").text
    assert (f'value="{state_key("overview", "TZ")}"' in page) is not marked
    assert (f'value="{state_key("overview", "?")}"' in page) is marked
    states = [f"state={state_key('overview', code)}" for code in ("KE", "?" if marked else "TZ")]
    sums = []
    for query in (*states, "sector=justice", f"sector=justice&{states[1]}"):
        page = client.get(f"/editions/overview?{query}").text
        assert "Only: " in page
        found = numbers_and_lists(page)
        assert {edition.public_id, other.public_id} == {url.split("/")[2] for url, _number in found}
        assert [number for _url, number in found] == [total(client, url) for url, _number in found], query
        sums.append(sum(number for _url, number in found))
        (file,) = re.findall(r'href="([^"]+overview\.csv[^"]*)"', page)
        lines = csv.reader(io.StringIO(client.get(unescape(file), buffered=True).data.decode("utf-8-sig"), newline=""))
        numbers = [int(cell) for line in list(lines)[1:] for cell in line[2:-2] if cell]
        assert numbers == [number for _url, number in found]
    every = sum(number for _url, number in numbers_and_lists(client.get("/editions/overview").text))
    assert sums[0] + sums[1] == every > sums[2] > sums[3] > 0


def test_the_table_is_taken_away_as_it_is_narrowed(app: Flask) -> None:
    edition, court = filled()
    client = coordinator(app)
    path = f"/editions/{edition.public_id}/matrix.csv"
    whole, narrowed = (
        client.get(f"{path}?{query}", buffered=True).data.decode("utf-8-sig").splitlines()
        for query in ("", f"institution={court}")
    )
    assert [line.split(",")[0] for line in whole[1:]] == ["Kenya", "United Republic of Tanzania", "All states"]
    assert [line.split(",")[0] for line in narrowed[1:]] == ["Kenya", "All states"]
    assert f"/matrix.csv?institution={court}" in client.get(f"/editions/{edition.public_id}?institution={court}").text


def test_states_stand_in_no_address_and_what_is_not_known_is_left_out(app: Flask) -> None:
    edition, _court = filled()
    client = coordinator(app)
    page = client.get(f"/editions/{edition.public_id}?state={state_key(edition.public_id, 'KE')}").text
    assert not re.search(r"state=(KE|TZ)\b", page)
    assert "Only: Kenya" in page
    for query in ("sector=nonsense", "progress=finished:nothing", "stage=pre-reading", "awaiting=name"):
        assert "Only: " not in client.get(f"/editions/{edition.public_id}?{query}").text
    nobody = client.get(f"/editions/{edition.public_id}?state=KE").text
    assert "Only: nobody" in nobody
    assert "Kenya</th>" not in nobody


def test_a_focal_point_narrows_their_own_people_and_nobody_by_module(app: Flask) -> None:
    edition, court = filled()
    person = make_person()
    give_mandate(person, Role.FOCAL_POINT, ScopeKind.STATE, "KE")
    client = signed_in_client(app, person)
    page = client.get(f"/editions/{edition.public_id}?institution={court}&progress=finished:{MODULES[0]}").text
    assert "Only: The Court<" in page
    assert 'name="progress"' not in page
    assert "Tanzania" not in page
    for url, number in numbers_and_lists(page):
        total = TOTAL.search(client.get(url).text)
        assert (int(total[1]) if total else 0) == number


def sent_for(app: Flask, client: FlaskClient, path: str) -> int:
    client.get(path)
    with statements(app) as sent:
        client.get(path)
    return len(sent)


@pytest.mark.parametrize("query", ["", "sector=justice", "institution", "progress"])
def test_a_narrowed_page_costs_a_handful_of_statements(app: Flask, query: str) -> None:
    edition, court = filled()
    asked = {"institution": f"institution={court}", "progress": f"progress=open:{MODULES[0]}"}.get(query, query)
    assert sent_for(app, coordinator(app), f"/editions/{edition.public_id}?{asked}") <= (14 if query else 10)


def test_the_name_of_an_institution_stands_in_the_filter_whatever_is_in_it(app: Flask) -> None:
    """Control characters are refused on a form; a name that came another way breaks no page."""
    edition, _court = filled("Court\x1f of \x1eFirst\n, Instance")
    client = coordinator(app)
    for path in ("", "/people", "/modules"):
        page = client.get(f"/editions/{edition.public_id}{path}").text
        assert "Court\x1f of  First\n, Instance" in unescape(page)


def test_what_is_offered_comes_along_with_the_look_unless_somebody_is_not_to_be_named(app: Flask) -> None:
    edition, _court = filled()
    everything = Scope(person_id=0, everything=True)
    with unit_of_work() as session:
        assert "The Court" in (look(session, edition.public_id, everything, filtering=True).offered or "")
    mark("TZ")
    with unit_of_work() as session:
        seen = look(session, edition.public_id, everything, filtering=True)
    assert (seen.unnamed, seen.offered) == (True, None)


def test_what_is_kept_drawn_for_a_made_up_language_is_not_shown_in_a_real_one(app: Flask) -> None:
    edition, _court = filled()
    with app.test_request_context(), unit_of_work() as session:
        g.lms_viewer = None
        seen = look(session, edition.public_id, Scope(person_id=0, everything=True), filtering=True)
        said = {}
        for code in ("x-long", "en"):
            g.lms_language = code
            part = filter_part(choices(session, seen), Filter(), edition.public_id, "en", Sight.EVERYTHING)
            with speaking("en"):
                said[code] = part.stage_options
    assert ("⟦" in said["x-long"], "⟦" in said["en"]) == (True, False)


def test_only_what_is_in_the_edition_is_offered(app: Flask) -> None:
    edition, _court = filled()
    with unit_of_work() as session:
        elsewhere = make_institution(session, "PL", Sector.INTERIOR, "The House Elsewhere")
        other = make_edition(session)
        place(session, other, institution=elsewhere)
    client = coordinator(app)
    for path in ("", "/people", "/modules"):
        here = client.get(f"/editions/{edition.public_id}{path}").text
        there = client.get(f"/editions/{other.public_id}{path}").text
        assert ("The Court" in here, "The House Elsewhere" in here, "Poland" in here) == (True, False, False)
        assert ("The Court" in there, "The House Elsewhere" in there, "Kenya" in there) == (False, True, False)
