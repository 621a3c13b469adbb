"""The pages of editions, as coordinators and participants use them."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.catalogue.models import Course
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people.models import MailedToken, Person, Role, ScopeKind
from lms.seminars import queries
from lms.seminars.models import (
    AttendanceMark,
    Edition,
    EditionCompanion,
    EditionVersion,
    Enrolment,
    EnrolmentState,
    OnSiteSession,
    ParticipantRequest,
)
from tests.people.makers import give_mandate, make_person
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.makers import AT, enrol_person, make_course, make_edition, make_institution, make_version

EDITION = {
    "course": "tiny",
    "title": "Global seminar, November 2027",
    "kind": "global",
    "place": "Oświęcim",
    "starts_on": "2027-11-07",
    "ends_on": "2027-11-08",
    "zone": "Europe/Warsaw",
    "deadline_day": "2027-10-20",
    "deadline_time": "18:00",
    "contact": "office@example.org",
    "programme": "## Sunday\nArrival",
    "practical": "",
}
PERSON = {
    "name": "Neema Mfano",
    "address": "neema@example.org",
    "state": "United Republic of Tanzania",
    "institution": "Ministry of Justice",
    "sector": "justice",
    "zone": "Africa/Dar_es_Salaam",
    "language": "en",
}


def one_edition() -> Edition:
    with unit_of_work() as session:
        made = make_edition(session)
    db.session.expunge(made)
    return made


def one_person(edition: Edition, **more: object) -> Enrolment:
    with unit_of_work() as session:
        made = enrol_person(session, edition, **more)  # type: ignore[arg-type]
    db.session.expunge(made)
    return made


def fresh(enrolment: Enrolment) -> Enrolment:
    db.session.remove()
    return db.session.get_one(Enrolment, enrolment.id)


def number_of(model: type) -> int:
    db.session.remove()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_coordinator_creates_an_edition_with_its_half_days(app: Flask) -> None:
    with unit_of_work() as session:
        make_course(session)
    browser = coordinator(app)
    answer = browser.post("/editions/new", **EDITION)
    assert answer.status_code == 303
    made = db.session.scalars(select(Edition)).one()
    assert made.deadline_at == dt.datetime(2027, 10, 20, 16, 0, tzinfo=dt.UTC)
    assert number_of(OnSiteSession) == 4
    assert number_of(EditionVersion) == 1
    assert "Global seminar, November 2027" in words(browser.get("/editions"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends_on": "2027-11-06"}, "The last day lies before the first."),
        ({"deadline_day": "2027-11-09"}, "The pre-reading must be due on the first day at the latest."),
        ({"zone": "Mars/Olympus"}, "Not a valid choice"),
        ({"deadline_time": "00:00"}, "Write 23:59 for the end of a day."),
        ({"deadline_day": "2027-03-28", "deadline_time": "02:30"}, "the clocks are put forward over 02:30"),
        ({"starts_on": "7 November"}, "Write the day as year-month-day"),
        ({"contact": "office"}, "This is not an e-mail address."),
        ({"title": "x" * 201}, "At most 200 characters."),
        ({"course": "unknown"}, "Not a valid choice"),
        ({"ends_on": "2028-11-06"}, "An edition lasts at most 60 days on site."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(sqlite_app: Flask, change: dict[str, str], sentence: str) -> None:
    with unit_of_work() as session:
        make_course(session)
    answer = coordinator(sqlite_app).post("/editions/new", **{**EDITION, **change})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert number_of(Edition) == 0


def test_a_time_that_the_clocks_show_twice_is_the_later_one_and_said_so(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        make_course(session)
    browser = coordinator(sqlite_app)
    answer = browser.post("/editions/new", **{**EDITION, "deadline_day": "2027-10-31", "deadline_time": "02:30"})
    made = db.session.scalars(select(Edition)).one()
    assert made.deadline_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)
    assert "the later one counts" in words(browser.get(answer.location))


def test_a_copied_edition_keeps_all_but_the_dates_and_takes_the_titles_of_its_half_days(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    path = f"/editions/{edition.public_id}/sessions"
    assert browser.post(path, day="2027-05-10", half="morning", title="Early warning").status_code == 303
    form = browser.get(f"/editions/new?copy={edition.public_id}").get_data(as_text=True)
    assert 'value="Oświęcim"' in form
    assert "2027-05-09" not in form
    assert browser.post(f"/editions/new?copy={edition.public_id}", **EDITION).status_code == 303
    titles = db.session.scalars(select(OnSiteSession.title).where(OnSiteSession.day == dt.date(2027, 11, 8))).all()
    assert "Early warning" in titles


def test_changed_dates_carry_the_half_days_along_until_somebody_is_marked(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    path = f"/editions/{edition.public_id}/edit"
    assert browser.post(path, **EDITION).status_code == 303
    assert set(db.session.scalars(select(OnSiteSession.day))) == {dt.date(2027, 11, 7), dt.date(2027, 11, 8)}
    person = one_person(edition)
    mark = {"half": "2027-11-07-morning", f"mark-{person.public_id}": "present"}
    assert browser.post(f"/editions/{edition.public_id}/attendance", **mark).status_code == 303
    answer = browser.post(path, **{**EDITION, "starts_on": "2027-11-06"})
    assert answer.status_code == 422
    assert "The dates cannot change any more" in words(answer)


def test_a_version_of_another_substance_is_used_by_an_act_alone(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    with unit_of_work() as session:
        version = make_version(session, session.scalars(select(Course)).one(), 2, 0)
    page = words(browser.get(f"/editions/{edition.public_id}/edit"))
    assert "Use version 2.0" in page
    path = f"/editions/{edition.public_id}/version"
    assert browser.post(path, version="9.9").status_code == 404
    assert browser.post(path, version="2.0").status_code == 303
    assert queries.version_in_force(db.session(), edition.id) == version.id
    assert browser.post(path, version="1.0").status_code == 422


def test_inviting_one_person_makes_person_ministry_place_and_letter(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    answer = browser.post(f"/editions/{edition.public_id}/invite", **PERSON)
    assert answer.status_code == 303
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.state, enrolment.state_code, enrolment.sector) == ("invited", "TZ", "justice")
    assert people.person_name(db.session(), enrolment.person_id) == "Neema Mfano"
    assert db.session.scalars(select(Job.payload).where(Job.kind == "mail.send")).one()["template"] == (
        "people/invitation"
    )
    page = words(browser.get(answer.location))
    assert "Neema Mfano" in page
    assert "neema@example.org" in page


def test_somebody_known_by_the_address_is_enrolled_again_and_not_doubled(app: Flask) -> None:
    known = make_person("Neema Mfano", "neema@example.org").id
    edition, browser = one_edition(), coordinator(app)
    before = number_of(Person)
    answer = browser.post(f"/editions/{edition.public_id}/invite", **{**PERSON, "address": "Neema@Example.org"})
    assert answer.status_code == 303
    assert db.session.scalars(select(Enrolment.person_id)).all() == [known]
    assert number_of(Person) == before
    again = browser.post(f"/editions/{edition.public_id}/invite", **PERSON)
    assert again.status_code == 422
    assert "This person is in this edition already." in words(again)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "Tanzanya"}, "Close to it: United Republic of Tanzania"),
        ({"sector": ""}, "Choose sector and time zone to add it."),
        ({"address": "neema"}, "This is not an e-mail address."),
        ({"name": " "}, "This is needed."),
        ({"name": "x" * 201}, "At most 200 characters."),
    ],
)
def test_an_invitation_that_cannot_be_leaves_nothing_half_done(
    sqlite_app: Flask, change: dict[str, str], sentence: str
) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    people_before = number_of(Person)
    answer = browser.post(f"/editions/{edition.public_id}/invite", **{**PERSON, **change})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert (number_of(Enrolment), number_of(Person), number_of(Job)) == (0, people_before, 0)


def test_an_unknown_ministry_is_refused_with_those_known_in_the_state(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    with unit_of_work() as session:
        make_institution(session, "TZ", name="Ministry of Justice")
    change = {"institution": "Min. of Justice", "sector": "", "zone": ""}
    answer = browser.post(f"/editions/{edition.public_id}/invite", **{**PERSON, **change})
    assert "Known there: Ministry of Justice." in words(answer)
    change = {"institution": "MINISTRY OF JUSTICE", "sector": "", "zone": ""}
    assert browser.post(f"/editions/{edition.public_id}/invite", **{**PERSON, **change}).status_code == 303


def test_an_invitation_sent_again_makes_the_older_code_void(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    at = browser.post(f"/editions/{edition.public_id}/invite", **PERSON).location
    assert browser.post(f"{at}/invite").status_code == 303
    void = db.session.scalars(select(MailedToken.void_at).order_by(MailedToken.id)).all()
    assert [bool(moment) for moment in void] == [True, False]


def test_a_place_passes_on_to_a_substitute(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    old = one_person(edition)
    path = f"/editions/{edition.public_id}/people/{old.public_id}/replace"
    assert browser.get(path).status_code == 200
    answer = browser.post(path, **PERSON, reason="posted abroad")
    assert answer.status_code == 303
    assert fresh(old).state == "replaced"
    assert answer.location.endswith(db.session.get_one(Enrolment, fresh(old).replaced_by_id).public_id)
    assert "posted abroad" in words(browser.get(f"/editions/{edition.public_id}/people/{old.public_id}"))
    assert browser.post(path, **{**PERSON, "address": "other@example.org"}).status_code == 422


def test_withdrawing_needs_a_reason_and_happens_once(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    person = one_person(edition)
    path = f"/editions/{edition.public_id}/people/{person.public_id}/leave"
    empty = browser.post(path, how="withdrawn")
    assert empty.status_code == 422
    assert "This is needed." in words(empty)
    assert fresh(person).state == "accepted"
    assert browser.post(path, **{"how": "withdrawn", "leave-reason": "ill"}).status_code == 303
    twice = browser.post(path, **{"how": "withdrawn", "leave-reason": "ill"})
    assert (twice.status_code, fresh(person).state) == (422, EnrolmentState.WITHDRAWN)
    assert "changed in the meantime" in words(twice)


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
    assert browser.post(answer, **sent).status_code == 422
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
    marks[f"mark-{two.public_id}"] = "excused"
    browser.post(path, **half, **marks)
    assert number_of(AttendanceMark) == 3
    page = words(browser.get(f"{path}?half=2027-05-09-morning"))
    assert page.index("Ana Ejemplo") < page.index("Urs Beispiel")
    assert browser.get(f"{path}?half=2027-05-20-morning").status_code == 404
    assert browser.post(path, **half, **{f"mark-{one.public_id}": "asleep"}).status_code == 422
    assert browser.post(path, half="2030-01-01-morning").status_code == 404


def test_companions_are_in_the_edition_and_in_no_number(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    path = f"/editions/{edition.public_id}/companions"
    form = {"name": "Anna Voorbeeld", "address": "anna@example.org", "role": "instructor"}
    assert browser.post(path, **form).status_code == 303
    assert "Anna Voorbeeld" in words(browser.get(path))
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


def paths_of(edition: str, enrolment: str, request: str = "x") -> list[tuple[str, str]]:
    """Every page and act of an edition and of one person in it."""
    base, one = f"/editions/{edition}", f"/editions/{edition}/people/{enrolment}"
    looks = ["edit", "invite", "attendance", "sessions", "companions"]
    acts = ["invite", "accept", "leave", "extension", "name", "replace", f"requests/{request}"]
    return [
        *(("GET", f"{base}/{look}") for look in looks),
        *(("POST", f"{base}/{look}") for look in [*looks, "version", "sessions/remove", "companions/x/remove"]),
        ("GET", one),
        ("GET", f"{one}/replace"),
        *(("POST", f"{one}/{act}") for act in acts),
    ]


FILLED = {"leave-reason": "x", "name-reason": "a long reason", "extend-day": "2027-05-01", "extend-time": "18:00"}


def test_another_editions_coordinator_finds_nothing_here(app: Flask) -> None:
    mine, other = one_edition(), one_edition()
    theirs, own = one_person(other), one_person(mine)
    browser = coordinator(app, mine.public_id)
    assert browser.get(f"/editions/{mine.public_id}/edit").status_code == 200
    foreign = [*paths_of(other.public_id, theirs.public_id), ("GET", "/editions/new")]
    mixed = [pair for pair in paths_of(mine.public_id, theirs.public_id) if "/people/" in pair[1]]
    for method, path in [*foreign, *mixed]:
        answer = browser.get(path) if method == "GET" else browser.post(path, **FILLED, **PERSON)
        assert answer.status_code == 404, (method, path)
    mark = {"half": "2027-05-09-morning", f"mark-{theirs.public_id}": "present"}
    assert browser.post(f"/editions/{mine.public_id}/attendance", **mark).status_code == 404
    assert (fresh(theirs).state, fresh(own).state) == ("accepted", "accepted")
    assert number_of(AttendanceMark) == 0


@pytest.mark.parametrize(
    ("role", "scope"),
    [(Role.FOCAL_POINT, ScopeKind.STATE), (Role.EVALUATOR, ScopeKind.ALL), (Role.TRAINER, ScopeKind.ALL), (None, None)],
)
def test_nobody_but_a_coordinator_finds_these_pages(sqlite_app: Flask, role: Role | None, scope: ScopeKind) -> None:
    edition = one_edition()
    person = one_person(edition)
    somebody = make_person()
    if role:
        give_mandate(somebody, role, scope, "TZ" if scope is ScopeKind.STATE else None)
    browser = Browser(sqlite_app, somebody)
    for method, path in paths_of(edition.public_id, person.public_id):
        answer = browser.get(path) if method == "GET" else browser.post(path, **FILLED)
        assert answer.status_code == 404, (method, path)
    for page in ("programme", "more-time", "cannot-attend"):
        assert browser.get(f"/seminar/{edition.public_id}/{page}").status_code == 404


def test_another_persons_request_is_not_answered_under_this_one(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    asking = Browser(sqlite_app, make_person())
    one_person(edition, person=asking.person)
    other = one_person(edition)
    asking.post(f"/seminar/{edition.public_id}/more-time", message="More, please.")
    request = db.session.scalars(select(ParticipantRequest)).one()
    path = f"/editions/{edition.public_id}/people/{other.public_id}/requests/{request.public_id}"
    assert browser.post(path, answer="no").status_code == 404
    assert db.session.scalars(select(ParticipantRequest.answered_at)).one() is None
