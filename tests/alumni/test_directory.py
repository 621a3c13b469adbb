"""Nobody sees more of a member than the member agreed to, and nothing from the moment it is taken back."""

from __future__ import annotations

import datetime as dt
import random
import re

import flask_migrate
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.alumni import pages
from lms.alumni.models import DirectoryConsent, Member
from lms.alumni.queries import directory
from lms.alumni.queries.directory import Among, as_seen, entries, in_order, viewpoint
from lms.alumni.queries.membership import SAID, agreed, shown_to_members, taken_back
from lms.alumni.rules.directory import Audience, Circle, Consent, Field, changes, consent, shared, shown, usual_day
from lms.alumni.services import membership as services
from lms.kernel import migrations
from lms.kernel.checks import checks
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Person, Role
from lms.people.queries import viewer_for_person
from lms.people.services import erase
from lms.people.services.sensitive import mark_person
from lms.records.queries import editions_of
from lms.web import slices
from lms.web.dates import place
from tests.conftest import NOW, statements
from tests.people.makers import give_mandate, make_person

from .makers import browser, join, make_alumni, make_network, members, page, seen_by, show

TODAY = NOW.date()
circles = st.builds(
    Circle,
    st.frozensets(st.sampled_from("abc")),
    st.sampled_from(["", "TZ", "KE"]),
    st.frozensets(st.integers(1, 3)),
)
consents = st.dictionaries(
    st.sampled_from(list(Field)),
    st.builds(
        consent,
        st.sampled_from(list(Audience)),
        st.one_of(st.none(), st.dates(TODAY, TODAY + dt.timedelta(days=2))),
        st.sampled_from(["UTC", "Pacific/Auckland", "America/Lima", "Asia/Kathmandu"]),
    ),
)


@given(circles, circles)
def test_what_two_members_share_is_the_same_from_both_sides(mine: Circle, theirs: Circle) -> None:
    assert shared(mine, theirs) == shared(theirs, mine)
    assert Audience.NOBODY not in shared(mine, theirs)
    assert (Audience.STATE in shared(mine, theirs)) == (mine.state == theirs.state != "")


@given(consents, circles, circles, st.integers(0, 90))
def test_a_field_is_shown_only_by_its_own_consent(agreed: dict, mine: Circle, theirs: Circle, hours: int) -> None:
    at = NOW + dt.timedelta(hours=hours)
    found = shown(agreed, shared(theirs, mine), at)
    for field in Field:
        one = agreed.get(field, Consent(Audience.NOBODY))
        there = one.audience in shared(theirs, mine) and (one.ends_at is None or at < one.ends_at)
        assert (field in found) == there


@given(consents, consents)
def test_what_is_written_down_makes_the_wanted_consents(now: dict, wanted: dict) -> None:
    nobody = dict.fromkeys(Field, Consent(Audience.NOBODY))
    assert {**nobody, **now, **changes(now, {**nobody, **wanted})} == {**nobody, **wanted}
    assert changes(wanted, wanted) == {}


def names_seen(viewer: Person, at: dt.datetime = NOW) -> list[str]:
    with reading() as session:
        return [one.name for one in seen_by(session, viewer, at)]


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [
        (Audience.NOBODY, set()),
        (Audience.EDITION, {"same edition"}),
        (Audience.STATE, {"same state"}),
        (Audience.NETWORK, {"same network", "same state"}),
        (Audience.MEMBERS, {"same edition", "same state", "same network", "other"}),
    ],
)
def test_each_audience_sees_what_it_may(app: Flask, audience: Audience, seen_by: set[str]) -> None:
    one, of_edition = members("Zuri Kielelezo", "Pia Beispiel", states=("TZ", "CH"))
    others = members("Amina Mfano", "Wanjiru Mfano", "Dara Kumru", states=("TZ", "KE", "KH"), title="Another")
    make_network("Great Lakes", "TZ", "KE")
    show(one, Field.NAME, to=audience)
    viewers = dict(zip(("same edition", "same state", "same network", "other"), (of_edition, *others), strict=True))
    assert {who for who, viewer in viewers.items() if "Zuri Kielelezo" in names_seen(viewer)} == seen_by
    assert {who for who, viewer in viewers.items() if "Zuri Kielelezo" in page(app, viewer)} == seen_by


@pytest.mark.parametrize("field", list(Field))
def test_each_field_is_shown_alone(app: Flask, field: Field) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel", states=("TZ", "CH"))
    show(one, field, languages="Kiswahili", subjects="Early warning")
    with reading() as session:
        seen = seen_by(session, viewer)[0]
        [held] = editions_of(session, [one.id])[one.id]
    facts = {
        Field.NAME: (seen.name, "Zuri Kielelezo"),
        Field.STATE: (seen.state_code, "TZ"),
        Field.SECTOR: (seen.sector, "justice"),
        Field.INSTITUTION: (seen.institution[:8], "Ministry"),
        Field.EDITION: (seen.editions, (held,)),
        Field.LANGUAGES: (seen.languages, "Kiswahili"),
        Field.SUBJECTS: (seen.subjects, "Early warning"),
    }
    for other, (value, expected) in facts.items():
        assert (value == expected) == (other is field), other
        assert bool(value) == (other is field), other
    assert ("Name on request" in page(app, viewer)) == (field is not Field.NAME)


def test_the_database_shows_exactly_what_the_rules_allow(app: Flask) -> None:
    people = [
        *members(*(f"Person Mfano {n}" for n in range(4)), states=("TZ", "KE", "KH", "CH")),
        *members(*(f"Other Mfano {n}" for n in range(3)), states=("TZ", "KE", "KH"), title="Another"),
    ]
    make_network("Great Lakes", "TZ", "KE")
    chosen, audiences = random.Random(6), list(Audience)
    days = (None, TODAY - dt.timedelta(days=1), TODAY, TODAY + dt.timedelta(days=1))
    for one in people * 2:
        zone = chosen.choice(["UTC", "Pacific/Auckland", "America/Lima"])
        wanted = {field: consent(chosen.choice(audiences), chosen.choice(days), zone) for field in Field}
        with unit_of_work() as session:
            services.agree(session, person_id=one.id, wanted=wanted, languages="", subjects="", at=NOW)
    ids = [one.id for one in people]
    with reading() as session:
        agreed_now, places = agreed(session, ids), {number: viewpoint(session, number, NOW) for number in ids}
        for viewer in ids:
            expected = {
                other: fields
                for other in ids
                if other != viewer
                and (fields := shown(agreed_now[other], shared(places[other].circle, places[viewer].circle), NOW))
            }
            assert {one.person_id: one.fields for one in entries(session, places[viewer])} == expected
            for among, field in (
                (Among(state="TZ"), Field.STATE),
                (Among(sector="justice"), Field.SECTOR),
                (Among(edition=places[ids[0]].editions[0].edition), Field.EDITION),
            ):
                there = {
                    other
                    for other, fields in expected.items()
                    if field in fields
                    and (not among.edition or among.edition in places[other].circle.editions)
                    and (not among.state or places[other].circle.state == among.state)
                }
                assert {one.person_id for one in entries(session, places[viewer], among)} == there


def test_a_long_directory_is_opened_page_by_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, *people = members(*(f"Person Mfano {n}" for n in range(4)))
    for one in people:
        show(one, Field.NAME, Field.SUBJECTS, subjects="Early warning")
    monkeypatch.setattr(slices, "PAGE", 2)
    monkeypatch.setattr(pages, "slice_of", lambda rows, page: slices.slice_among(len(rows), page, 2))
    client = browser(app, viewer)
    shown_on = [client.get(f"/alumni?page={number}").text for number in (1, 2)]
    assert [re.findall(r"Person Mfano \d", text.split('id="dir"')[1].split("</ul>")[0]) for text in shown_on] == [
        ["Person Mfano 1", "Person Mfano 1", "Person Mfano 2", "Person Mfano 2"], ["Person Mfano 3", "Person Mfano 3"]
    ]  # fmt: skip
    assert all("3 people" in text for text in shown_on)
    monkeypatch.setattr(directory, "MOST_SORTED_BY_NAME", 2)
    with reading() as session:
        found = in_order(session, entries(session, viewpoint(session, viewer.id, NOW)))
    assert [one.public_id for one in found] == sorted(one.public_id for one in found)


def test_a_consent_ends_with_its_last_day(app: Flask) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel")
    show(one, Field.NAME, until=TODAY + dt.timedelta(days=1))
    assert names_seen(viewer, NOW + dt.timedelta(days=1)) == ["Zuri Kielelezo"]
    assert names_seen(viewer, NOW + dt.timedelta(days=2)) == []
    with frozen(NOW + dt.timedelta(days=2)):
        assert "Zuri Kielelezo" not in page(app, viewer)


@pytest.mark.parametrize(
    ("zone", "ends_at"),
    [
        ("UTC", "2027-04-14T00:00"),
        ("Pacific/Auckland", "2027-04-13T12:00"),
        ("America/Lima", "2027-04-14T05:00"),
        ("Asia/Kathmandu", "2027-04-13T18:15"),
        ("Africa/Cairo", "2027-04-13T22:00"),
    ],
)
def test_a_consent_holds_to_the_end_of_the_day_where_the_member_is(app: Flask, zone: str, ends_at: str) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel")
    with unit_of_work() as session:
        session.get_one(Person, one.id).zone = zone
    fields = {**dict.fromkeys((field.value for field in Field), "nobody"), "name": "members", "until": "2027-04-13"}
    client = browser(app, one)
    assert client.post("/alumni/listing", data=fields).status_code == 303
    end = dt.datetime.fromisoformat(ends_at).replace(tzinfo=dt.UTC)
    assert names_seen(viewer, end - dt.timedelta(seconds=1)) == ["Zuri Kielelezo"]
    assert names_seen(viewer, end) == []
    text = client.get("/alumni/listing").text
    assert f"ended in your time zone ({place(zone)})" in text
    assert "until the end of 13 April 2027" in text
    for at, seen in ((end - dt.timedelta(minutes=1), True), (end, False)):
        with frozen(at):
            assert ("Zuri Kielelezo" in page(app, viewer)) is seen
            own = page(app, one, "/alumni/listing").split('id="pv-h"')[1]
            assert ("They do not see you" in own) is not seen
            assert ("until the end of 13 April 2027" in own) is seen
            with reading() as session:
                assert bool(shown_to_members(session, one.id, at)) is seen


def test_where_the_day_is_over_it_cannot_be_chosen_any_more(app: Flask) -> None:
    one, other = members("Zuri Kielelezo", "Pia Beispiel")
    with unit_of_work() as session:
        session.get_one(Person, one.id).zone, session.get_one(Person, other.id).zone = (
            "Pacific/Auckland",
            "America/Lima",
        )
    fields = {**dict.fromkeys((field.value for field in Field), "members"), "until": "2027-04-13"}
    with frozen(dt.datetime(2027, 4, 13, 12, 30, tzinfo=dt.UTC)):
        assert "This day has passed." in browser(app, one).post("/alumni/listing", data=fields).text
        assert browser(app, other).post("/alumni/listing", data=fields).status_code == 303


def test_each_line_may_have_a_last_day_of_its_own(app: Flask) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel")
    everyone = dict.fromkeys((field.value for field in Field), "members")
    days = {"until": "2027-04-30", "until_name": "2027-04-20", "until_sector": "2027-05-10"}
    client = browser(app, one)
    assert client.post("/alumni/listing", data={**everyone, "state": "nobody", **days}).status_code == 303
    kept = page(app, one, "/alumni/listing")
    for name, day in days.items():
        assert f'name="{name}" type="date" value="{day}"' in kept or re.search(
            rf'<input[^>]*name="{name}"[^>]*value="{day}"', kept
        ), name
    assert not re.search(r'<input[^>]*name="until_edition"[^>]*value="2', kept)
    assert '<details class="more" open>' in kept
    said = [line.split("</li>")[0] for line in kept.split("What you have agreed to")[1].split("<li>")[1:]]
    told = {field: [line for line in said if field in line] for field in ("Name", "Sector", "Edition", "State")}
    assert "20 April 2027" in told["Name"][0]
    assert "10 May 2027" in told["Sector"][0]
    assert "30 April 2027" in told["Edition"][0]
    assert told["State"] == []
    shown_on = {}
    for day in (20, 21, 31):
        moment = dt.datetime(2027, 4, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=day - 1)
        with reading() as session:
            shown_on[day] = {
                field.value
                for found in entries(session, viewpoint(session, viewer.id, moment))
                for field in found.fields
            }
    assert shown_on[20] == {"name", "sector", "institution", "edition", "languages", "subjects"}
    assert shown_on[21] == shown_on[20] - {"name"}
    assert shown_on[31] == {"sector"}
    without = {"until": "", "until_name": "2027-04-20"}
    assert client.post("/alumni/listing", data={**everyone, **without}).status_code == 303
    again = page(app, one, "/alumni/listing")
    assert "until you change it" in again
    assert re.search(r'<input[^>]*name="until_name"[^>]*value="2027-04-20"', again)
    assert not re.search(r'<input[^>]*name="until"[^>]*value="2', again)
    far = (("2078-01-01", "within fifty years"), ("9999-12-31", "too far off"))
    for wrong, sentence in (("2027-04-11", "This day has passed."), *far):
        answer = client.post("/alumni/listing", data={**everyone, "until_edition": wrong})
        assert (answer.status_code, sentence in answer.text) == (422, True)


@given(consents)
def test_what_the_form_shows_is_what_was_agreed(agreed: dict) -> None:
    usual = usual_day(agreed)
    for one in agreed.values():
        own = one.until if one.until != usual else None
        assert one.audience is Audience.NOBODY or (own or usual) == one.until


def everything(app: Flask, viewer: Person, edition: str) -> str:
    """What a member is answered by every route of the community that gives something."""
    client = browser(app, viewer)
    texts = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/alumni") or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule.replace("<edition>", edition)
        answer = client.get(path)
        texts.append(answer.text)
        again = client.get(path, headers={"If-None-Match": answer.headers.get("ETag", '"x"')})
        assert again.status_code != 304
        assert "no-store" in answer.headers["Cache-Control"]
    texts.append(client.post("/alumni", data={"words": "a"}).text)
    return "\n".join(texts)


def _mark(session: Session, person: Person, viewer: Person) -> None:
    by = viewer_for_person(session, viewer.id, NOW)
    assert by is not None
    reason = "They were threatened at home."
    mark_person(session, person_id=person.id, state_code="TZ", on=True, reason=reason, by=by, at=NOW)


@pytest.mark.parametrize("how", ["withdraw", "leave", "form", "erase", "mark", "hide"])
def test_what_is_taken_back_is_gone_from_every_page_with_the_next_request(app: Flask, how: str) -> None:
    one, viewer = members("Zuri Zqkielelezo", "Pia Beispiel", states=("TZ", "CH"))
    show(one, *Field, languages="Zqswahili", subjects="Zqwarning a")
    with reading() as session:
        [held] = editions_of(session, [one.id])[one.id]
        public_id = session.scalar(select(Member.public_id).where(Member.person_id == one.id))
    before = everything(app, viewer, held.edition)
    assert all(word in before for word in ("Zqkielelezo", "Zqswahili", "Zqwarning", "United Republic of Tanzania"))
    if how in ("withdraw", "leave"):
        path = "/alumni/listing/withdraw" if how == "withdraw" else "/alumni/leave"
        assert browser(app, one).post(path).status_code == 303
    elif how == "form":
        fields = dict.fromkeys((field.value for field in Field), "nobody")
        assert browser(app, one).post("/alumni/listing", data=fields).status_code == 303
    else:
        with unit_of_work() as session:
            person = session.get_one(Person, one.id)
            if how == "erase":
                erase(session, person=person, by=None, at=NOW)
            elif how == "mark":
                _mark(session, person, viewer)
            else:
                services.hide(session, person_id=one.id, at=NOW)
    after = everything(app, viewer, held.edition)
    assert not [
        word for word in ("Zqkielelezo", "Zqswahili", "Zqwarning", "Tanzania", public_id or "-") if word in after
    ]


def test_what_is_not_shown_is_not_searched_nor_offered_nor_counted(app: Flask) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel", states=("TZ", "CH"))
    show(one, Field.NAME, subjects="Early warning", languages="Kiswahili")
    client = browser(app, viewer)
    for words in ("tanzania", "early", "kiswahili", "ministry"):
        assert "Zuri Kielelezo" not in client.post("/alumni", data={"words": words}).text
    assert "Zuri Kielelezo" in client.post("/alumni", data={"words": "zuri KIELELEZO"}).text
    text = client.get("/alumni").text
    assert "Tanzania" not in text
    assert "Justice" not in text
    assert "May 2027</option>" not in text


def test_filters_stand_in_addresses_that_name_nobody_and_nowhere(app: Flask) -> None:
    one, other, viewer = members("Zuri Kielelezo", "Dara Kumru", "Pia Beispiel", states=("TZ", "KH", "CH"))
    for person in (one, other):
        show(person, Field.NAME, Field.STATE, Field.SECTOR, Field.EDITION)
    client = browser(app, viewer)
    text = client.get("/alumni").text
    key = text.split(">United Republic of Tanzania<")[0].rsplit('value="', 1)[1].split('"')[0]
    answer = client.post("/alumni", data={"state": key, "words": ""})
    assert answer.status_code == 303
    assert "TZ" not in answer.headers["Location"]
    found = client.get(answer.headers["Location"]).text
    assert "Zuri Kielelezo" in found
    assert "Dara Kumru" not in found
    by_sector = client.get("/alumni?sector=justice").text
    assert "Zuri Kielelezo" in by_sector
    assert "Dara Kumru" in by_sector
    assert "2 people" in by_sector


def test_the_number_of_those_who_are_not_listed_is_told_in_fives_and_without_a_filter_only(app: Flask) -> None:
    viewer, one, *_rest = members(*(f"Person Mfano {n}" for n in range(9)))
    show(one, Field.NAME, Field.SECTOR)
    assert "At least 5 other alumni have chosen not to be listed for you." in page(app, viewer)
    assert "have chosen not to be listed" not in page(app, viewer, "/alumni?sector=justice")
    few, _other = members("Amina Mfano", "Urs Beispiel", title="Another")
    assert "At least 5 other alumni" in page(app, few)


def test_a_cohort_shows_those_of_an_edition_who_say_so(app: Flask) -> None:
    one, silent, viewer = members("Zuri Kielelezo", "Dara Kumru", "Pia Beispiel")
    [stranger] = members("Urs Beispiel", title="Another")
    show(one, Field.NAME, Field.EDITION, to=Audience.EDITION)
    show(silent, Field.NAME)
    with reading() as session:
        [held] = editions_of(session, [one.id])[one.id]
    text = page(app, viewer, f"/alumni/editions/{held.edition}")
    assert "May 2027" in text
    assert "Zuri Kielelezo" in text
    assert "Dara Kumru" not in text
    assert browser(app, stranger).get(f"/alumni/editions/{held.edition}").status_code == 404
    assert browser(app, viewer).get("/alumni/editions/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_only_members_open_the_directory(app: Flask) -> None:
    one, _other = members("Zuri Kielelezo", "Dara Kumru")
    show(one, Field.NAME)
    [alumnus], outsider = make_alumni("Urs Beispiel", title="Another"), make_person()
    officer = make_person()
    give_mandate(officer, Role.ADMINISTRATOR)
    for person in (alumnus, outsider, officer):
        assert "Zuri Kielelezo" not in page(app, person)
    assert app.test_client().get("/alumni").status_code == 303


def test_who_can_see_what_about_me_says_what_is_shown_to_other_members(app: Flask) -> None:
    [one] = members("Zuri Kielelezo")
    path = url_of_who_sees(app)
    assert "What you show to other alumni" not in page(app, make_person(), path)
    assert "show nothing there: no other member finds you" in page(app, one, path)
    show(one, Field.SECTOR, to=Audience.STATE)
    part = page(app, one, path).split('id="members"')[1].split("</section>")[0]
    assert "Nobody outside it sees the directory, and no address is shown." in part
    assert "Sector" in part
    assert "Members of the same state" in part
    assert "Languages" not in part


def url_of_who_sees(app: Flask) -> str:
    return next(rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == "home.who_sees")


def test_every_look_at_the_directory_is_noted(app: Flask) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel")
    show(one, Field.NAME, Field.EDITION)
    page(app, viewer)
    with reading() as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.act == "alumni.listed")).one()
    assert (row.actor, row.details) == (viewer.subject, {"people": 1})


def test_one_sees_how_each_audience_sees_one(app: Flask) -> None:
    [one] = members("Zuri Kielelezo")
    show(one, Field.NAME, Field.STATE, to=Audience.STATE)
    client = browser(app, one)
    for audience, there in (("members", False), ("edition", False), ("state", True), ("network", False)):
        preview = client.get(f"/alumni/listing?as={audience}").text.split('id="pv-h"')[1]
        assert ("Zuri Kielelezo" in preview) is there, audience
        assert ("They do not see you" in preview) is not there
    with reading() as session:
        assert as_seen(session, one.id, frozenset({Audience.MEMBERS}), NOW).name == ""


def test_the_form_keeps_a_choice_and_says_what_is_wrong_with_one(app: Flask) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel")
    client = browser(app, one)
    fields = {**dict.fromkeys((field.value for field in Field), "members"), "spoken": "Kiswahili", "about": "Elections"}
    assert client.post("/alumni/listing", data={**fields, "until": "2027-04-30"}).status_code == 303
    assert "Elections" in page(app, viewer)
    kept = client.get("/alumni/listing").text
    assert 'value="2027-04-30"' in kept
    for wrong, said in (
        ({"until": "2027-04-11"}, "This day has passed."),
        ({"name": "everybody"}, "Not a valid choice"),
        ({"about": "x" * 201}, "longer than we can keep"),
        ({"spoken": "a\u202eb"}, "cannot be shown"),
    ):
        answer = client.post("/alumni/listing", data={**fields, **wrong})
        assert answer.status_code == 422
        assert said in answer.text
    join(one)
    browser(app, one).post("/alumni/leave")
    assert client.post("/alumni/listing", data=fields).status_code == 404


def test_the_directory_takes_as_many_statements_for_many_as_for_few(app: Flask) -> None:
    people = members(*(f"Person Mfano {n}" for n in range(4)))
    for one in people[1:3]:
        show(one, *Field, languages="English", subjects="Elections")
    client = browser(app, people[0])
    client.get("/alumni")
    with statements(app) as few:
        client.get("/alumni")
    for one in people[3:] + members(*(f"Other Mfano {n}" for n in range(4)), title="Another"):
        show(one, *Field, languages="English", subjects="Elections")
    with statements(app) as many:
        client.get("/alumni")
    assert len(many) == len(few) <= 33, len(many)
    with statements(app) as filtered:
        client.get("/alumni?sector=justice")
    assert len(filtered) == len(many)


def test_what_sql_alone_says_in_somebodys_name_shows_nothing(sqlite_app: Flask) -> None:
    one, other = members("Zuri Kielelezo", "Pia Beispiel")
    show(one, Field.STATE)
    with unit_of_work() as session:
        step = session.get_one(Member, one.id).step_id
        session.add(DirectoryConsent(step_id=step, field=Field.NAME, audience=Audience.MEMBERS, at=NOW))
    with reading() as session:
        [seen] = entries(session, viewpoint(session, other.id, now()))
        assert seen.fields == {Field.STATE}
        assert set(agreed(session, [one.id])[one.id]) == {Field.STATE}
        [found] = checks["alumni.membership"](session)
        assert "did not agree to what stands as their consent" in found.problem
    show(one, Field.NAME)
    with reading() as session:
        assert Field.NAME in entries(session, viewpoint(session, other.id, now()))[0].fields
        assert not list(checks["alumni.membership"](session))


def test_what_was_taken_back_is_not_opened_by_putting_it_in_again(sqlite_app: Flask) -> None:
    one, other = members("Zuri Kielelezo", "Pia Beispiel")
    show(one, Field.NAME, Field.STATE)
    with unit_of_work() as session:
        services.withdraw_all(session, person_id=one.id, at=now() - dt.timedelta(hours=1))  # the clock was set back
    kept = ", ".join(column.key for column in SAID)
    again = f"INSERT INTO lms_directory_consent ({kept}) SELECT {kept} FROM lms_directory_consent WHERE audience = :to"
    with reading() as session:
        assert not list(checks["alumni.membership"](session))
    with unit_of_work() as session:
        session.execute(text(again), {"to": "members"})
    with reading() as session:
        assert not entries(session, viewpoint(session, other.id, now()))
        assert not agreed(session, [one.id])
        assert set(taken_back(session, [one.id], now())[one.id]) == {Field.NAME, Field.STATE, None}
        [found] = checks["alumni.membership"](session)
        assert one.subject in found.about
    show(one, Field.STATE)
    with reading() as session:
        [seen] = entries(session, viewpoint(session, other.id, now()))
        assert seen.fields == {Field.STATE}


def test_what_sql_alone_says_is_no_filter(sqlite_app: Flask) -> None:
    one, other = members("Zuri Kielelezo", "Pia Beispiel")
    show(one, Field.NAME)
    with unit_of_work() as session:
        step = session.get_one(Member, one.id).step_id
        for field in (Field.STATE, Field.SECTOR, Field.EDITION):
            session.add(DirectoryConsent(step_id=step, field=field, audience=Audience.MEMBERS, at=now()))

    def filters() -> list[bool]:
        with reading() as session:
            here = viewpoint(session, other.id, now())
            said = directory.options(session, here)
            [edition] = here.editions
            asked = (Among(state="TZ"), Among(sector="justice"), Among(edition=edition.edition))
            found = [bool(entries(session, here, among)) for among in asked]
            return [*found, bool(said.states), bool(said.sectors), bool(said.editions)]

    assert not any(filters())
    show(one, *Field)
    assert all(filters())


def test_consents_from_before_get_the_end_of_their_day_and_stay_as_they_were_given(app: Flask) -> None:
    one, other = members("Zuri Kielelezo", "Pia Beispiel")
    with unit_of_work() as session:
        session.get_one(Person, one.id).zone, session.get_one(Person, other.id).zone = (
            "Pacific/Auckland",
            "America/Lima",
        )
    show(one, Field.NAME, until=dt.date(2027, 4, 13))
    show(other, Field.NAME, until=dt.date(2027, 4, 13))
    ids = (one.id, other.id)
    folder = str(migrations.folder())
    db.session.remove()
    flask_migrate.Migrate().init_app(app, db, directory=folder)
    flask_migrate.downgrade(directory=folder, revision="e1b7c05a9d34")
    flask_migrate.upgrade(directory=folder)
    with reading() as session:
        kept = agreed(session, ids)
        ends = [kept[number][Field.NAME].ends_at for number in ids]
    assert ends == [dt.datetime(2027, 4, 13, 12, tzinfo=dt.UTC), dt.datetime(2027, 4, 14, 5, tzinfo=dt.UTC)]
    for change in ("UPDATE lms_directory_consent SET until = NULL", "DELETE FROM lms_directory_consent"):
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
            session.execute(text(change))
