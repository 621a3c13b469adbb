"""The feed tells each partner, in its own ids, everything that becomes true, once, in order, and skips nothing."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.alumni.feed import permits, services
from lms.alumni.feed.models import FeedEvent, FeedPerson, FeedToken
from lms.alumni.feed.rules import Field, Told, news, read_cursor
from lms.kernel import worker
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.people import services as people
from lms.people.models import Person
from lms.people.queries import viewer_for_person
from lms.people.rules import PersonName
from lms.records import services as records
from lms.records.models import RecordAct, RecordSubject
from lms.records.queries import valid_records
from lms.records.queries.life import Wish
from tests.alumni.feeds import ALL, EVENTS, Program, kinds, make_partner, make_token, program
from tests.conftest import NOW, statements
from tests.people.makers import make_person, signed_in_client
from tests.records.guards import altered
from tests.records.makers import AT, close, finished_place, make_edition

OPENED = ["record.issued", "alumni.status.opened"]


def complete(*names: str | PersonName | int) -> list[int]:
    """An edition that these people complete, new ones by name and known ones by number; their ids."""
    with unit_of_work() as session:
        edition = make_edition(session)
        places = [finished_place(session, edition, person=make(session, name)) for name in names]
        close(session, edition)
        found = [place.person_id for place in places]
    worker.drain()
    return found


def make(session: Session, name: str | PersonName | int) -> Person:
    if isinstance(name, int):
        return session.get_one(Person, name)
    return people.create_person(session, name=name, address=None, at=AT)


def record_of(person_id: int) -> str:
    with reading() as session:
        return session.scalars(select(RecordSubject.record).where(RecordSubject.person_id == person_id)).one()


def end(person_id: int, act: RecordAct = RecordAct.WITHDRAWN) -> None:
    record = record_of(person_id)
    with unit_of_work() as session:
        records.end(session, record=record, act=act, at=now())
    worker.drain()


def rename(person_id: int, name: str) -> None:
    with unit_of_work() as session:
        people.change_name(session, person=session.get_one(Person, person_id), name=PersonName(full=name), at=now())
    worker.drain()


def correct(person_id: int, name: str, institution: str = "Ministry of examples") -> str:
    """The newest record in force says another name than before; gives its successor."""
    with unit_of_work() as session:
        holder = session.get_one(Person, person_id).subject
        record = valid_records(session, person_id)[-1][0]
        wish = Wish(PersonName(full=name), institution, "It is my name since March.")
        asked = records.ask_correction(session, record=record, wish=wish, by=holder, at=now())
        session.flush()
        made = records.grant_request(session, record=record, request=asked.public_id, by="-", at=now())
    worker.drain()
    return made


def erase(person_id: int) -> None:
    with unit_of_work() as session:
        people.erase(session, person=session.get_one(Person, person_id), by=None, at=now())
    worker.drain()


def findings() -> list[object]:
    with own_transaction() as session:
        found = run_all(session)
        return [*found["alumni.feed"], *found["alumni.status"]]


# What is told -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "now", "kind"),
    [
        (Told(), Told(), None),
        (Told(), Told(NOW.date(), 1), "alumni.status.opened"),
        (Told(NOW.date(), 1), Told(NOW.date(), 2), "alumni.status.changed"),
        (Told(NOW.date(), 2), Told(NOW.date(), 2), None),
        (Told(NOW.date(), 1), Told(), "alumni.status.ended"),
    ],
)
def test_what_has_to_be_told_is_what_differs_from_what_was_told(told: Told, now: Told, kind: str | None) -> None:
    assert news(told, now) == kind


def test_a_record_and_the_status_that_follows_are_told_and_so_is_their_end(app: Flask) -> None:
    [person] = complete("Amina Mfano")
    reader = program(app)
    issued, opened = reader.read()
    assert kinds([issued, opened]) == OPENED
    assert issued["specversion"] == "1.0"
    assert issued["source"] == opened["source"] == f"http://127.0.0.1:8000{EVENTS}"
    assert issued["subject"] == opened["subject"]
    assert [issued["sequence"], opened["sequence"]] == ["0000000001", "0000000002"]
    assert opened["data"] == {"since": "2027-05-21", "records": 1}
    assert issued["time"] == "2027-05-21T10:00:00.000000Z"
    end(person)
    told = reader.read(f"after={opened['cursor']}")
    assert kinds(told) == ["record.ended", "alumni.status.ended"]
    assert told[0]["data"]["record"] == issued["data"]["record"]
    assert told[0]["data"]["act"] == "withdrawn"
    assert [event["sequence"] for event in told] == ["0000000003", "0000000004"]
    assert findings() == []


def test_nothing_is_told_but_ids_unless_the_partner_may_and_asks(app: Flask) -> None:
    complete(PersonName(full="محمد مثال", latin="Muhammad Mithal"))
    reader = program(app)
    issued, opened = reader.read()
    assert set(issued["data"]) == {"record", "dated"}
    assert set(opened["data"]) == {"since", "records"}
    assert set(reader.read("include=editions,states")[0]["data"]) == {"record", "dated", "edition", "state"}
    issued, opened = reader.read("include=names")
    assert issued["data"]["name"] == opened["data"]["name"] == {"full": "محمد مثال", "latin": "Muhammad Mithal"}


def mark(person_id: int, marking: int, *, on: bool) -> None:
    with unit_of_work() as session:
        by = viewer_for_person(session, marking, now())
        assert by
        said = {"person_id": person_id, "state_code": "TZ", "on": on, "reason": "Not to be named, in a test."}
        people.mark_person(session, **said, by=by, at=now())
    worker.drain()


def test_who_is_not_to_be_named_is_neither_named_nor_told_with_a_state(app: Flask) -> None:
    hidden, _shown = complete("Kanari Mfano", "Amina Mfano")
    mark(hidden, make_person().id, on=True)
    said = json.dumps(program(app).read("include=names,states,editions"))
    assert "Amina" in said
    assert "Kanari" not in said
    assert said.count('"state"') == 1


def test_who_was_told_of_by_name_and_is_marked_is_told_to_be_forgotten_and_may_be_named_again(app: Flask) -> None:
    marked, _other = complete("Kanari Mfano", "Amina Mfano")
    marking, reader, everything = make_person().id, program(app), "include=names,states"
    told = reader.read(everything)
    assert "Kanari" in json.dumps(told)
    [subject] = {event["subject"] for event in told if event["data"]["name"]["full"].startswith("Kanari")}
    bare = program(app, frozenset(), name="Another partner")
    for on, data in ((True, {"withheld": True}), (False, {"name": {"full": "Kanari Mfano"}})):
        mark(marked, marking, on=on)
        [event] = reader.read(f"{everything}&after={told[-1]['cursor']}")
        assert (event["subject"], kinds([event]), event["data"]) == (subject, ["person.name-corrected"], data)
        assert findings() == []
        assert bare.read()[-1]["data"] == {}
        told.append(event)


def test_a_move_into_a_marked_state_or_out_of_it_is_told_by_the_worker(app: Flask) -> None:
    complete("Kanari Mfano")
    reader = program(app)
    [*_before, last] = reader.read()
    with unit_of_work() as session:
        session.execute(update(FeedPerson).values(withheld=True))  # as it was told while the state was marked
    with unit_of_work() as session:
        services.complete(session, {}, now())
    worker.drain()
    [event] = reader.read(f"include=names&after={last['cursor']}")
    assert event["data"] == {"name": {"full": "Kanari Mfano"}}
    assert findings() == []


def test_two_partners_are_given_no_id_in_common(app: Flask) -> None:
    complete("Amina Mfano", "Nia Mfano")
    one, other = program(app, name="One"), program(app, name="Other")
    ids = [
        {
            text
            for event in reader.read()
            for text in (event["id"], event["cursor"], event["subject"], event["data"].get("record", ""))
        }
        - {""}
        for reader in (one, other)
    ]
    assert len(ids[0]) == len(ids[1]) == 12
    assert not ids[0] & ids[1]
    with reading() as session:
        ours = {*session.scalars(select(RecordSubject.record)), *session.scalars(select(RecordSubject.subject))}
        ours |= set(session.scalars(select(Person.subject)))
    assert not ours & (ids[0] | ids[1])
    assert one.read() == one.read()


def test_the_name_that_is_told_is_that_on_the_certificate_and_not_that_of_the_account(app: Flask) -> None:
    [person] = complete("Amina Mfano")
    reader = program(app)
    told = reader.read()
    rename(person, "Amina Mfano-Jirani")
    assert reader.read(f"after={told[-1]['cursor']}") == []
    assert {event["data"]["name"]["full"] for event in reader.read("include=names")} == {"Amina Mfano"}
    correct(person, "Amina Mfano-Jirani")
    correct(person, "Amina Mfano-Jirani", "Ministry of Justice")
    named = [event for event in reader.read("include=names") if "name" in event["data"]]
    assert {event["data"]["name"]["full"] for event in named} == {"Amina Mfano-Jirani"}
    again = kinds(reader.read(f"after={told[-1]['cursor']}"))
    assert again == ["record.issued", "record.ended", "person.name-corrected", "record.issued", "record.ended"]
    assert findings() == []


def test_where_the_newest_record_ends_the_name_on_the_one_before_is_told_and_in_the_end_none(app: Flask) -> None:
    [person] = complete("Amina Mfano")
    first = record_of(person)
    rename(person, "Amina Mfano-Jirani")
    complete(person)
    reader = program(app)
    told = reader.read("include=names")
    assert kinds(told)[2:] == ["record.issued", "alumni.status.changed", "person.name-corrected"]
    assert {event["data"]["name"]["full"] for event in told} == {"Amina Mfano-Jirani"}
    with reading() as session:
        [second] = {record for record, _day in valid_records(session, person)} - {first}
    for record in (second, first):
        with unit_of_work() as session:
            records.end(session, record=record, act=RecordAct.WITHDRAWN, at=now())
        worker.drain()
        told = reader.read(f"after={told[-1]['cursor']}&include=names")
        if record == second:
            assert kinds(told) == ["record.ended", "alumni.status.changed", "person.name-corrected"]
            assert told[-1]["data"]["name"] == {"full": "Amina Mfano"}
    assert kinds(told) == ["record.ended", "alumni.status.ended"]
    assert not [event for event in reader.read("include=names") if "name" in event["data"]]
    assert findings() == []


def test_a_copy_of_a_name_that_cannot_be_opened_keeps_nobody_else_from_being_told_of(sqlite_app: Flask) -> None:
    spoilt, _other = complete("Kanari Mfano", "Amina Mfano")
    copy = update(RecordSubject).where(RecordSubject.person_id == spoilt).values(sealed_name=b"nothing at all")
    altered("lms_record_subject", copy)
    said = program(sqlite_app).read("include=names")
    assert [event["data"].get("name") for event in said] == [None, {"full": "Amina Mfano"}] * 2


def test_a_corrected_record_is_told_with_its_successor_and_the_status_goes_on(app: Flask) -> None:
    [person] = complete("Amina Mfano")
    reader = program(app)
    issued, opened = reader.read()
    correct(person, "Amina Mfano-Jirani")
    told = reader.read(f"after={opened['cursor']}")
    assert kinds(told) == ["record.issued", "record.ended", "person.name-corrected"]
    assert told[0]["data"]["replaces"] == told[1]["data"]["record"] == issued["data"]["record"]
    assert told[1]["data"]["successor"] == told[0]["data"]["record"] != issued["data"]["record"]
    assert told[1]["data"]["act"] == "corrected"
    assert findings() == []


def test_what_was_told_of_somebody_is_emptied_when_they_are_erased(app: Flask) -> None:
    person, _other = complete("Kanari Mfano", "Amina Mfano")
    reader = program(app)
    before = reader.read("include=editions,states,names")
    subject = next(event["subject"] for event in before if "Kanari" in json.dumps(event))
    erase(person)
    after = reader.read("include=editions,states,names")
    theirs = [event for event in after if event["subject"] == subject]
    assert kinds(theirs) == [*OPENED, "person.erased"]
    assert [event["data"] for event in theirs] == [{"erased": True}, {"erased": True}, {}]
    assert [event["id"] for event in before] == [event["id"] for event in after[: len(before)]]
    with reading() as session:
        rows = session.scalars(select(FeedEvent.facts).where(FeedEvent.person_id == person)).all()
        told = session.get_one(FeedPerson, person)
        assert (list(rows), told.since, told.records, told.sealed_name) == ([{}, {}, {}], None, 0, None)
    assert findings() == []


def test_of_whom_nothing_was_told_nothing_is_told_when_they_are_erased(app: Flask) -> None:
    person = make_person()
    erase(person.id)
    assert program(app).read() == []


def test_what_was_true_before_there_was_a_feed_is_told_by_the_worker(app: Flask) -> None:
    people_there = complete("Amina Mfano", "Nia Mfano")
    end(people_there[1])
    with unit_of_work() as session:
        for table in (FeedEvent, FeedPerson):
            session.execute(table.__table__.delete())  # type: ignore[attr-defined]
    assert len(findings()) == 2
    with own_transaction() as session:
        services.complete(session, {}, now())
    worker.drain()
    assert findings() == []
    assert kinds(program(app).read()) == ["record.issued", "record.issued", "record.ended", "alumni.status.opened"]


def test_telling_of_many_takes_as_many_statements_as_telling_of_one(app: Flask) -> None:
    counts = []
    for number in (1, 4):
        with unit_of_work() as session:
            edition = make_edition(session)
            places = [finished_place(session, edition) for _ in range(number)]
            ids = [place.person_id for place in places]
            close(session, edition)
        with unit_of_work() as session:
            for table in (FeedEvent, FeedPerson):
                session.execute(table.__table__.delete())  # type: ignore[attr-defined]
        with statements(app) as sent, unit_of_work() as session:
            services.tell(session, person_ids=ids, at=now())
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 11


# The order ----------------------------------------------------------------------------------------------------------


def test_what_is_committed_late_is_not_skipped(app: Flask) -> None:
    first, second = complete("Amina Mfano", "Nia Mfano")
    reader = program(app)
    last = reader.read()[-1]["cursor"]
    order, seen = _two_at_once(first, second, reader, last)
    assert order == ["second", "first"]
    assert len(seen) == 2
    assert len({event["subject"] for event in seen}) == 2


def _two_at_once(first: int, second: int, reader: Program, last: str) -> tuple[list[str], list[dict]]:
    """The first writes its event before the second does, but commits after the second was placed and read."""
    written, read, order = threading.Event(), threading.Event(), []
    app, concurrent = reader.client.application, db.engine.dialect.name == "postgresql"

    def slow() -> None:
        with app.app_context(), frozen(NOW), unit_of_work() as session:
            people.erase(session, person=session.get_one(Person, first), by=None, at=now())
            written.set()
            if concurrent:
                assert read.wait(20)
            order.append("first")

    thread = threading.Thread(target=slow)
    if concurrent:
        thread.start()
        assert written.wait(20)
    with unit_of_work() as session:
        people.erase(session, person=session.get_one(Person, second), by=None, at=now())
    order.append("second")
    worker.drain()
    seen = reader.read(f"after={last}")
    read.set()
    if not concurrent:
        thread.start()
    thread.join(20)
    with own_transaction() as session:
        services.place(session, {}, now())
    return order, [*seen, *reader.read(f"after={seen[-1]['cursor']}")]


def test_a_long_history_is_read_in_pages_without_a_gap(app: Flask) -> None:
    complete(*(f"Person {number} Mfano" for number in range(7)))
    reader = program(app)
    whole, cursor, pages = reader.read("limit=500"), "", []
    while True:
        answer = reader.ask(f"limit=3&after={cursor}")
        page = json.loads(answer.data)
        if not page:
            break
        assert answer.headers["Feed-More"] == ("true" if len(pages) < 4 else "false")
        assert answer.headers["Feed-Cursor"] == page[-1]["cursor"]
        cursor = page[-1]["cursor"]
        pages.append(page)
    assert [event for page in pages for event in page] == whole
    assert len(whole) == 14
    assert answer.headers["Feed-Cursor"] == cursor
    assert f"after={cursor}" in answer.headers["Link"]
    places = [read_cursor(event["cursor"]).position for event in whole]
    assert places == list(range(1, 15))


def test_whoever_asks_again_is_told_that_nothing_has_changed(app: Flask) -> None:
    [person] = complete("Amina Mfano")
    reader = program(app)
    first = reader.ask()
    again = reader.ask("", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Feed-Cursor"] == first.headers["Feed-Cursor"]
    end(person)
    assert reader.ask("", **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_page_costs_the_same_few_statements_however_long_it_is(app: Flask) -> None:
    complete(*(f"Person {number} Mfano" for number in range(5)))
    reader = program(app)
    reader.read()
    counts = []
    for limit in (1, 10):
        with statements(app) as sent:
            reader.read(f"limit={limit}&include=names")
        counts.append([text for text in sent if not text.startswith("PRAGMA")])
    assert len(counts[0]) == len(counts[1]) <= 5, counts


# Who may read -------------------------------------------------------------------------------------------------------


def problem(answer, status: int, kind: str) -> dict:  # type: ignore[no-untyped-def]
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    said: dict = json.loads(answer.data)
    assert set(said) == {"type", "title", "status", "detail"}
    assert said["status"] == status
    assert said["type"].endswith(f"#{kind}")
    return said


def test_nobody_reads_without_a_token_that_holds(app: Flask) -> None:
    complete("Amina Mfano")
    partner = make_partner()
    token = make_token(partner, days=3)
    bare = Program(app, "").ask()
    problem(bare, 401, "no-token")
    assert bare.headers["WWW-Authenticate"].startswith("Bearer")
    problem(Program(app, token + "x").ask(), 401, "invalid-token")
    assert Program(app, token).ask().status_code == 200
    with frozen(NOW + dt.timedelta(days=4)):
        problem(Program(app, token).ask(), 401, "invalid-token")
    with reading() as session:
        kept = session.scalars(select(FeedToken.token_digest)).one()
    assert token not in kept
    problem(Program(app, kept).ask(), 401, "invalid-token")


def test_a_partner_that_one_administrator_named_alone_reads_nothing(app: Flask) -> None:
    partner = make_partner(confirmed=False)
    with pytest.raises(Refused):
        make_token(partner)
    with pytest.raises(Refused), unit_of_work() as session:
        permits.confirm_partner(session, public_id=partner.public_id, by="first", at=now())


def test_another_token_lets_the_one_before_go_on_for_a_week(app: Flask) -> None:
    partner = make_partner()
    old = make_token(partner)
    new = make_token(partner)
    assert Program(app, old).ask().status_code == Program(app, new).ask().status_code == 200
    with frozen(NOW + dt.timedelta(days=7, seconds=1)):
        problem(Program(app, old).ask(), 401, "invalid-token")
        assert Program(app, new).ask().status_code == 200


def test_more_than_a_partner_may_be_told_is_refused_and_not_left_out(app: Flask) -> None:
    reader = program(app, frozenset({Field.EDITIONS}))
    assert reader.ask("include=editions").status_code == 200
    refused = reader.ask("include=editions,names")
    problem(refused, 403, "insufficient-scope")
    assert 'scope="names"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=x",
        "limit=٣",
        "after=x",
        "after=0.00000000",
        "after=1",
        "include=addresses",
        "a=b",
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(app: Flask, query: str) -> None:
    problem(program(app).ask(query), 400, "bad-request")


def test_a_cursor_from_before_an_older_backup_was_restored_leads_to_a_new_beginning(app: Flask) -> None:
    complete("Amina Mfano")
    reader = program(app)
    cursor = reader.read()[-1]["cursor"]
    with unit_of_work() as session:
        session.execute(update(FeedEvent).where(FeedEvent.position == 2).values(event="0" * 36))
    problem(reader.ask(f"after={cursor}"), 410, "begin-anew")
    problem(reader.ask("after=99.00000000"), 410, "begin-anew")


def test_whoever_asks_too_often_or_tries_tokens_out_has_to_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.alumni.feed.api.READ_AT_MOST", 2)
    monkeypatch.setattr("lms.alumni.feed.api.WRONG_AT_MOST", 2)
    reader = program(app)
    assert [reader.ask().status_code for _ in range(3)] == [200, 200, 429]
    problem(reader.ask(), 429, "too-many")
    assert reader.ask().headers["Retry-After"] == "300"
    wrong = Program(app, "lmsfeed_x")
    assert [wrong.ask().status_code for _ in range(3)] == [401, 401, 429]


def test_when_a_token_was_used_last_is_kept_to_five_minutes(app: Flask) -> None:
    reader = program(app)
    used = []
    for minutes in (0, 4, 6):
        with frozen(NOW + dt.timedelta(minutes=minutes)):
            reader.ask()
        with reading() as session:
            used.append(session.scalars(select(FeedToken.used_at)).one())
    assert used == [NOW, NOW, NOW + dt.timedelta(minutes=6)]


def test_a_cookie_is_neither_read_nor_set(app: Flask) -> None:
    person = make_person()
    client = signed_in_client(app, person)
    problem(client.get(EVENTS), 401, "no-token")
    answer = program(app).ask()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert ALL


def test_no_token_stands_in_the_log(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    app.config["LMS_ACCESS_LOG"] = True
    reader = program(app)
    assert [reader.ask().status_code, Program(app, f"{reader.token}x").ask().status_code] == [200, 401]
    said = capfd.readouterr()
    assert "feed.events" in said.out + said.err
    assert reader.token not in said.out + said.err
