"""Editions and the people in them, as a coordinator keeps them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.catalogue.models import Course
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.models import FormReceipt, Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people.letters import letter_for
from lms.people.models import MailedToken, Person
from lms.seminars import queries, services
from lms.seminars.models import (
    AttendanceClosing,
    Edition,
    EditionCompanion,
    EditionVersion,
    Enrolment,
    EnrolmentState,
    Extension,
    OnSiteSession,
)
from lms.seminars.rules import end_of_day
from lms.seminars.services import receipts
from lms.web.dates import moment
from tests.files import both_files
from tests.pages import shown_in
from tests.people.makers import make_person
from tests.seminars.browsing import coordinator, words
from tests.seminars.makers import AT, make_course, make_edition, make_institution, make_version
from tests.seminars.submissions import EDITION, PERSON, fresh, number_of, one_edition, one_person


def test_the_list_of_editions_says_of_each_how_its_attendance_stands(app: Flask) -> None:
    with unit_of_work() as session:
        over = make_edition(session, title="Seminar that is over")
        make_edition(session, title="Seminar to come")
        closed = make_edition(session, title="Seminar that is closed")
        for edition in (over, closed):
            edition.starts_on, edition.ends_on = dt.date(2012, 11, 5), dt.date(2012, 11, 9)
        session.flush()
        session.add(AttendanceClosing(edition_id=closed.id, by="c", at=AT))
    browser = coordinator(app)
    said = words(browser.get("/editions"))
    assert all(f" {word} " in said for word in ("Over, not closed", "Open", "Closed"))
    file = {line["Edition"]: line["Attendance"] for line in both_files(browser, "/editions")}
    assert file == {
        "Seminar that is over": "Over, not closed", "Seminar to come": "Open", "Seminar that is closed": "Closed",
    }  # fmt: skip


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
        ({"starts_on": "9999-12-30", "ends_on": "9999-12-31"}, "This day is too long ago, or too far off."),
        ({"deadline_day": "0001-01-01"}, "This day is too long ago, or too far off."),
        ({"deadline_day": "9999-12-31", "deadline_policy": "end-of-day"}, "This day is too long ago, or too far off."),
        ({"contact": "office"}, "This is not an e-mail address."),
        ({"title": "x" * 201}, "At most 200 characters."),
        ({"title": "a\x00b"}, "There are signs in this text that cannot be seen."),
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


def present(edition: Edition) -> Edition:
    db.session.remove()
    return db.session.get_one(Edition, edition.id)


def test_two_who_change_one_edition_at_once_put_nothing_back(app: Flask) -> None:
    edition = one_edition()
    first, second = coordinator(app, edition.public_id), coordinator(app, edition.public_id)
    path = f"/editions/{edition.public_id}/edit"
    shown = shown_in(first.get(path))
    said = {name: value for name, value in EDITION.items() if "deadline" not in name and name != "course"}
    said |= {"starts_on": "2027-05-09", "ends_on": "2027-05-10", "programme": "## Monday\r\n\r\nArrival"}
    assert first.post(path, **said, shown=shown).status_code == 303
    seen = shown_in(first.get(path))
    assert first.post(path, **said | {"place": "Kraków", "title": "Another title", "shown": seen}).status_code == 303
    assert second.post(path, **said | {"contact": "desk@example.org", "shown": seen}).status_code == 303
    there = present(edition)
    assert (there.place, there.contact, there.title) == ("Kraków", "desk@example.org", "Another title")
    clash = second.post(path, **said | {"place": "Warszawa", "practical": "By train", "shown": seen})
    assert clash.status_code == 409
    text = words(clash)
    assert "somebody else has changed meanwhile what you changed too" in text
    assert "There stands now: Kraków" in text
    assert 'value="Warszawa"' in clash.text
    assert 'value="Another title"' in clash.text, "what was only repeated is as the other left it"
    assert present(edition).practical == ""
    again = {"title": "Another title", "place": "Warszawa", "practical": "By train", "contact": "desk@example.org"}
    assert second.post(path, **said | again | {"shown": shown_in(clash)}).status_code == 303
    there = present(edition)
    assert (there.place, there.practical, there.title) == ("Warszawa", "By train", "Another title")


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


def test_everyone_without_a_mark_is_marked_present_at_once_and_nobody_else_changes(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    path, half = f"/editions/{edition.public_id}/attendance", f"{edition.starts_on}-morning"
    absent, excused, silent = one_person(edition), one_person(edition), one_person(edition)
    ids = [person.id for person in (absent, excused, silent)]
    asked = one_person(edition, becomes=EnrolmentState.INVITED)  # who may not be there at all
    assert browser.post(path, half=half, **{f"mark-{absent.public_id}": "absent"}).status_code == 303
    sent = {"half": half, f"mark-{excused.public_id}": "excused", "rest": "present"}
    assert browser.post(path, **sent).status_code == 303
    marks = {row.enrolment_id: row.mark for row in queries.marks_of(db.session(), edition.id)}
    assert [marks[enrolment_id] for enrolment_id in ids] == ["absent", "excused", "present"]
    assert len(queries.marks_of(db.session(), edition.id)) == 3
    only = re.findall(rf'name="mark-{asked.public_id}" value="(\w+)"', browser.get(path).get_data(as_text=True))
    assert only == ["present"]


def marked(page: str) -> dict[str, str]:
    """Which mark is set for whom on the sheet, by public id."""
    return dict(re.findall(r'name="mark-([^"]+)" value="(\w+)" checked', page))


def test_a_sheet_that_cannot_be_taken_keeps_what_was_marked_and_says_whom_it_is_about(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    path, half = f"/editions/{edition.public_id}/attendance", f"{edition.starts_on}-morning"
    clash, other, theirs, _silent = (one_person(edition) for _number in range(4))
    names = [people.person_name(db.session(), one.person_id) for one in (clash, other)]
    for one in (clash, theirs):
        browser.post(path, half=half, **{f"mark-{one.public_id}": "absent"})
    stale = {f"mark-{one.public_id}": "excused" for one in (clash, other)} | {f"mark-{theirs.public_id}": "present"}
    sent = {"half": half, **stale, f"seen-{theirs.public_id}": "present"}  # drawn before the two were marked absent
    answer = browser.post(path, **sent)
    assert answer.status_code == 409
    assert marked(answer.text) == {
        clash.public_id: "absent", other.public_id: "excused", theirs.public_id: "absent",
    }  # fmt: skip
    note = words(answer).split("as it stands below:")[1]
    assert note.startswith(f" {names[0]} Your other marks are still set below.")
    assert not [row for row in queries.marks_of(db.session(), edition.id) if row.mark == "excused"]
    again = {f"mark-{who}": mark for who, mark in marked(answer.text).items()}
    seen = dict(re.findall(r'name="(seen-[^"]+)" value="(\w+)"', answer.text))
    assert browser.post(path, half=half, **again, **seen).status_code == 303
    assert {row.mark for row in queries.marks_of(db.session(), edition.id) if row.enrolment_id == other.id} == {
        "excused"
    }


def test_a_sheet_with_somebody_who_has_left_meanwhile_keeps_its_other_marks(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    path, half = f"/editions/{edition.public_id}/attendance", f"{edition.starts_on}-morning"
    left, stays = one_person(edition), one_person(edition)
    browser.post(f"/editions/{edition.public_id}/people/{left.public_id}/leave", **{"leave-reason": "ill"})
    answer = browser.post(path, half=half, **{f"mark-{one.public_id}": "present" for one in (left, stays)})
    assert answer.status_code == 422
    assert "The sheet has changed in the meantime." in words(answer)
    assert marked(answer.text) == {stays.public_id: "present"}
    elsewhere = one_person(one_edition())
    assert browser.post(path, half=half, **{f"mark-{elsewhere.public_id}": "present"}).status_code == 404


def test_a_version_of_another_substance_is_used_after_its_effects_were_shown(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    with unit_of_work() as session:
        version = make_version(session, session.scalars(select(Course)).one(), 2, 0)
    page = browser.get(f"/editions/{edition.public_id}/edit").text
    path = f"/editions/{edition.public_id}/versions/2.0"
    assert f'href="{path}"' in page
    assert browser.get(f"/editions/{edition.public_id}/versions/9.9").status_code == 404
    assert browser.get(f"/editions/{edition.public_id}/versions/1.0").status_code == 404
    shown = shown_in(browser.get(path))
    assert browser.post(path, shown="").status_code == 422
    assert browser.post(path, shown=shown).status_code == 303
    assert queries.version_in_force(db.session(), edition.id) == version.id
    assert browser.post(path, shown=shown).status_code == 303
    assert "It cannot go back." in browser.get(f"/editions/{edition.public_id}/edit").text


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
    with frozen(now() + dt.timedelta(seconds=11)):  # a second click in a moment would change nothing
        assert browser.post(f"{at}/invite").status_code == 303
    void = db.session.scalars(select(MailedToken.void_at).order_by(MailedToken.id)).all()
    assert [bool(moment) for moment in void] == [True, False]


def test_a_place_passes_on_to_a_substitute(app: Flask) -> None:
    edition, browser = one_edition(), coordinator(app)
    old = one_person(edition)
    path = f"/editions/{edition.public_id}/people/{old.public_id}/replace"
    assert 'value="United Republic of Tanzania"' in browser.get(path).text  # as its hint asks for it, not as a code
    answer = browser.post(path, **PERSON, reason="posted abroad")
    assert answer.status_code == 303
    assert fresh(old).state == "replaced"
    assert answer.location.endswith(db.session.get_one(Enrolment, fresh(old).replaced_by_id).public_id)
    assert "posted abroad" in words(browser.get(f"/editions/{edition.public_id}/people/{old.public_id}"))
    assert browser.post(path, **{**PERSON, "address": "other@example.org"}).status_code == 409


@pytest.mark.parametrize(("more", "on", "filled"), [
    (None, dt.date(2027, 4, 20), ""),
    (dt.date(2027, 5, 5), dt.date(2027, 4, 26), "2027-05-05"),
    (None, dt.date(2027, 5, 4), "2027-05-09"),
    (dt.date(2027, 5, 3), dt.date(2027, 5, 10), "2027-05-10"),
])  # fmt: skip
def test_who_takes_over_late_has_time_to_read_and_is_told_until_when(
    sqlite_app: Flask, more: dt.date | None, on: dt.date, filled: str
) -> None:
    edition = one_edition()
    old = one_person(edition)
    path = f"/editions/{edition.public_id}/people/{old.public_id}/replace"
    with unit_of_work() as session:
        place = session.get_one(Enrolment, old.id)
        if more:
            until = end_of_day(more, edition.zone)
            services.extend(session, enrolment=place, deadline_at=until, at=AT, by="c")
    with frozen(dt.datetime.combine(on, dt.time(9), dt.UTC)):
        browser = coordinator(sqlite_app)
        assert f'name="due" type="date" value="{filled}"' in re.sub(" +", " ", browser.get(path).text)
        answer = browser.post(path, **PERSON, due=filled)
        assert answer.status_code == 303
        new = db.session.get_one(Enrolment, fresh(old).replaced_by_id)
        said = letter_for(db.session(), db.session.scalars(select(Job).order_by(Job.id.desc())).first().payload)
    assert new.due_at == (end_of_day(dt.date.fromisoformat(filled), edition.zone) if filled else edition.deadline_at)
    assert f"The pre-reading is due on {moment(new.due_at, 'Africa/Dar_es_Salaam')}." in said.body_text
    assert "from Sunday 9 to Monday 10 May 2027" in said.body_text


def key_in(page: TestResponse) -> str:
    """The key of the form on a page."""
    return re.findall(r'name="client_key"[^>]* value="([^"]+)"', page.text)[0]


def test_a_double_click_makes_one_edition_one_place_and_one_successor(app: Flask) -> None:
    with unit_of_work() as session:
        make_course(session)
    edition, browser = one_edition(), coordinator(app)
    old, at = one_person(edition), f"/editions/{edition.public_id}"
    other = {**PERSON, "address": "other@example.org"}
    forms: list[tuple[str, dict[str, str], type, int]] = [
        ("/editions/new", EDITION, Edition, 1),
        (f"{at}/invite", PERSON, Enrolment, 1),
        (f"{at}/people/{old.public_id}/replace", other, Enrolment, 1),
        (f"{at}/companions", {"name": "A", "address": "a@example.org", "role": "observer"}, EditionCompanion, 1),
    ]
    for path, said, table, more in forms:
        before, letters = number_of(table), number_of(Job)
        sent = {**said, "client_key": key_in(browser.get(path))}
        first, second = browser.post(path, **sent), browser.post(path, **sent)
        assert (first.status_code, second.status_code) == (303, 303), path
        assert first.location == second.location
        assert number_of(table) - before == more
        assert number_of(Job) - letters <= 1
        assert key_in(browser.get(path)) != sent["client_key"]
    assert fresh(old).state == "replaced"


def test_a_form_gone_back_to_and_changed_is_sent_on_purpose_alone(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    path = f"/editions/{edition.public_id}/invite"
    sent = {**PERSON, "client_key": key_in(browser.get(path))}
    assert browser.post(path, **sent).status_code == 303
    other = {**sent, "name": "Asha Mfano", "address": "asha@example.org"}
    answer = browser.post(path, **other)
    assert answer.status_code == 409
    assert "This form was sent already, with other words." in words(answer)
    assert number_of(Enrolment) == 1
    assert browser.post(path, **{**other, "client_key": key_in(answer)}).status_code == 303
    assert number_of(Enrolment) == 2
    for hours, left in ((23, 2), (25, 0)):
        with unit_of_work() as session:
            receipts.tidy(session, {}, now() + dt.timedelta(hours=hours))
        assert number_of(FormReceipt) == left


def test_more_time_is_given_once_within_the_calendar_and_taken_back_on_purpose_alone(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    page = f"/editions/{edition.public_id}/people/{one_person(edition).public_id}"
    for day in ("9999-12-31", "0001-01-01"):
        answer = browser.post(f"{page}/extension", **{"extend-day": day, "extend-time": "23:59"})
        assert answer.status_code == 422
        assert "This day is too long ago, or too far off." in words(answer)
    longer = {"extend-day": "2027-04-30", "extend-time": "12:00"}
    for _click in range(2):
        assert browser.post(f"{page}/extension", **longer).status_code == 303
    assert number_of(Extension) == 1
    assert "The person has more time." in words(browser.get(page))
    shorter = {**longer, "extend-day": "2027-04-25"}
    answer = browser.post(f"{page}/extension", **shorter)
    assert answer.status_code == 422
    assert "The person has time until Friday 30 April 2027, 12:00 (Oświęcim, UTC+2) already." in words(answer)
    assert "to have less time than they were given before" in words(answer)
    assert browser.post(f"{page}/extension", **shorter, **{"extend-less": "y"}).status_code == 303
    assert "The person has less time than before." in words(browser.get(page))


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
    assert (twice.status_code, fresh(person).state) == (303, EnrolmentState.WITHDRAWN)
    steps = queries.history(db.session(), person.id, person.person_id)
    assert [step.state for step in steps].count(EnrolmentState.WITHDRAWN) == 1
    later = browser.post(path, **{"how": "withdrawn", "leave-reason": "moved"})
    assert (later.status_code, "changed in the meantime" in words(later)) == (409, True)


def test_an_acceptance_noted_by_a_double_click_is_noted_once(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    person = one_person(edition, becomes=EnrolmentState.INVITED)
    path = f"/editions/{edition.public_id}/people/{person.public_id}/accept"
    assert [browser.post(path).status_code for _click in range(2)] == [303, 303]
    assert fresh(person).state is EnrolmentState.ACCEPTED
