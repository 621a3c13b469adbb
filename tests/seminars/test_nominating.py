"""Nominations by focal points: of their own people alone, once, with an answer that tells of no account."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.kernel.clock import frozen
from lms.kernel.models import AuditEntry, Job
from lms.kernel.secrets import new_token
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import services as people
from lms.people.models import Affiliation, Institution, Person, SensitiveMark
from lms.people.rules import Role, ScopeKind
from lms.people.rules.code_names import code_name, is_nominee_name
from lms.people.services import erase
from lms.seminars import checks, services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Nomination, NominationCall, NominationState
from lms.seminars.nominating.services import tidy
from lms.seminars.rules.nominations import MOST_WAITING
from lms.seminars.services.calls import Call
from lms.seminars.state_keys import state_key
from tests.dashboards.test_people import coordinator, listed
from tests.files import both_files
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars import importing
from tests.seminars.makers import AT, enrol_person, make_institution

NAME, ADDRESS = "Wambui Mfano", "wambui.mfano@example.org"


def world() -> tuple[Edition, Institution]:
    """An edition for which Kenya was asked for two, and a court of Kenya."""
    with unit_of_work() as session:
        edition, court = make_edition(session), make_institution(session, "KE", name="The Court")
        make_institution(session, "TZ", name="The Ministry")
        services.note_calls(session, edition=edition, codes=["KE"], call=Call(2, AT.date()), at=AT, by="c")
    return edition, court


def focal_point(app: Flask, scope: ScopeKind = ScopeKind.STATE, reach: str = "KE") -> FlaskClient:
    person = make_person()
    give_mandate(person, Role.FOCAL_POINT, scope, reach)
    return signed_in_client(app, person)


def send(client: FlaskClient, edition: Edition, **said: str) -> tuple[int, str]:
    form = {
        "name": NAME,
        "address": ADDRESS,
        "language": "en",
        "sector": "",
        "zone": "",
        "client_key": new_token(),
        **said,
    }
    answer = client.post(f"/editions/{edition.public_id}/nominate", data=form)
    return answer.status_code, answer.text


def nominations() -> list[Nomination]:
    with reading() as session:
        return list(session.scalars(select(Nomination).order_by(Nomination.id)))


@pytest.fixture(autouse=True)
def _at_work() -> object:
    with frozen(AT):
        yield


def own_page(client: FlaskClient) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", client.get("/").text))


def test_a_nomination_waits_for_the_coordinator_and_writes_to_nobody(app: Flask) -> None:
    edition, court = world()
    client = focal_point(app)
    assert "Nominate an official for" in client.get("/").text
    status, answer = send(client, edition, serves_at=court.public_id, function="Registrar")
    assert status == 303, answer
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 0
        assert session.scalar(select(func.count()).select_from(Person)) == 1  # the focal point
        assert session.scalar(select(func.count()).where(Job.kind == "mail.send")) == 0
        assert session.scalars(select(NominationCall)).one().answered_on == AT.date()
        assert list(checks.counts(session)) == []
    assert f"{NAME} Nominated, not invited yet" in own_page(client)
    desk = coordinator(app)
    assert "1 nomination waits for you" in desk.get(f"/editions/{edition.public_id}").text
    assert "1 nomination by a focal point waits for you" in desk.get(f"/editions/{edition.public_id}/nominations").text
    page = desk.get(f"/editions/{edition.public_id}/nominations/waiting").text
    for said in (NAME, ADDRESS, "The Court", "Registrar", "Kenya"):
        assert said in page
    (line,) = both_files(desk, f"/editions/{edition.public_id}/nominations/waiting")
    assert {NAME, ADDRESS, "The Court", "Registrar", "Kenya"} <= set(line.values())


def take(client: FlaskClient, edition: Edition, number: int = 0, act: str = "take-over") -> int:
    found = nominations()[number].public_id
    return client.post(f"/editions/{edition.public_id}/nominations/{found}/{act}").status_code


def test_the_coordinator_takes_it_over_and_the_focal_point_sees_how_far_the_person_has_come(app: Flask) -> None:
    edition, court = world()
    client, desk = focal_point(app), coordinator(app)
    send(client, edition, serves_at=court.public_id, function="Registrar")
    assert take(desk, edition) == 303
    assert take(desk, edition) == 303  # the second click
    with unit_of_work() as session:
        place = session.scalars(select(Enrolment)).one()
        assert (place.state, place.state_code) == (EnrolmentState.NOMINATED, "KE")
        assert session.scalars(select(Affiliation)).one().sealed_function is not None
        assert list(checks.counts(session)) == []
    assert f"{NAME} Nominated, not invited yet" in own_page(client)
    with unit_of_work() as session:
        services.invite(session, enrolment=session.scalars(select(Enrolment)).one(), at=AT, by="c")
    assert f"{NAME} Not finished yet" in own_page(client)
    with unit_of_work() as session:
        services.decline(
            session, enrolment=session.scalars(select(Enrolment)).one(), at=AT, by="c", reason="An illness"
        )
    page = own_page(client)
    assert f"{NAME} Does not take part" in page
    assert "Declined" not in page
    assert "illness" not in page


def test_what_is_not_taken_over_says_so_and_gives_no_reason(app: Flask) -> None:
    edition, court = world()
    client, desk = focal_point(app), coordinator(app)
    send(client, edition, serves_at=court.public_id)
    assert take(desk, edition, act="leave") == 303
    assert take(desk, edition, act="leave") == 303
    assert take(desk, edition) == 409
    assert f"{NAME} Not taken over" in own_page(client)
    assert [one.state for one in nominations()] == [NominationState.LEFT]


def test_the_form_sent_twice_nominates_once_and_other_words_under_its_key_are_refused(app: Flask) -> None:
    edition, court = world()
    client, key = focal_point(app), new_token()
    said = {"serves_at": court.public_id, "client_key": key}
    assert send(client, edition, **said)[0] == 303
    assert send(client, edition, **said)[0] == 303
    assert len(nominations()) == 1
    status, page = send(client, edition, **said, name="Juma Mfano")
    assert status == 409
    assert "This form was sent already, with other words." in page


def test_the_same_address_is_nominated_once_by_one_focal_point(app: Flask) -> None:
    edition, court = world()
    client = focal_point(app)
    send(client, edition, serves_at=court.public_id)
    status, page = send(client, edition, serves_at=court.public_id, address=ADDRESS.upper())
    assert status == 422
    assert "You have nominated somebody with this address for this edition already." in page
    assert send(focal_point(app), edition, serves_at=court.public_id)[0] == 303  # and says nothing of the first


@pytest.mark.parametrize("known", ["nobody", "a person", "in the edition", "of another state"])
def test_the_answer_is_the_same_whoever_has_the_address(app: Flask, known: str) -> None:
    edition, court = world()
    if known != "nobody":
        with unit_of_work() as session:
            person = people.create_person(session, name="Juma Kielelezo", address=ADDRESS, at=AT)
            if known == "in the edition":
                enrol_person(session, edition, person=person, institution=session.merge(court))
            if known == "of another state":
                enrol_person(session, make_edition(session), person=person, state="TZ")
    client = focal_point(app)
    assert send(client, edition, serves_at=court.public_id)[0] == 303
    page = own_page(client)
    assert f"{NAME} Nominated, not invited yet" in page.split("Your mandate")[0]
    with reading() as session:  # nobody has moved, and nobody is in an edition by it
        assert session.scalar(select(func.count()).where(Affiliation.institution_id == court.id)) == (
            known == "in the edition"
        )


def test_a_known_person_keeps_their_name_and_the_coordinator_is_told(app: Flask) -> None:
    edition, court = world()
    with unit_of_work() as session:
        people.create_person(session, name="Juma Kielelezo", address=ADDRESS, at=AT)
    client, desk = focal_point(app), coordinator(app)
    send(client, edition, serves_at=court.public_id)
    assert "We know somebody by this address" in desk.get(f"/editions/{edition.public_id}/nominations/waiting").text
    take(desk, edition)
    assert listed(desk, edition) == ["Juma Kielelezo"]
    assert NAME in own_page(client)
    assert "Kielelezo" not in own_page(client)  # not before the person is invited as one of theirs


def test_of_somebody_nominated_already_nothing_is_said_to_change(app: Flask) -> None:
    edition, court = world()
    client, desk = focal_point(app), coordinator(app)
    send(client, edition, serves_at=court.public_id)
    with unit_of_work() as session:
        person = people.create_person(session, name="Juma Kielelezo", address=ADDRESS, at=AT)
        enrol_person(
            session, session.get_one(Edition, edition.id), person=person, becomes=EnrolmentState.NOMINATED, state="KE"
        )
    page = desk.get(f"/editions/{edition.public_id}/nominations/waiting").text
    assert "Is nominated here already. What stands here otherwise is not taken over." in page
    assert "Changes:" not in page


def test_nobody_of_another_institution_is_shown_through_a_nomination(app: Flask) -> None:
    edition, court = world()
    with unit_of_work() as session:
        other = make_institution(session, "KE", name="The Army")
        person = people.create_person(session, name="Juma Kielelezo", address=ADDRESS, at=AT)
        enrol_person(session, edition, person=person, institution=other)
    client, desk = focal_point(app, ScopeKind.INSTITUTION, court.public_id), coordinator(app)
    assert send(client, edition, serves_at=court.public_id)[0] == 303
    assert take(desk, edition) == 303
    assert f"{NAME} Taken over" in own_page(client)


@pytest.mark.parametrize("reach", ["another state's institution", "another state", "an institution of nobody"])
def test_nobody_else_s_state_or_institution_can_be_named(app: Flask, reach: str) -> None:
    edition, _court = world()
    with reading() as session:
        foreign = session.scalars(select(Institution.public_id).where(Institution.state_code == "TZ")).one()
    where = {
        "another state's institution": {"serves_at": foreign},
        "another state": {"serves_at": state_key(edition.public_id, "TZ"), "institution": "The Ministry"},
        "an institution of nobody": {"serves_at": new_token()},
    }[reach]
    status, page = send(focal_point(app), edition, **where)
    assert status == 422
    assert "You can nominate people of your own state or institution only." in page
    assert nominations() == []


def test_a_focal_point_of_an_institution_is_offered_that_one_alone(app: Flask) -> None:
    edition, court = world()
    with unit_of_work() as session:
        make_institution(session, "KE", name="The Army")
    page = focal_point(app, ScopeKind.INSTITUTION, court.public_id).get(f"/editions/{edition.public_id}/nominate").text
    assert "The Court, Kenya" in page
    assert "The Army" not in page
    assert "Another one" not in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": ""}, "The name is missing."),
        ({"name": "12345"}, "A name has at least one letter."),
        ({"address": "wambui"}, "The address has no @ sign."),
        ({"address": "a@example.org b@example.org"}, "There is more than one address."),
        ({"address": ""}, "The address is missing."),
        ({"serves_at": "", "institution": "The Court"}, "This is needed."),
        ({"serves_at": "KE", "institution": ""}, "The ministry or institution is missing."),
        ({"serves_at": "KE", "institution": "The Treasury"}, "is not a name we know in this state."),
    ],
)
def test_what_an_import_refuses_is_refused_here_in_the_same_words(
    app: Flask, said: dict[str, str], sentence: str
) -> None:
    edition, court = world()
    said = {"serves_at": court.public_id, **said}
    said["serves_at"] = state_key(edition.public_id, "KE") if said["serves_at"] == "KE" else said["serves_at"]
    status, page = send(focal_point(app), edition, **said)
    assert status == 422
    assert sentence in page
    assert nominations() == []


def test_an_institution_that_we_do_not_know_comes_with_its_sector_and_zone(app: Flask) -> None:
    edition, _court = world()
    client, desk = focal_point(app), coordinator(app)
    new = {"institution": "The Treasury", "sector": "other", "zone": "Africa/Nairobi"}
    assert send(client, edition, serves_at=state_key(edition.public_id, "KE"), **new)[0] == 303
    with reading() as session:  # it is ours only once the coordinator says so
        assert session.scalar(select(Institution).where(Institution.name == "The Treasury")) is None
    assert take(desk, edition) == 303
    with reading() as session:
        assert session.scalars(select(Institution).where(Institution.name == "The Treasury")).one().state_code == "KE"


def test_many_waiting_nominations_of_one_focal_point_are_refused(app: Flask) -> None:
    edition, court = world()
    client = focal_point(app)
    for number in range(MOST_WAITING):
        assert send(client, edition, serves_at=court.public_id, address=f"p{number}@example.org")[0] == 303
    status, page = send(client, edition, serves_at=court.public_id, address="one.more@example.org")
    assert status == 422
    assert "Write to them before you add more." in page


def test_only_who_was_asked_can_nominate(app: Flask) -> None:
    edition, _court = world()
    for client in (focal_point(app, reach="TZ"), coordinator(app)):
        assert client.get(f"/editions/{edition.public_id}/nominate").status_code == 404
        assert send(client, edition, serves_at=state_key(edition.public_id, "KE"))[0] == 404
    with frozen(AT + dt.timedelta(days=40)):  # the edition has begun
        assert focal_point(app).get(f"/editions/{edition.public_id}/nominate").status_code == 404


def test_a_focal_point_opens_nothing_of_the_coordinators_and_another_edition_s_is_not_there(app: Flask) -> None:
    edition, court = world()
    client = focal_point(app)
    send(client, edition, serves_at=court.public_id)
    assert client.get(f"/editions/{edition.public_id}/nominations/waiting").status_code in (403, 404)
    assert take(client, edition) in (403, 404)
    with unit_of_work() as session:
        other = make_edition(session)
    assert take(coordinator(app), other) == 404


def test_a_state_that_is_not_to_be_named_has_no_names_in_the_list_of_what_waits(app: Flask) -> None:
    edition, court = world()
    client, desk = focal_point(app), coordinator(app)
    send(client, edition, serves_at=court.public_id)
    by = make_person()
    with unit_of_work() as session:
        session.add(SensitiveMark(state_code="KE", on=True, by_person_id=by.id, at=AT))
    page = desk.get(f"/editions/{edition.public_id}/nominations/waiting").text
    (line,) = both_files(desk, f"/editions/{edition.public_id}/nominations/waiting")
    assert [said for said in line.values() if said] == [line["Name"]]
    for hidden in (NAME, ADDRESS, "The Court"):
        assert hidden not in page
        assert hidden not in line.values()
    assert NAME not in own_page(client)
    with reading() as session:
        row = session.scalars(select(Nomination)).one()
        nominee, person = line["Name"], code_name(row.id, keyring().veil)
    assert is_nominee_name(nominee)
    assert person not in nominee, "of the person with this number"
    with unit_of_work() as session:
        there = session.get_one(Edition, edition.id)
        found = importing.taken_in(session, there, importing.said(1, name=nominee))
        assert importing.verdict_of(session, found) == ("refused", "code-name", "name")


def test_whoever_is_not_to_be_named_is_not_told_by_a_nomination_that_waits(app: Flask) -> None:
    edition, court = world()
    client, desk, by = focal_point(app), coordinator(app), make_person()
    with unit_of_work() as session:
        person = people.create_person(session, name=NAME, address=ADDRESS, at=AT)
        session.add(SensitiveMark(person_id=person.id, on=True, by_person_id=by.id, at=AT))
    send(client, edition, serves_at=court.public_id)
    page = desk.get(f"/editions/{edition.public_id}/nominations/waiting").text
    (line,) = both_files(desk, f"/editions/{edition.public_id}/nominations/waiting")
    assert [said for said in line.values() if said] == [line["Name"]]
    assert f"<bdi>{line['Name']}</bdi>" in page
    for hidden in (NAME, ADDRESS, "The Court", "We know somebody"):
        assert hidden not in page
    assert NAME in own_page(client), "the focal point wrote it, and is told of no account"


def test_neither_queue_nor_audit_names_anybody(app: Flask) -> None:
    edition, court = world()
    desk = coordinator(app)
    send(focal_point(app), edition, serves_at=court.public_id)
    take(desk, edition)
    with reading() as session:
        audit = [f"{one.act} {one.about} {one.details}" for one in session.scalars(select(AuditEntry))]
        jobs = [f"{one.kind} {one.payload}" for one in session.scalars(select(Job))]
    assert any("nomination.taken-over" in line for line in audit)
    assert not [line for line in (*audit, *jobs) if "Mfano" in line or "wambui" in line or "KE" in line.split()]


def test_erasing_the_person_erases_what_was_said_of_them(app: Flask) -> None:
    edition, court = world()
    client, desk = focal_point(app), coordinator(app)
    send(client, edition, serves_at=court.public_id)
    take(desk, edition)
    with unit_of_work() as session:
        erase(session, person=session.scalars(select(Enrolment)).one().person, by="c", at=AT)
    assert NAME not in own_page(client)


def test_erasing_the_person_leaves_what_waits_under_their_address_without_a_word(app: Flask) -> None:
    edition, court = world()
    client, desk = focal_point(app), coordinator(app)
    send(client, edition, serves_at=court.public_id)
    send(client, edition, serves_at=court.public_id, name="Somebody Else", address="somebody.else@example.org")
    with unit_of_work() as session:
        known = people.create_person(session, name=NAME, address=ADDRESS, at=AT)
        erase(session, person=known, by="c", at=AT)
    found, other = nominations()
    assert (found.state, found.wrapped_key, found.sealed_words, found.blind) == ("left", None, None, None)
    assert other.state == "waiting"
    page = desk.get(f"/editions/{edition.public_id}/nominations/waiting")
    assert page.status_code == 200
    assert "Somebody Else" in page.text
    assert NAME not in page.text + own_page(client)
    assert take(desk, edition) == 409
    with reading() as session:
        assert list(checks.counts(session)) == []


def test_the_words_of_what_was_not_taken_over_are_erased_after_the_edition(app: Flask) -> None:
    edition, court = world()
    client = focal_point(app)
    send(client, edition, serves_at=court.public_id)
    with unit_of_work() as session:
        tidy(session, {}, AT)
        assert session.scalars(select(Nomination)).one().sealed_words is not None
        tidy(session, {}, dt.datetime.combine(edition.starts_on, dt.time(9), dt.UTC) + dt.timedelta(days=32))
    found = nominations()[0]
    assert (found.sealed_words, found.wrapped_key, found.blind) == (None, None, None)
    assert NAME not in own_page(client)
