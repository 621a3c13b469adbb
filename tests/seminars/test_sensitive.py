"""Who is not to be named is named nowhere: not on a page, in a letter, a file, a title, an address or the log."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from lms.kernel.clock import frozen
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.letters import letter_for
from lms.people.models import Person, SensitiveMark
from lms.people.queries.persons import CodeName, full_names_of
from lms.people.queries.sensitive import is_to_be_named
from lms.people.rules.code_names import FIRST, SECOND, code_name
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment, EnrolmentState
from tests.people.makers import signed_in_client
from tests.seminars.browsing import Browser, coordinator
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution, make_person

NAME, ADDRESS = "Wanjiru Kielelezo", "wk@example.org"
TOWN = "Nairobi"
"""Of the clocks on which they read: told in a letter to themselves alone."""
TELLING = ("Wanjiru", "Kielelezo", ADDRESS, "Kenya", "Ministry of Examples", TOWN)
REASON = "Asked for it in writing."
FILES = (".csv", ".xlsx")
OFFERING = ("/invite", "/replace", "/edit", "/nominations/new")


def an_edition(*, deadline_on: dt.date | None = None, zone: str = "Africa/Nairobi") -> tuple[Edition, Enrolment]:
    """Three people, one of whom asked not to be named and serves in `zone`."""
    with unit_of_work() as session:
        edition = make_edition(session, deadline_on=deadline_on)
        hidden = make_person(session, NAME)
        ministry = make_institution(session, "KE", name="Ministry of Examples")
        ministry.zone = zone
        session.flush()
        place = enrol_person(session, edition, person=hidden, institution=ministry, becomes=EnrolmentState.INVITED)
        for _number in range(2):
            enrol_person(session, edition, state="TZ")
        for row in (edition, place):
            session.refresh(row)
            session.expunge(row)
    return edition, place


def page_of(edition: Edition, place: Enrolment, rest: str = "") -> str:
    return f"/editions/{edition.public_id}/people/{place.public_id}{rest}"


def mark(browser: Browser, edition: Edition, place: Enrolment, act: str = "person-on") -> int:
    return browser.post(page_of(edition, place, "/sensitive"), reason=REASON, act=act).status_code


def walk(browser: Browser, start: str) -> dict[str, str]:
    """Everything that links lead to from a page, within the edition, each with all that came back."""
    found: dict[str, str] = {}
    waiting, files = [start], []
    while waiting and len(found) < 80:
        path = waiting.pop()
        if path in found:
            continue
        answer = browser.get(path)
        found[path] = f"{answer.status} {answer.headers} {html.unescape(answer.text)}"
        links = {html.unescape(link) for link in re.findall(r'(?:href|action)="([^"#]+)', answer.text)}
        inside = [link for link in links if urlsplit(link).path.startswith(start)]
        files += [link for link in inside if urlsplit(link).path.endswith(FILES)]
        waiting += [link for link in inside if link not in found and not urlsplit(link).path.endswith(FILES)]
    whole = sorted({urlsplit(path).path for path in files})
    return found | {path: told_by(browser.get(path)) for path in whole}


def told_by(answer: TestResponse) -> str:
    """The head and all texts of a file."""
    if answer.mimetype == "text/csv":
        return f"{answer.headers} {answer.text}"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return f"{answer.headers} " + " ".join(book.read(name).decode() for name in book.namelist())


def test_no_page_file_title_address_or_log_of_a_coordinators_walk_tells_who_it_is(
    app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    edition, place = an_edition()
    browser = coordinator(app)
    start = f"/editions/{edition.public_id}"
    before = walk(browser, start)
    assert any(NAME in body for body in before.values()), "without a mark the walk does find the name"
    assert mark(browser, edition, place) == 303
    capfd.readouterr()
    pages = walk(browser, start)
    assert len(pages) > 20
    assert {urlsplit(path).path.rpartition("/")[2] for path in pages} >= {"people.csv", "people.xlsx"}
    said = capfd.readouterr()
    for word in TELLING[:3]:
        assert not [path for path, body in pages.items() if word.casefold() in (path + body).casefold()], word
        assert word not in said.out + said.err
    rows = [body for path, body in pages.items() if "people." in path]
    assert all("Kenya" not in body and "Ministry of Examples" not in body for body in rows)
    for word in TELLING[3:]:  # forms offer every state, and the mark of a state is set on a page of its own
        telling = [path for path, body in pages.items() if word in body and not path.endswith(OFFERING)]
        assert not telling, word
    assert any("would be sent" in body for path, body in pages.items() if "reminders/preview" in path)
    assert "State not shown" in pages[start]
    own = pages[page_of(edition, place)]
    assert "Kenya" not in own
    assert "Ministry of Examples" not in own


def test_one_code_name_stands_everywhere_and_the_name_comes_back_when_the_mark_is_taken_away(app: Flask) -> None:
    edition, place = an_edition()
    browser = coordinator(app)
    mark(browser, edition, place)
    with unit_of_work() as session:
        known = people.names_of(session, [place.person_id])[place.person_id]
        assert isinstance(known, people.CodeName)
        assert people.person_name(session, place.person_id) == known
    assert known in browser.get(f"/editions/{edition.public_id}/people").text
    assert known in browser.get(f"/editions/{edition.public_id}/people.csv").text
    assert known in browser.get(page_of(edition, place)).text
    assert not re.search(r"\d", known)
    mark(browser, edition, place, "person-off")
    assert NAME in browser.get(f"/editions/{edition.public_id}/people").text
    with unit_of_work() as session:
        kept = session.execute(select(SensitiveMark.on, SensitiveMark.sealed_reason).order_by(SensitiveMark.id)).all()
        assert [row.on for row in kept] == [True, False]
        assert all(row.sealed_reason and REASON.encode() not in row.sealed_reason for row in kept)
        acts = set(session.scalars(select(AuditEntry.act)))
        assert {"person.marked-sensitive", "person.sensitive-no-more"} <= acts


def test_a_mark_is_of_its_own_person_whoever_was_marked_last(app: Flask) -> None:
    edition, place = an_edition()
    with unit_of_work() as session:
        others = select(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.id != place.id)
        second, third = session.scalars(others.order_by(Enrolment.id)).all()
    browser = coordinator(app)
    everybody = [place.person_id, second.person_id, third.person_id]
    for place_of, act, hidden in (
        (place, "person-on", [True, False, False]),
        (second, "person-on", [True, True, False]),
        (second, "person-off", [True, False, False]),
    ):
        assert mark(browser, edition, place_of, act) == 303
        with unit_of_work() as session:
            names = people.names_of(session, everybody)
            assert [isinstance(names[person], CodeName) for person in everybody] == hidden
            assert [not is_to_be_named(session, person) for person in everybody] == hidden


def test_looking_behind_a_code_name_is_noted(app: Flask) -> None:
    edition, place = an_edition()
    browser = coordinator(app)
    mark(browser, edition, place)
    assert browser.get(page_of(edition, place, "/behind")).status_code == 405
    page = browser.post(page_of(edition, place, "/behind")).text
    assert NAME in page
    assert NAME not in re.findall(r"<title>(.*?)</title>", page)[0]
    with unit_of_work() as session:
        looked = session.scalars(select(AuditEntry).where(AuditEntry.act == "name.looked-behind")).one()
        assert (looked.about, looked.actor) == (place.public_id, browser.person.subject)


def test_letters_call_whoever_is_not_to_be_named_by_no_name(app: Flask) -> None:
    edition, place = an_edition()
    mark(coordinator(app), edition, place)
    with unit_of_work() as session:
        row = session.get_one(Enrolment, place.id)
        services.send_invitation(session, enrolment=row, at=AT, by=None)
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send")).all()
        letters = [found for job in jobs if (found := letter_for(session, job.payload))]
    assert letters
    for found in letters:
        assert found.to_name == ""
        assert "Good day," in found.body_text
        assert "Seminar" not in found.subject
        said = found.subject + found.body_text + "".join(found.paragraphs)
        assert not [word for word in TELLING if word in said and word != TOWN]


def test_no_time_stands_on_the_clocks_of_where_they_serve(app: Flask) -> None:
    edition, place = an_edition()
    browser = coordinator(app)
    later = {"deadline_policy": "end-of-day", "deadline_day": "2027-04-25", "deadline_time": "18:00"}
    pages = (
        page_of(edition, place),
        f"/editions/{edition.public_id}/reminders/preview?who={place.public_id}",
        f"/editions/{edition.public_id}/deadline?{urlencode(later)}",
    )
    assert all("Nairobi" in browser.get(path).text for path in pages)
    assert mark(browser, edition, place) == 303
    assert not [path for path in pages if "Nairobi" in browser.get(path).text]
    asked = f"/editions/{edition.public_id}/reminders/trial?who={place.public_id}"
    assert browser.post(asked).status_code == 303
    with unit_of_work() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "mail.send")).all()
        assert "Nairobi" not in str(job.payload)
        found = letter_for(session, job.payload)
        assert found
        assert "Friday 23 April 2027, 18:00 (Warsaw, UTC+2)" in found.body_text
        assert "Nairobi" not in found.subject + found.body_text


FIVE_FORTY_FIVE = re.compile("(?:20:14|18:14)(?!:)|18:14:59|Kathmandu|UTC\\+5:45")
"""Where 23:59 is this on the programme's clocks, there is one state alone."""


def test_when_a_day_ends_where_they_serve_is_told_nobody_but_them(app: Flask) -> None:
    edition, place = an_edition(deadline_on=dt.date(2027, 4, 23), zone="Asia/Kathmandu")
    start = f"/editions/{edition.public_id}"
    later = {"deadline_policy": "end-of-day", "deadline_day": "2027-04-25", "deadline_time": ""}
    pages = {
        page_of(edition, place): "Friday 23 April 2027<",
        f"{start}/attention": "in 2 days: 23 April 2027.",
        f"{start}/attention.csv": "in 2 days: 23 April 2027.",
        f"{start}/reminders/preview?who={place.public_id}": "Friday 23 April 2027, 23:59 (Warsaw, UTC+2)",
        f"{start}/deadline?{urlencode(later)}": "Then: Sunday 25 April 2027.",
    }
    with frozen(AT + dt.timedelta(days=9)):
        browser = coordinator(app)
        assert all(FIVE_FORTY_FIVE.search(browser.get(path).text) for path in pages)
        assert mark(browser, edition, place) == 303
        said = {path: html.unescape(browser.get(path).text) for path in pages}
        assert not {path: found[0] for path, body in said.items() if (found := FIVE_FORTY_FIVE.search(body))}
        assert not [path for path, words in pages.items() if words not in said[path]]
        browser.post(f"{start}/reminders/trial?who={place.public_id}")
    with unit_of_work() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "mail.send")).all()
        found = letter_for(session, job.payload)
        assert found
        assert "Friday 23 April 2027, 23:59 (Warsaw, UTC+2)" in found.body_text


def test_how_far_off_and_whether_it_is_past_is_counted_by_the_programmes_days(app: Flask) -> None:
    edition, place = an_edition(deadline_on=dt.date(2027, 4, 23), zone="Pacific/Honolulu")
    sheet, midnight = f"/editions/{edition.public_id}/attention.csv", dt.datetime(2027, 4, 23, 22, tzinfo=dt.UTC)
    for hours, words in ((-1, "which is today: 23 April 2027."), (1, "The deadline was 23 April 2027.")):
        with frozen(midnight + dt.timedelta(hours=hours)):  # there the day ends twelve hours later
            browser = coordinator(app)
            mark(browser, edition, place)
            hidden = [line for line in browser.get(sheet).text.splitlines() if "Person Mfano" not in line]
            assert words in " ".join(hidden)


def test_a_marked_state_hides_the_names_of_all_its_people_and_is_for_those_over_everything(app: Flask) -> None:
    edition, place = an_edition()
    narrow = coordinator(app, edition.public_id)
    assert mark(narrow, edition, place, "state-on") == 422
    assert "Name nobody of this state" not in narrow.get(page_of(edition, place, "/sensitive")).text
    browser = coordinator(app)
    assert mark(browser, edition, place, "state-on") == 303
    listed = browser.get(f"/editions/{edition.public_id}/people").text
    assert NAME not in listed
    assert listed.count("Person Mfano") >= 2, "people of other states keep their names"
    with unit_of_work() as session:
        assert people.unnamed_states(session) == {"KE"}
    assert mark(browser, edition, place, "state-off") == 303
    assert NAME in browser.get(f"/editions/{edition.public_id}/people").text


def test_who_announces_a_move_to_another_state_stays_behind_the_code_name(app: Flask) -> None:
    edition, place = an_edition()
    browser = coordinator(app)
    assert mark(browser, edition, place, "state-on") == 303
    with unit_of_work() as session:
        person = session.get_one(Person, place.person_id)
        other = make_institution(session, "TZ")
        on = AT.date() + dt.timedelta(days=200)
        people_services.move(session, person=person, institution=other, function="", on=on, at=AT, by=person.subject)
    for path in ("people", "people.csv", "attention"):
        told = browser.get(f"/editions/{edition.public_id}/{path}").text
        assert not [word for word in TELLING if word in told], path
    with unit_of_work() as session:
        assert not is_to_be_named(session, place.person_id)
        later = make_edition(session)
        again = enrol_person(session, later, person=session.get_one(Person, place.person_id), institution=other)
        session.refresh(later)
    why = browser.get(page_of(later, again, "/sensitive")).text
    assert "Another state which they serve, have served or will serve." in why


def test_their_own_name_is_theirs_and_stands_on_their_record(app: Flask) -> None:
    edition, place = an_edition()
    mark(coordinator(app), edition, place)
    with unit_of_work() as session:
        assert full_names_of(session, {place.person_id})[place.person_id].full == NAME
        session.get_one(Person, place.person_id).welcomed_at = AT
        person = session.get_one(Person, place.person_id)
    assert NAME in signed_in_client(app, person).get("/account").text


def test_a_mark_needs_a_reason_and_an_edition_one_coordinates(app: Flask) -> None:
    edition, place = an_edition()
    browser = coordinator(app)
    assert browser.post(page_of(edition, place, "/sensitive"), reason="", act="person-on").status_code == 422
    assert browser.post(page_of(edition, place, "/sensitive"), reason="no", act="person-on").status_code == 422
    with unit_of_work() as session:
        other = make_edition(session)
    stranger = coordinator(app, other.public_id)
    assert mark(stranger, edition, place) == 404
    assert stranger.post(page_of(edition, place, "/behind")).status_code == 404
    with unit_of_work() as session:
        assert not session.scalars(select(SensitiveMark)).all()


def test_marking_twice_is_once(app: Flask) -> None:
    edition, place = an_edition()
    browser = coordinator(app)
    assert [mark(browser, edition, place), mark(browser, edition, place)] == [303, 303]
    with unit_of_work() as session:
        assert len(session.scalars(select(SensitiveMark)).all()) == 1


@pytest.mark.parametrize("change", ['UPDATE lms_sensitive_mark SET "on" = "on"', "DELETE FROM lms_sensitive_mark"])
def test_marks_are_never_changed(app: Flask, change: str) -> None:
    edition, place = an_edition()
    mark(coordinator(app), edition, place)
    with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
        session.execute(text(change))


def test_code_names_are_two_plain_words_and_no_two_people_in_a_row_share_one() -> None:
    def veil(said: str) -> str:
        return f"{hash(('key', said)) & 0xFFFFFFFFFFFFFFFF:016x}"

    names = [code_name(number, veil) for number in range(len(FIRST) * len(SECOND))]
    assert Counter(names).most_common(1)[0][1] == 1
    assert len(FIRST) == len(SECOND) == len(set(FIRST)) == len(set(SECOND))
    assert all(re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", name) for name in names)
    assert names[:50] != sorted(names[:50])
