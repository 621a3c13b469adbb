"""Home begins where the person is, and says in words what is left to do."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.authoring.models import Draft
from lms.authoring.services import send_to_review
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person
from lms.people.rules import Role, Scope, ScopeKind
from lms.records.queries import conditions_for
from lms.records.services import consider
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment, EnrolmentState
from tests.authoring.desks import worker
from tests.authoring.drafts import FIRST_PATH, begin, save, viewer, workspace
from tests.conftest import statements
from tests.learning.makers import Reader, make_reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records import makers as records
from tests.seminars.makers import AT, enrol_person, make_edition

DURING = dt.datetime(2027, 5, 9, 10, 0, tzinfo=dt.UTC)
AFTER = dt.datetime(2027, 5, 20, 10, 0, tzinfo=dt.UTC)


def words(page: str) -> str:
    """What a page says, without its marks."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)).strip()


def home(reader: Reader, query: str = "") -> str:
    answer = reader.client.get(f"/{query}")
    assert answer.status_code == 200, answer.headers
    return words(answer.text)


def again(reader: Reader) -> FlaskClient:
    """A fresh sign-in of the same person."""
    with unit_of_work() as session:
        person = session.get_one(Person, reader.person_id)
    return signed_in_client(reader.app, person)


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    made = make_reader(app)
    with unit_of_work() as session:
        session.get_one(Person, made.person_id).zone = "Africa/Dar_es_Salaam"
    return made


def test_a_new_participant_begins_with_the_first_text_and_sees_the_deadline_in_both_zones(reader: Reader) -> None:
    said = home(reader)
    assert said.startswith("Global seminar, May 2027 Oświęcim, from Sunday 9 to Monday 10 May 2027.")
    assert "Begin here Words First. About 7 minutes left in this module. Begin reading" in said
    assert (
        "Friday 23 April 2027, 19:00 your time, in Dar es Salaam (UTC+3) "
        "18:00 in Oświęcim (UTC+2) . 11 days from today." in said
    )
    assert "Ask for more time I cannot attend Put it into your calendar Change your time zone" in said
    assert "0 of 2 modules read. About 10 minutes of reading left." in said
    assert "1 Words Not started 7 minutes, 5 questions." in said
    assert "2 Cases Opens later 3 minutes. Opens after module 1." in said


def test_the_module_that_waits_for_another_has_no_link(reader: Reader) -> None:
    page = reader.client.get("/").text
    assert f"/learn/{reader.edition}/modules/words" in page
    assert f"/learn/{reader.edition}/modules/cases" not in page


def test_who_has_begun_continues_where_they_left_off(reader: Reader) -> None:
    reader.read()
    said = home(reader)
    assert "Continue where you left off Words Asked. About 2 minutes left in this module. Continue reading" in said
    assert "1 Words In progress" in said


def test_the_conditions_say_what_is_met_and_what_is_not(reader: Reader) -> None:
    said = home(reader)
    assert "Not yet met Every module of the pre-reading is passed 0 of 2 so far. Still to come: Words; Cases." in said
    assert "Not yet met At least 80% of the half-days of the seminar are attended The seminar has not begun." in said
    assert "Met Your name is confirmed" in said


def test_when_everything_is_read_the_page_looks_forward_to_the_seminar(reader: Reader) -> None:
    reader.finish()
    said = home(reader)
    assert "Your pre-reading is finished The seminar begins on Sunday 9 May 2027" in said
    assert "1 Words Read 12 April 2027" in said
    assert "Ask for more time" not in said
    assert "Met Every module" in said


def test_after_the_deadline_the_reading_stays_open_and_the_page_says_so(reader: Reader) -> None:
    with frozen(dt.datetime(2027, 4, 24, 9, 0, tzinfo=dt.UTC)):
        fresh = again(reader)
        said = words(fresh.get("/").text)
    assert "It has passed. What you finish now is marked as late; the reading stays open." in said


def test_home_asks_little_of_the_database(reader: Reader) -> None:
    reader.read()
    home(reader)
    for at in (AT, DURING):
        with frozen(at):
            client = again(reader)
            client.get("/")
            with statements(reader.app) as sent:
                assert client.get("/").status_code == 200
        ours = [line for line in sent if "FROM lms_mandate" not in line and "lms_person_key" not in line]
        assert 2 <= len(ours) <= 8, ours


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("at", [AT, DURING, AFTER])
def test_the_conditions_are_those_of_issuing(app: Flask, read: bool, closed: bool, at: dt.datetime) -> None:
    with unit_of_work() as session:
        edition = records.make_edition(session)
        held = records.make_place(session, edition)
        person = welcomed(session, held)
        if read:
            records.complete_reading(session, held)
        records.attend(session, edition, held, present=2)
        if closed:
            records.close(session, edition)
        verdict = conditions_for(session, held.id, Scope(person_id=held.person_id))
    with frozen(at):
        page = signed_in_client(app, person).get("/").text
    met = [match == "Met" for match in re.findall(r"</svg>(Met|Not yet met)</span>", page)]
    assert verdict is not None
    assert met == [condition.met for condition in verdict.conditions]


def welcomed(session: Session, held: Enrolment) -> Person:
    """The holder of a place, past their first sign-in."""
    person = session.get_one(Person, held.person_id)
    person.welcomed_at = AT
    return person


def test_a_record_leads_to_the_certificate_and_the_alumni(app: Flask) -> None:
    with unit_of_work() as session:
        edition = records.make_edition(session)
        held = records.make_place(session, edition)
        person = welcomed(session, held)
        records.complete_reading(session, held)
        records.attend(session, edition, held)
        records.close(session, edition)
        records.confirm_name(session, held)
        session.flush()
        issued = consider(session, enrolment_id=held.id, at=AFTER)
    db.session.remove()
    with frozen(AFTER):
        page = signed_in_client(app, person).get("/").text
    said = words(page)
    assert "Your completion record Issued on" in said
    assert "/records/" in page
    assert "/alumni" in page
    assert not issued or f"/records/{issued[0]}" in page


def test_after_the_seminar_the_page_says_what_the_record_waits_for(app: Flask) -> None:
    with unit_of_work() as session:
        edition = records.make_edition(session)
        held = records.make_place(session, edition)
        person = welcomed(session, held)
        records.complete_reading(session, held)
    db.session.remove()
    with frozen(AFTER):
        said = words(signed_in_client(app, person).get("/").text)
    assert "The seminar is over Your record is issued when everything below is met." in said
    assert "The coordinator has not closed the attendance yet." in said
    assert "0 of 4 so far; 3 are needed." in said


@pytest.mark.parametrize("read", [False, True])
def test_after_closing_with_absence_the_page_promises_no_record_and_says_whom_to_write_to(
    app: Flask, read: bool
) -> None:
    with unit_of_work() as session:
        edition = records.make_edition(session)
        held = records.make_place(session, edition)
        person = welcomed(session, held)
        if read:
            records.complete_reading(session, held)
        records.attend(session, edition, held, present=1)
        records.close(session, edition)
    db.session.remove()
    with frozen(AFTER):
        said = words(signed_in_client(app, person).get("/").text)
    assert "The attendance was not met The attendance is closed, and yours is less than the record asks for." in said
    assert f"If this is a mistake, please write to us: {edition.contact}" in said
    assert "is issued when" not in said
    assert "not issued yet" not in said
    assert ("so no record is issued." in said) is read


@pytest.mark.parametrize(
    ("becomes", "sentence"),
    [
        (EnrolmentState.NOMINATED, "You are nominated for this edition"),
        (EnrolmentState.INVITED, "You can begin to read before you accept. Accept my place I cannot attend"),
        (EnrolmentState.WITHDRAWN, "You are not taking part in this edition"),
    ],
)
def test_before_acceptance_and_after_leaving_the_page_says_where_the_person_stands(
    app: Flask, becomes: EnrolmentState, sentence: str
) -> None:
    person = make_person()
    client = signed_in_client(app, person)
    with unit_of_work() as session:
        edition = records.make_edition(session)
        brought = EnrolmentState.ACCEPTED if becomes is EnrolmentState.WITHDRAWN else becomes
        held = enrol_person(session, edition, person=session.merge(person), becomes=brought)
        if becomes is EnrolmentState.WITHDRAWN:
            services.withdraw(session, enrolment=held, at=AT, by="c")
    said = words(client.get("/").text)
    assert sentence in said
    assert "office@example.org" in said


def test_what_can_no_longer_be_accepted_is_not_offered(app: Flask) -> None:
    person = make_person()
    client = signed_in_client(app, person)
    with unit_of_work() as session:
        edition = records.make_edition(session)
        enrol_person(session, edition, person=session.merge(person), becomes=EnrolmentState.INVITED)
        records.close(session, edition)
        address = f"/seminar/{edition.public_id}"
    assert "Accept my place" not in words(client.get("/").text)
    assert "Accept my place" not in words(client.get(f"{address}/programme").text)
    refused = client.post(f"{address}/accept")
    assert (refused.status_code, "nobody can be added" in words(refused.text)) == (422, True)


def test_several_editions_lead_to_each_other_and_a_foreign_one_is_not_shown(app: Flask) -> None:
    person = make_person()
    with unit_of_work() as session:
        soon, foreign = records.make_edition(session, title="Soon"), records.make_edition(session, title="Foreign")
        days = {"starts_on": dt.date(2027, 9, 1), "ends_on": dt.date(2027, 9, 2)}
        later = records.make_edition(session, title="Later", **days)
        for edition in (soon, later):
            enrol_person(session, edition, person=session.merge(person))
    client = signed_in_client(app, person)
    page = client.get("/").text
    assert "<h1>Soon</h1>" in page
    assert f'href="/?edition={later.public_id}">Later</a>' in page
    assert "<h1>Later</h1>" in client.get(f"/?edition={later.public_id}").text
    assert "<h1>Soon</h1>" in client.get(f"/?edition={foreign.public_id}").text


def home_of(
    app: Flask, role: Role, scope: ScopeKind = ScopeKind.ALL, about: str | None = None
) -> tuple[FlaskClient, str]:
    person = make_person()
    give_mandate(person, role, scope, about)
    client = signed_in_client(app, person)
    answer = client.get("/")
    return client, answer.headers.get("Location", "") if answer.status_code == 303 else words(answer.text)


def two(app: Flask) -> tuple[Edition, Edition]:
    with unit_of_work() as session:
        first, second = make_edition(session, title="First"), make_edition(session, title="Second")
        enrol_person(session, first, state="TZ")
    return first, second


def test_whoever_oversees_one_edition_is_led_to_it_and_whoever_oversees_more_to_the_list(app: Flask) -> None:
    first, _second = two(app)
    assert home_of(app, Role.COORDINATOR, ScopeKind.EDITION, first.public_id)[1] == f"/editions/{first.public_id}"
    assert "Your people" in home_of(app, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")[1]
    assert "Nobody takes part at present" in home_of(app, Role.FOCAL_POINT, ScopeKind.STATE, "KE")[1]
    assert home_of(app, Role.COORDINATOR)[1] == "/editions"
    assert home_of(app, Role.ADMINISTRATOR)[1] == "/editions"


def test_an_evaluator_finds_the_editions_whose_numbers_are_shown(app: Flask) -> None:
    first, second = two(app)
    client, said = home_of(app, Role.EVALUATOR, ScopeKind.EDITION, second.public_id)
    assert "Evaluator : Second" in said
    assert f"/editions/{second.public_id}" in client.get("/").text
    assert first.public_id not in client.get("/").text
    assert "First" not in home_of(app, Role.OBSERVER)[1]


def test_a_trainer_reads_what_the_mandate_does_not_show(app: Flask) -> None:
    assert "It shows no participant's name" in home_of(app, Role.TRAINER)[1].replace("&#39;", "'")


def test_a_reviewer_is_led_to_the_drafts_that_wait_in_review(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    trainer, reviewer = worker(app, Role.TRAINER), worker(app, Role.REVIEWER)
    draft = begin(trainer)
    save(trainer, draft, workspace(draft).files.texts[FIRST_PATH].replace("It ended.", "It ended well."))
    assert "in review" not in reviewer.client.get("/").text
    with unit_of_work() as session:
        send_to_review(session, draft=session.get_one(Draft, draft.id), by=viewer(trainer), at=now())
    said = reviewer.client.get("/").text
    assert "1 draft waits in review" in said
    assert 'href="/courses/tiny/drafts"' in said


def test_somebody_without_anything_is_told_so(app: Flask) -> None:
    client = signed_in_client(app, make_person())
    assert "You have no place in an edition at present" in words(client.get("/").text)


def test_a_visitor_is_asked_to_sign_in(app: Flask) -> None:
    for path in ("/", "/who-sees-what"):
        answer = app.test_client().get(path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["Location"]
