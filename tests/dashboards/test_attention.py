"""The morning sheet: who is on it, in which words and order, for whom, and what it costs."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.dashboards.attention_filters import SEVERAL
from lms.dashboards.forms import state_key
from lms.dashboards.queries.changes import Happened
from lms.kernel.clock import frozen
from lms.kernel.models import AuditEntry, Job, JobState
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import FailureKind, IdentityRow, MailFailure, Person, Sector, SensitiveMark, SentLetter
from lms.people.rules import Role, ScopeKind
from lms.seminars import services
from lms.seminars.models import ContactKind, Edition, EditionSeen, Enrolment, RequestKind, Stage
from lms.seminars.rules import ENDED
from tests.conftest import NOW, statements
from tests.dashboards.makers import ARABIC, crowd, place
from tests.dashboards.test_downloads import taken
from tests.learning.makers import make_reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.makers import enrol_person, make_institution

LATER = NOW + dt.timedelta(days=9)
"""Nine days after everything else happened: the deadline of 23 April is two days off."""


def coordinator(app: Flask, edition: Edition | None = None) -> FlaskClient:
    person = make_person()
    scope = (ScopeKind.EDITION, edition.public_id) if edition else (ScopeKind.ALL, None)
    give_mandate(person, Role.COORDINATOR, *scope)
    return signed_in_client(app, person)


def news(client: FlaskClient, path: str) -> str:
    """What the sheet says has changed."""
    found = re.search(r'<section [^>]*aria-labelledby="news">.*?</section>', client.get(path).text, re.S)
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", unescape(found[0]))).strip() if found else ""


def drawn(client: FlaskClient, path: str) -> str:
    """When the page says it was drawn."""
    found = re.search(r'name="drawn" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def lines(client: FlaskClient, path: str) -> dict[str, str]:
    """What the sheet says of each person, by name, in its order."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    found = re.findall(r'<li id="p-.*?(?=<li id="p-|</section>)', answer.text, re.S)
    texts = [re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", unescape(one))).strip() for one in found]
    names = re.findall(r'<bdi class="name">([^<]+)<', answer.text)
    return dict(zip(names, texts, strict=True))


def of(edition: Edition) -> str:
    return f"/editions/{edition.public_id}/attention"


def test_the_sheet_says_who_needs_attention_and_why_with_dates(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition, name="Anna Voorbeeld", stage=Stage.INVITED)
        asks = place(session, edition, name="Juma Mfano", stage=Stage.READING, confirmed=False)
        services.ask(
            session, enrolment=asks, kind=RequestKind.MORE_TIME, message="Please.", at=NOW, by=asks.person.subject
        )
        place(session, edition, name=ARABIC, stage=Stage.INVITED)
    with frozen(LATER):
        said = lines(coordinator(app, edition), of(edition))
        file = {line["Name"]: line["Why"] for line in taken(coordinator(app, edition), f"{of(edition)}.csv")}
        assert signed_in_client(app, make_person()).get(f"{of(edition)}.csv").status_code == 404
    assert set(said) == {"Anna Voorbeeld", "Juma Mfano", ARABIC} == set(file)
    assert "May miss the deadline in 2 days: 23 April 2027, 18:00." in file["Anna Voorbeeld"]
    assert "Has not confirmed their name." in file["Juma Mfano"]
    assert "Has not signed in since the invitation of 12 April 2027 (9 days ago)." in said["Anna Voorbeeld"]
    assert "May miss the deadline in 2 days: 23 April 2027, 18:00." in said["Anna Voorbeeld"]
    assert "Send the invitation again" in said["Anna Voorbeeld"]
    juma = said["Juma Mfano"]
    assert "Asked for more time on 12 April 2027." in juma
    assert "Has not finished a text since the first sign-in on 12 April 2027 (9 days ago)." in juma
    assert "Has not confirmed their name." in juma
    assert "Answer the request" in juma
    assert "Send the invitation again" not in juma


def test_where_somebody_stopped_is_told_by_what_they_finished_last(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    reader = make_reader(app)
    reader.read("first")
    with frozen(NOW + dt.timedelta(days=8)):
        (said,) = lines(coordinator(app), f"/editions/{reader.edition}/attention").values()
    assert "Stopped after “First” in “Words”, finished on 12 April 2027 (8 days ago). Next: “" in said
    with frozen(NOW + dt.timedelta(days=1)):
        assert lines(coordinator(app), f"/editions/{reader.edition}/attention") == {}


def test_nobody_is_on_the_sheet_of_an_edition_where_nothing_is_waited_for(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition)
    page = coordinator(app, edition).get(of(edition)).text
    assert "Nobody needs attention this morning." in page


def test_more_time_moves_somebody_back_and_is_said(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        late = place(session, edition, name="Lucía Muestra")
        place(session, edition, name="Neema Mfano")
        services.extend(session, enrolment=late, deadline_at=LATER + dt.timedelta(days=5), at=NOW, by="c")
    with frozen(LATER):
        said = lines(coordinator(app, edition), of(edition))
    assert list(said) == ["Neema Mfano", "Lucía Muestra"]
    assert "in 5 days: 26 April 2027, 11:00. 2 texts are left. More time was given already." in said["Lucía Muestra"]


def test_a_letter_that_could_not_be_delivered_is_told_until_another_was_written(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        person = people_services.create_person(session, name="Anna Voorbeeld", address="a@example.org", at=NOW)
        session.flush()
        invited = place(session, edition, name="Other Mfano", stage=Stage.INVITED)
        invited.person_id = person.id
        session.flush()
        services.send_invitation(session, enrolment=invited, at=NOW, by=None)
    with unit_of_work() as session:
        job = session.scalars(select(Job).where(Job.kind == "mail.send")).one()
        job.state = JobState.DEAD
    client = coordinator(app, edition)
    assert "A letter of 12 April 2027 could not be delivered." in lines(client, of(edition))["Anna Voorbeeld"]
    with frozen(NOW + dt.timedelta(hours=2)), unit_of_work() as session:
        again = session.get_one(Enrolment, invited.id)
        services.send_invitation(session, enrolment=again, at=NOW + dt.timedelta(hours=2), by=None)
    assert lines(client, of(edition)) == {}


def test_people_who_left_or_were_erased_and_closed_editions_are_not_on_the_sheet(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        gone = place(session, edition, name="Tomás Ejemplo", stage=Stage.INVITED)
        services.withdraw(session, enrolment=gone, at=NOW, by="c")
        erased = place(session, edition, name="Neema Mfano", stage=Stage.INVITED)
        people_services.erase(session, person=session.get_one(Person, erased.person_id), by=None, at=NOW)
        place(session, edition, name="Anna Voorbeeld", stage=Stage.INVITED)
    with frozen(LATER):
        assert list(lines(coordinator(app, edition), of(edition))) == ["Anna Voorbeeld"]
    over = NOW + dt.timedelta(days=40)
    with frozen(over):
        with unit_of_work() as session:
            services.close_attendance(session, edition=session.get_one(Edition, edition.id), at=over, by="c")
        client = coordinator(app, edition)
        assert lines(client, of(edition)) == {}
        assert "The attendance of this edition is closed" in client.get(of(edition)).text


def test_one_sheet_shows_all_editions_somebody_coordinates_and_no_other(app: Flask) -> None:
    with unit_of_work() as session:
        mine, other = make_edition(session), make_edition(session, title="Another seminar")
        place(session, mine, name="Anna Voorbeeld", stage=Stage.INVITED)
        place(session, other, name="Bea Voorbeeld", stage=Stage.INVITED)
    with frozen(LATER):
        assert set(lines(coordinator(app), "/editions/attention")) == {"Anna Voorbeeld", "Bea Voorbeeld"}
        assert set(lines(coordinator(app, mine), "/editions/attention")) == {"Anna Voorbeeld"}
        assert "Another seminar" in coordinator(app).get("/editions/attention").text
    with frozen(NOW + dt.timedelta(days=60)):
        assert lines(coordinator(app), "/editions/attention") == {}


@pytest.mark.parametrize("marked", [False, True])
def test_the_sheet_is_narrowed_by_edition_state_sector_and_institution_and_its_file_too(
    app: Flask, marked: bool
) -> None:
    with unit_of_work() as session:
        one, two = make_edition(session), make_edition(session, title="Another seminar")
        court = make_institution(session, "KE", Sector.JUSTICE, "The Court")
        army = make_institution(session, "TZ", Sector.DEFENCE, "The Army")
        for edition in (one, two):
            for house in (court, army):
                name = f"{edition.title.split()[0]} {house.name}"
                place(session, edition, name=name, stage=Stage.INVITED, institution=house)
        if marked:
            by = make_person()
            session.add(SensitiveMark(state_code="TZ", on=True, by_person_id=by.id, at=NOW))
    first, second = one.title.split()[0], "Another"

    def narrowed(client: FlaskClient, path: str) -> set[str]:
        page = unescape(client.get(path).text)
        assert "?" not in path or "What changed" not in page
        (file,) = re.findall(r'href="([^"]+attention\.csv[^"]*)"', page)
        found = lines(client, path)
        assert {line["Name"] for line in taken(client, file)} == set(found)
        return {name if "The" in name else "?" for name in found}

    with frozen(LATER):
        client, path = coordinator(app), "/editions/attention"
        armies = {"?"} if marked else {f"{first} The Army", f"{second} The Army"}
        courts = {f"{first} The Court", f"{second} The Court"}
        assert narrowed(client, path) == armies | courts
        assert narrowed(client, f"{path}?state={state_key(SEVERAL, 'KE')}") == courts
        assert narrowed(client, f"{path}?state={state_key(SEVERAL, '?' if marked else 'TZ')}") == armies
        assert narrowed(client, f"{path}?institution={court.public_id}") == courts
        assert narrowed(client, f"{path}?edition={two.public_id}&sector=justice") == {f"{second} The Court"}
        assert narrowed(client, f"{of(one)}?state={state_key(one.public_id, 'KE')}") == {f"{first} The Court"}
        page = client.get(path).text
        assert (f'value="{state_key(SEVERAL, "TZ")}"' in page) is not marked
        assert (">The Army" in page) is not marked
        other = coordinator(app, one)  # who is asked for a foreign edition shows their own
        assert lines(other, f"{path}?edition={two.public_id}") == lines(other, path)
        assert "Nobody of these" in client.get(f"{path}?state={state_key(SEVERAL, 'FR')}").text


def test_an_edition_is_on_the_sheet_of_all_until_its_last_day_is_over_where_it_is_held(app: Flask) -> None:
    with unit_of_work() as session:
        for zone, name in (("Pacific/Honolulu", "Anna Voorbeeld"), ("Pacific/Auckland", "Bea Voorbeeld")):
            place(session, make_edition(session, zone=zone), name=name, stage=Stage.INVITED)
    for at, there in (
        (dt.datetime(2027, 5, 10, 11, tzinfo=dt.UTC), {"Anna Voorbeeld", "Bea Voorbeeld"}),
        (dt.datetime(2027, 5, 10, 13, tzinfo=dt.UTC), {"Anna Voorbeeld"}),  # the 11th in Auckland
        (dt.datetime(2027, 5, 11, 2, tzinfo=dt.UTC), {"Anna Voorbeeld"}),  # still the 10th in Honolulu
        (dt.datetime(2027, 5, 11, 11, tzinfo=dt.UTC), set()),
    ):
        with frozen(at):
            assert set(lines(coordinator(app), "/editions/attention")) == there


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.EVALUATOR, Role.OBSERVER, Role.TRAINER])
def test_for_those_who_do_not_coordinate_the_edition_there_is_no_sheet(app: Flask, role: Role) -> None:
    with unit_of_work() as session:
        edition, other = make_edition(session), make_edition(session)
        place(session, edition, stage=Stage.INVITED)
    person = make_person()
    scope = (ScopeKind.STATE, "TZ") if role is Role.FOCAL_POINT else (ScopeKind.ALL, None)
    give_mandate(person, role, *scope)
    client = signed_in_client(app, person)
    assert client.get(of(edition)).status_code == 404
    assert client.get("/editions/attention").status_code == 404
    assert coordinator(app, other).get(of(edition)).status_code == 404


def test_opening_the_sheet_is_noted_without_names(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition, stage=Stage.INVITED)
    with frozen(LATER):
        lines(coordinator(app, edition), of(edition))
    with unit_of_work() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "attention.listed")).one()
    assert (noted.about, noted.details) == (edition.public_id, {"people": 1})


def test_that_several_editions_were_opened_on_one_sheet_is_noted_at_once(app: Flask) -> None:
    with unit_of_work() as session:
        editions = [make_edition(session) for _ in range(3)]
        for edition in editions:
            place(session, edition, stage=Stage.INVITED)
    with frozen(LATER):
        client = coordinator(app)
        with statements(app) as sent:
            assert len(lines(client, "/editions/attention")) == 3
    assert sum(one.startswith("INSERT INTO lms_audit") for one in sent) == 1
    with unit_of_work() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "attention.listed")).all()
    assert {one.about for one in noted} == {edition.public_id for edition in editions}
    assert [one.details for one in noted] == [{"people": 1}] * 3


@pytest.mark.parametrize("path", ["/editions/{}/attention", "/editions/attention"])
def test_the_sheet_takes_eleven_statements_at_most_however_many_people(app: Flask, path: str) -> None:
    sent: dict[int, list[str]] = {}
    for people in (3, 120):
        with unit_of_work() as session:
            edition = make_edition(session)
            crowd(session, edition, [("TZ", Sector.JUSTICE, Stage.READING)] * people)
            address = path.format(edition.public_id)
        with frozen(LATER):
            client = coordinator(app, edition)
            client.get(address)
            with statements(app) as said:
                assert len(lines(client, address)) == min(people, 50)
        parts = (
            "BEGIN",
            "PRAGMA",
            "INSERT INTO lms_audit",
            "SELECT lms_mandate.role, lms_mandate.scope, lms_mandate.scope_id, lms_person.id",
        )
        sent[people] = [one for one in said if not one.startswith(parts)]
    assert len(sent[3]) == len(sent[120]) <= 11, sent[120]


def test_long_sheets_come_in_pages_that_leave_no_one_out(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        crowd(session, edition, [("TZ", Sector.JUSTICE, Stage.READING)] * 120)
    with frozen(LATER):
        client = coordinator(sqlite_app, edition)
        pages = [lines(client, f"{of(edition)}?page={number}") for number in (1, 2, 3)]
        assert "51 to 100 of 120" in client.get(f"{of(edition)}?page=2").text
        assert len(taken(client, f"{of(edition)}.csv")) == 120
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({name for page in pages for name in page}) == 120


def test_what_changed_since_the_last_visit_is_told_until_the_coordinator_has_seen_it(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition, name="Lucía Muestra", stage=Stage.PRE_READING)
        asks = place(session, edition, name="Juma Mfano")
        services.ask(session, enrolment=asks, kind=RequestKind.MORE_TIME, message="x", at=NOW, by=asks.person.subject)
        gone = place(session, edition, name="Tomás Ejemplo", stage=Stage.INVITED)
        services.withdraw(session, enrolment=gone, at=NOW, by="c")
    client, other = coordinator(app, edition), coordinator(app)
    said = news(client, of(edition))
    assert "In the last seven days." in said
    assert "2 people signed in for the first time:" in said
    assert "1 person finished the pre-reading: Lucía Muestra" in said
    assert "1 person asked for something: Juma Mfano" in said
    assert "1 person withdrew: Tomás Ejemplo" in said
    with frozen(NOW + dt.timedelta(minutes=1)):
        moment = drawn(client, of(edition))
    with frozen(NOW + dt.timedelta(minutes=2)), unit_of_work() as session:
        services.withdraw(
            session, enrolment=session.get_one(Enrolment, asks.id), at=NOW + dt.timedelta(minutes=2), by="c"
        )
    with frozen(NOW + dt.timedelta(minutes=3)):
        for _twice in range(2):
            assert client.post(f"{of(edition)}/seen", data={"drawn": moment}).status_code == 303
        said = news(client, of(edition))
    assert "Since you said that you had seen it, on 12 April 2027, 11:01." in said
    assert "1 person withdrew: Juma Mfano" in said, "what happened after the page was drawn is still new"
    assert "Lucía" not in said
    assert "Lucía" in news(other, of(edition)), "each coordinator has seen their own"


def test_every_way_to_leave_is_told_also_a_deferral(app: Flask) -> None:
    assert {state.value for state in ENDED} <= set(Happened)
    with unit_of_work() as session:
        edition = make_edition(session)
        later = make_edition(session, starts_on=dt.date(2027, 9, 9), ends_on=dt.date(2027, 9, 10))
        puts_off = place(session, edition, name="Juma Mfano")
        services.defer(session, enrolment=puts_off, later=later, at=NOW, by="c")
    client = coordinator(app, edition)
    for path in (of(edition), "/editions/attention"):
        assert "1 person was put off to a later edition: Juma Mfano" in news(client, path)


def test_seeing_never_moves_back_nor_into_the_time_to_come(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition)
    client = coordinator(app, edition)
    ends = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00")
    for said in (*ends, "2030-01-01T00:00:00+00:00", "2001-01-01T00:00:00+00:00", "nonsense", ""):
        assert client.post(f"{of(edition)}/seen", data={"drawn": said}).status_code == 303
        with unit_of_work() as session:
            assert session.scalars(select(EditionSeen.at)).one() == NOW


def test_all_editions_are_marked_as_seen_at_once_and_no_foreign_one(app: Flask) -> None:
    with unit_of_work() as session:
        mine, other = make_edition(session), make_edition(session)
        place(session, mine, name="Anna Voorbeeld")
        place(session, other, name="Bea Voorbeeld")
    client = coordinator(app, mine)
    assert "Anna Voorbeeld" in news(client, "/editions/attention")
    assert "Bea Voorbeeld" not in news(client, "/editions/attention")
    assert client.post(f"{of(other)}/seen").status_code == 404
    assert client.post("/editions/attention/seen").status_code == 303
    assert news(client, "/editions/attention") == ""
    with unit_of_work() as session:
        assert session.scalars(select(EditionSeen.edition_id)).all() == [mine.id]


def test_of_many_people_the_latest_are_named_and_the_others_counted(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        crowd(session, edition, [("TZ", Sector.JUSTICE, Stage.SIGNED_IN)] * 13)
    said = news(coordinator(app, edition), of(edition))
    assert "13 people signed in for the first time:" in said
    assert "and 3 others." in said


def test_somebody_called_yesterday_sinks_and_the_sheet_says_so(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        called = place(session, edition, name="Anna Voorbeeld", stage=Stage.INVITED)
        place(session, edition, name="Bea Voorbeeld", stage=Stage.INVITED)
        writer = place(session, edition, name="Writer Mfano").person
        for kind, day in ((ContactKind.WROTE, 1), (ContactKind.CALLED, 20)):
            services.note_contact(
                session, enrolment=called, kind=kind, day=dt.date(2027, 4, day), words="", key=f"key-{day}",
                at=LATER, by=writer.id,
            )  # fmt: skip
    with frozen(LATER):
        said = lines(coordinator(app, edition), of(edition))
        assert list(said)[-1] == "Anna Voorbeeld"
    assert "Last contact: called on 20 April 2027." in said["Anna Voorbeeld"]
    with frozen(LATER + dt.timedelta(days=1)):
        assert next(iter(lines(coordinator(app, edition), of(edition)))) == "Anna Voorbeeld"


def test_an_address_from_which_a_letter_came_back_is_told_also_of_who_has_signed_in(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        enrolment = enrol_person(session, edition, name="Anna Voorbeeld")
        enrolment.person.name_confirmed_at = NOW
        session.flush()
        came_back(session, enrolment.person_id)
    client = coordinator(app, edition)
    assert "A letter of 1 April 2027 could not be delivered." in lines(client, of(edition))["Anna Voorbeeld"]
    with unit_of_work() as session:
        session.scalars(select(MailFailure)).one().over_at = NOW
    assert lines(client, of(edition)) == {}


def came_back(session: Session, person_id: int) -> None:
    """A letter of 1 April to somebody came back for good."""
    address = select(IdentityRow.id).where(IdentityRow.person_id == person_id, IdentityRow.blind_index.is_not(None))
    identity_id = session.scalars(address).one()
    letter = SentLetter(
        public_id="letter", person_id=person_id, identity_id=identity_id, template="people/invitation",
        at=dt.datetime(2027, 4, 1, 9, 0, tzinfo=dt.UTC),
    )  # fmt: skip
    session.add(letter)
    session.flush()
    session.add(
        MailFailure(
            letter_id=letter.id, identity_id=identity_id, kind=FailureKind.PERMANENT, status="5.1.1",
            day=dt.date(2027, 4, 1), noted_at=NOW,
        )
    )  # fmt: skip
