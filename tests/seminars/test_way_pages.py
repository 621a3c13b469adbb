"""What happens between participant and coordinator: requests, marks, programme, names."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.models import Affiliation, Person, SentLetter
from lms.seminars import queries
from lms.seminars.models import (
    AttendanceMark,
    EditionCompanion,
    EnrolmentState,
    ParticipantRequest,
)
from tests.files import both_files
from tests.people.makers import make_person
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution
from tests.seminars.submissions import fresh, number_of, one_edition, one_person


def test_a_participant_asks_for_more_time_and_gets_it(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    participant = Browser(app, make_person("Neema Mfano"))
    enrolment = one_person(edition, person=participant.person)
    path = f"/seminar/{edition.public_id}/more-time"
    assert "due on" in words(participant.get(path))
    assert participant.post(path, message="The budget session takes all week.").status_code == 303
    assert "Waits for an answer" in words(participant.get(path))
    twice = participant.post(path, message="Again")
    assert twice.status_code == 422
    assert "You have asked this already." in words(twice)
    request = db.session.scalars(select(ParticipantRequest)).one()
    assert b"budget" not in request.sealed_message
    page = f"/editions/{edition.public_id}/people/{enrolment.public_id}"
    assert "The budget session takes all week." in words(browser.get(page))
    answer = f"{page}/requests/{request.public_id}"
    no_day = browser.post(answer, answer="yes")
    assert "Choose until when the person has time." in words(no_day)
    key = request.public_id
    sent = {"answer": "yes", f"{key}-day": "2027-04-30", f"{key}-time": "18:00", f"{key}-words": "Good luck."}
    assert browser.post(answer, **sent).status_code == 303
    assert fresh(enrolment).deadline_at == dt.datetime(2027, 4, 30, 16, 0, tzinfo=dt.UTC)
    letter = db.session.scalars(select(Job.payload).where(Job.kind == "mail.send")).one()
    assert letter["template"] == "seminars/request-answered"
    assert "Good luck" not in str(letter)
    assert browser.post(answer, **sent).status_code == 303, "a click made twice"
    assert db.session.scalars(select(Job.payload).where(Job.kind == "mail.send")).one() == letter
    assert browser.post(answer, **{**sent, f"{key}-words": "Another."}).status_code == 409
    assert "More time was given" in words(participant.get(path))


def test_who_cannot_attend_is_withdrawn_when_the_coordinator_confirms_it(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    participant = Browser(app, make_person("Neema Mfano"))
    enrolment = one_person(edition, person=participant.person)
    assert participant.post(f"/seminar/{edition.public_id}/cannot-attend", message="Elections.").status_code == 303
    assert fresh(enrolment).state == "accepted"
    request = db.session.scalars(select(ParticipantRequest)).one()
    path = f"/editions/{edition.public_id}/people/{enrolment.public_id}/requests/{request.public_id}"
    assert browser.post(path, answer="yes").status_code == 303
    assert fresh(enrolment).state == "withdrawn"
    assert participant.get(f"/seminar/{edition.public_id}/more-time").status_code == 404


def test_marks_are_appended_only_where_they_differ(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    one, two = one_person(edition, name="Ana Ejemplo"), one_person(edition, name="Urs Beispiel")
    path = f"/editions/{edition.public_id}/attendance"
    half = {"half": "2027-05-09-morning"}
    marks = {f"mark-{one.public_id}": "present", f"mark-{two.public_id}": "absent"}
    assert browser.post(path, **half, **marks).status_code == 303
    assert browser.post(path, **half, **marks).status_code == 303
    assert number_of(AttendanceMark) == 2
    seen = {name.replace("mark-", "seen-"): value for name, value in marks.items()}
    marks[f"mark-{two.public_id}"] = "excused"
    assert browser.post(path, **half, **marks, **seen).status_code == 303
    assert number_of(AttendanceMark) == 3
    page = words(browser.get(f"{path}?half=2027-05-09-morning"))
    assert page.index("Ana Ejemplo") < page.index("Urs Beispiel")
    assert browser.get(f"{path}?half=2027-05-20-morning").status_code == 404
    assert browser.post(path, **half, **{f"mark-{one.public_id}": "asleep"}).status_code == 422
    assert browser.post(path, half="2030-01-01-morning").status_code == 404


def test_a_page_drawn_before_a_correction_does_not_take_it_back(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    one, two = one_person(edition, name="Ana Ejemplo"), one_person(edition, name="Urs Beispiel")
    path, half = f"/editions/{edition.public_id}/attendance", {"half": "2027-05-09-morning"}
    mark, other, seen = f"mark-{one.public_id}", f"mark-{two.public_id}", {f"seen-{one.public_id}": "present"}
    browser.post(path, **half, **{mark: "present"})
    assert f'name="seen-{one.public_id}" value="present"' in browser.get(f"{path}?half=2027-05-09-morning").text
    browser.post(path, **half, **seen, **{mark: "absent"})
    assert browser.post(path, **half, **seen, **{mark: "present", other: "present"}).status_code == 303
    in_force = {row.enrolment_id: row.mark for row in queries.marks_of(db.session(), edition.id)}
    assert in_force == {one.id: "absent", two.id: "present"}
    clash = browser.post(path, **half, **seen, **{mark: "excused", other: "absent"})
    assert (clash.status_code, "Nothing was saved" in words(clash)) == (409, True)
    assert in_force == {row.enrolment_id: row.mark for row in queries.marks_of(db.session(), edition.id)}


def test_companions_are_in_the_edition_and_in_no_number(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    path = f"/editions/{edition.public_id}/companions"
    form = {"name": "Anna Voorbeeld", "address": "anna@example.org", "role": "instructor"}
    assert browser.post(path, **form).status_code == 303
    assert "Anna Voorbeeld" in words(browser.get(path))
    assert both_files(browser, path) == [{"Name": "Anna Voorbeeld", "Part": "Instructor"}]
    twice = browser.post(path, **form)
    assert (twice.status_code, number_of(EditionCompanion)) == (422, 1)
    assert queries.counts(db.session(), edition.id) == {}
    person = people.person_by_address(db.session(), "anna@example.org")
    assert person is not None
    assert browser.post(f"{path}/{person.subject}/remove", role="speaker").status_code == 404
    assert browser.post(f"{path}/{person.subject}/remove", role="instructor").status_code == 303
    assert number_of(EditionCompanion) == 0


def test_the_programme_shows_text_and_links_and_no_markup_of_its_writer(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        text = "## Sunday\nArrival <script>alert(1)</script>\n- Passport\n\nSee https://example.org/map."
        edition = make_edition(session, programme=text)
        person = enrol_person(session, edition, person=None).person
        person.welcomed_at = AT
    page = Browser(sqlite_app, person).get(f"/seminar/{edition.public_id}/programme").get_data(as_text=True)
    assert "<h3>Sunday</h3>" in page
    assert "<li>Passport</li>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<a href="https://example.org/map" rel="noreferrer">https://example.org/map</a>.' in page
    assert "office@example.org" in page


def test_a_name_is_confirmed_for_its_holder_with_a_reason_after_fourteen_days(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    enrolment = one_person(edition)
    path = f"/editions/{edition.public_id}/people/{enrolment.public_id}/name"
    early = browser.post(path, **{"name-reason": "Spoke by telephone."})
    assert "The person has 14 days to confirm the name." in words(early)
    with frozen(AT + dt.timedelta(days=15)):
        later = Browser(app, browser.person)
        assert later.post(path, **{"name-reason": "Spoke by telephone."}).status_code == 303
    assert db.session.get_one(Person, enrolment.person_id).name_confirmed_at is not None


def test_looking_at_named_people_is_noted(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    person = one_person(edition)
    browser.get(f"/editions/{edition.public_id}/people/{person.public_id}")
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "participant.looked")).one()
    assert (noted.actor, noted.about) == (browser.person.subject, person.public_id)


def test_somebody_signed_in_already_accepts_a_place_with_a_button(app: Flask) -> None:
    edition, browser = one_edition(), Browser(app, make_person())
    path = f"/seminar/{edition.public_id}"
    assert browser.post(f"{path}/accept").status_code == 404
    enrolment = one_person(edition, person=browser.person, becomes=EnrolmentState.INVITED)
    assert "Accept my place" in words(browser.get(f"{path}/programme"))
    assert browser.post(f"{path}/accept").status_code == 303
    assert fresh(enrolment).state == "accepted"
    assert "Accept my place" not in words(browser.get(f"{path}/programme"))


@pytest.mark.parametrize("known", [False, True])
def test_an_invitation_asked_for_twice_in_a_moment_goes_once(app: Flask, known: bool) -> None:
    edition, browser = one_edition(), coordinator(app)
    person = make_person("Neema Mfano", address="neema@example.org")
    enrolment = one_person(edition, person=person)
    with unit_of_work() as session:
        session.get_one(Person, person.id).welcomed_at = AT if known else None
    path = f"/editions/{edition.public_id}/people/{enrolment.public_id}/invite"
    assert [browser.post(path).status_code for _click in range(3)] == [303] * 3
    sent = select(SentLetter.template).where(SentLetter.person_id == person.id)
    assert db.session.scalars(sent).all() == ["people/invited-again" if known else "people/invitation"]
    with frozen(now() + dt.timedelta(seconds=11)):
        browser.post(path)
    assert len(db.session.scalars(sent).all()) == 2


def test_whoever_has_been_here_is_not_moved_by_an_invitation(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    with unit_of_work() as session:
        own, other = make_institution(session, "TZ", name="Own ministry"), make_institution(session, "KE", name="Court")
        known = people_services.create_person(session, name="Neema Mfano", address="neema@example.org", at=AT)
        people_services.affiliate(session, person=known, institution=own, since=dt.date(2020, 1, 1))
        known.welcomed_at, number, served = AT, known.id, own.id
        assert other.id != served
    form = {
        "name": "Other Name",
        "address": "neema@example.org",
        "state": "Kenya",
        "institution": "Court",
        "sector": "",
        "zone": "",
        "function": "",
    }
    answer = browser.post(f"/editions/{edition.public_id}/invite", **form, language="en")
    assert answer.status_code == 303
    assert "the place stands under that institution" in words(browser.get(answer.location))
    (serving,) = db.session.scalars(select(Affiliation).where(Affiliation.person_id == number)).all()
    assert (serving.institution_id, serving.until) == (served, None)
