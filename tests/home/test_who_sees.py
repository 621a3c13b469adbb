"""The page of who sees what says neither more nor less than the doors do."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.alumni.feed.rules import Field
from lms.dashboards import queries as dashboards
from lms.dashboards.rules.looks import Sight
from lms.home.queries import holdings, my_seen_places
from lms.home.rules.watchers import Holding, watchers
from lms.kernel.clock import frozen, now
from lms.kernel.errors import NotFound
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Sector
from lms.people.rules import ALLOWED_SCOPES, Grant, Role, ScopeKind, scope_of
from lms.records.models import RecordAct
from lms.records.services import end
from lms.records.verification.queries import Openness, openness_of
from lms.seminars.queries import people_rows
from lms.seminars.rules import Place, visible
from tests.alumni.feeds import make_partner
from tests.conftest import NOW, statements
from tests.dashboards.makers import ARABIC, place
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.records.test_pages import a_record, an_edition, browser_of, close_it
from tests.seminars.makers import AT, make_institution

ME = 1
EDITIONS, STATES, INSTITUTIONS = ("e1", "e2", "e3"), ("TZ", "KE"), ("i1", "i2")
IDS = {
    ScopeKind.EDITION: EDITIONS,
    ScopeKind.STATE: STATES,
    ScopeKind.INSTITUTION: INSTITUTIONS,
    ScopeKind.COURSE: ("course",),
}
places_drawn = st.lists(
    st.builds(Place, st.sampled_from(EDITIONS), st.sampled_from(STATES), st.sampled_from(INSTITUTIONS), st.just(ME)),
    max_size=3,
)


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    role = draw(st.sampled_from(Role))
    kind = draw(st.sampled_from(sorted(ALLOWED_SCOPES[role])))
    return Grant(role, kind, draw(st.sampled_from(IDS[kind])) if kind in IDS else None)


held = st.lists(st.builds(Holding, st.integers(1, 6), grants()), max_size=12)


@given(places_drawn, held)
def test_whoever_could_open_my_page_is_listed_and_nobody_else(places: list[Place], drawn: list[Holding]) -> None:
    listed = {found.person_id for found in watchers(places, drawn) if found.sight is not Sight.COUNTS}
    everyone = {held.person_id for held in drawn} - ({ME} if places else set())
    for person in everyone:
        scope = scope_of(person, [held.grant for held in drawn if held.person_id == person])
        assert (person in listed) == any(visible(scope, place) for place in places)
    assert listed <= everyone


@given(places_drawn, held)
def test_whoever_sees_numbers_of_my_edition_is_listed_and_nobody_else(
    places: list[Place], drawn: list[Holding]
) -> None:
    listed = {found.person_id for found in watchers(places, drawn)}
    for person in {held.person_id for held in drawn} - {ME}:
        scope = scope_of(person, [held.grant for held in drawn if held.person_id == person])
        numbers = any(scope.counts_everything or place.edition in scope.counts_editions for place in places)
        assert (person in listed) == (numbers or any(visible(scope, place) for place in places))


@given(places_drawn, held)
def test_nobody_is_told_about_themselves_and_who_sees_most_comes_first(
    places: list[Place], drawn: list[Holding]
) -> None:
    found = watchers(places, drawn)
    assert not places or ME not in {watcher.person_id for watcher in found}
    order = [list(Sight).index(watcher.sight) for watcher in found]
    assert order == sorted(order)


@given(st.lists(grants(), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_page_and_the_list_of_people_agree_in_the_database(sqlite_app: Flask, drawn: list[Grant]) -> None:
    with unit_of_work() as session:
        mine, other, real = _two_editions(session)
        named = {
            "e1": mine.edition.public_id,
            "e2": other,
            "TZ": "TZ",
            "KE": "KE",
            "i1": real,
            "i2": "none",
            "e3": "none",
        }
        own = [Grant(g.role, g.scope, named.get(g.scope_id, g.scope_id) if g.scope_id else None) for g in drawn]
        seen = [found.place for found in my_seen_places(session, mine.person_id)]
        listed = {found.sight for found in watchers(seen, [Holding(999_999, grant) for grant in own])}
        scope = scope_of(999_999, own)
        rows = people_rows(session, mine.edition_id, scope)
        assert bool(rows) == bool(listed - {Sight.COUNTS})
        try:
            door = {dashboards.look(session, mine.edition.public_id, scope).sight}
        except NotFound:
            door = set()
        assert door == set(sorted(listed, key=list(Sight).index)[:1])
        session.rollback()


def _two_editions(session: Session):  # type: ignore[no-untyped-def]
    edition, other = make_edition(session), make_edition(session)
    court = make_institution(session, "TZ", Sector.JUSTICE)
    return place(session, edition, institution=court), other.public_id, court.public_id


def test_the_page_names_the_holder_the_role_the_reach_and_what_they_see(app: Flask) -> None:
    with unit_of_work() as session:
        edition, other = make_edition(session, title="Global seminar, May 2027"), make_edition(session, title="Another")
        mine = place(session, edition, state="TZ")
        mine.person.welcomed_at = AT
    for name, role, kind, about in (
        ("Radosław Przykład", Role.COORDINATOR, ScopeKind.EDITION, edition.public_id),
        (ARABIC, Role.FOCAL_POINT, ScopeKind.STATE, "TZ"),
        ("Urs Beispiel", Role.EVALUATOR, ScopeKind.ALL, None),
        ("Kofi Nhweso", Role.FOCAL_POINT, ScopeKind.STATE, "GH"),
        ("Jean Exemple", Role.COORDINATOR, ScopeKind.EDITION, other.public_id),
        ("Anna Voorbeeld", Role.TRAINER, ScopeKind.EDITION, edition.public_id),
    ):
        give_mandate(make_person(name), role, kind, about)
    client = signed_in_client(app, mine.person)
    with statements(app) as sent:
        page = client.get("/who-sees-what").text
    assert len([line for line in sent if "lms_session" not in line]) <= 9, sent
    assert "3 mandates in force today let their holders see something about you." in page
    order = [
        "Radosław Przykład",
        "Coordinator: Global seminar, May 2027",
        ARABIC,
        "Focal point: United Republic of Tanzania",
    ]
    places = [page.index(words) for words in [*order, "Urs Beispiel", "Evaluator: all editions"]]
    assert places == sorted(places)
    for name in ("Kofi", "Jean Exemple", "Anna Voorbeeld", "Another"):
        assert name not in page


def test_a_mandate_that_has_ended_is_not_listed(app: Flask) -> None:
    with unit_of_work() as session:
        mine = place(session, make_edition(session))
        mine.person.welcomed_at = AT
    past = AT.date().replace(year=2026)
    give_mandate(make_person("Jean Exemple"), Role.COORDINATOR, since=past, until=past)
    page = signed_in_client(app, mine.person).get("/who-sees-what").text
    assert "No mandate in force today lets anybody see something about you." in page
    with unit_of_work() as session:
        assert holdings(session, AT) == []


def test_what_somebody_writes_for_themselves_is_said_to_be_seen_by_nobody(app: Flask) -> None:
    with unit_of_work() as session:
        mine = place(session, make_edition(session))
        mine.person.welcomed_at = AT
    page = signed_in_client(app, mine.person).get("/who-sees-what").text
    nobody = page[page.index("What nobody sees") :]
    assert "reflections and what you write instead of a hard text: only you." in nobody
    assert "no page, list, number or log tells the two apart." in nobody


def test_everybody_sees_which_partners_are_told_of_alumni_and_what(app: Flask) -> None:
    client = signed_in_client(app, make_person())
    assert "Organisations that are told of alumni" not in client.get("/who-sees-what").text
    make_partner(frozenset({Field.NAMES}), name="Network of examples")
    make_partner(frozenset(), name="Not yet confirmed", confirmed=False)
    page = client.get("/who-sees-what").text
    assert "Network of examples" in page
    assert "Told beside the id: names." in page
    assert "Not yet confirmed" not in page


def test_the_page_tells_what_a_stranger_with_the_code_sees(app: Flask) -> None:
    edition, people = an_edition(met=1)
    close_it(edition)
    record, own = a_record(people[0]), browser_of(app, people[0])
    assert (
        "Whoever has the code of your certificate" not in browser_of(app, make_person().id).get("/who-sees-what").text
    )
    by_default = strangers_part(own)
    assert "shows neither your name nor your institution or state" in by_default
    assert "Your name is not shown to whoever has the code." in by_default
    assert "link" not in by_default.replace("linklist", "")
    own.post(f"/records/{record}/name", data={"shown": "yes"})
    for days in ("7", "30"):
        own.post(f"/records/{record}/links", data={"days": days})
    opened = strangers_part(own)
    assert "By your consent everybody with the code sees your name" in opened
    assert "2 links of yours show your name and give the signed file, until they end." in opened
    assert f"/records/{record}#sharing" in opened
    with frozen(NOW + dt.timedelta(days=8)), unit_of_work() as session:
        assert openness_of(session, [record], now()) == {record: Openness(shown=True, links=1)}
        end(session, record=record, act=RecordAct.WITHDRAWN, at=now())
    assert "strangers" not in own.get("/who-sees-what").text


def strangers_part(client: FlaskClient) -> str:
    return client.get("/who-sees-what").text.split('id="strangers"')[1].split("</section>")[0]
