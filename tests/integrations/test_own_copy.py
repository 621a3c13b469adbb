"""A copy holds everything that is kept of a person and nothing of others, for that person alone, for a day."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.alumni.services import past
from lms.integrations.own_copy import opening, services, views, wording
from lms.integrations.own_copy.gathering import OF_SEVERAL, WITHOUT
from lms.integrations.own_copy.models import OwnCopy
from lms.integrations.own_copy.walking import OF_NOBODY, reached
from lms.kernel import outbox, worker
from lms.kernel import secrets as kernel_secrets
from lms.kernel.clock import frozen, now
from lms.kernel.db import Base, db
from lms.kernel.models import AuditEntry, Undertaking, UndertakingState
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.people import services as people
from lms.people.models import Person, PersonKey
from lms.people.passwords import hash_password
from lms.people.proposals.rules import ProposalState
from lms.records import services as records
from lms.records.models import Revocation
from lms.seminars.models import EnrolmentState
from tests.conftest import NOW, statements
from tests.integrations.full_life import ADDRESS, FULL, LATIN, LONG_AGO, WORDS, live
from tests.integrations.traces import Sealing, in_bytes, in_tables
from tests.people.makers import make_person, signed_in_client
from tests.scope.growing import grow
from tests.scope.world import Kind, World
from tests.seminars.makers import enrol_person, make_edition

PASSWORD = "a quiet place to read"


def browser(app: Flask, person_id: int) -> FlaskClient:
    hashed = hash_password(PASSWORD)
    with unit_of_work() as session:
        people.keep_password(session, person_id=person_id, hashed=hashed, at=now())
        person = session.get_one(Person, person_id)
    return signed_in_client(app, person)


def asked(client: FlaskClient) -> dict:
    """A copy, asked for and made."""
    answer = client.post("/account/copy", data={"current": PASSWORD})
    assert answer.status_code == 303, answer.text
    worker.drain()
    found = taken(client)
    assert found.status_code == 200
    return found.get_json()


def taken(client: FlaskClient, part: str = "data", password: str = PASSWORD) -> Any:
    return client.post("/account/copy/take", data={"part": part, "take-current": password})


def test_everything_that_was_said_by_somebody_and_about_them_is_in_it(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    client = browser(app, life.person_id)
    said = asked(client)
    whole = json.dumps(said, ensure_ascii=False)
    for what, word in WORDS.items():
        assert (word in whole) == (what != "second charge"), word
    data = said["data"]
    assert {"enrolment", "record_subject", "ledger_entry", "letter", "feed_event", "session", "noted"} <= set(data)
    assert {"name.given", "record.issued"} <= {row["act"] for row in data["noted"] if row["about_you"]}
    assert {row["mark"] for row in data["attendance_mark"]} == {"present", "excused"}
    assert [(row["state"], row["source"]) for row in data["past_place"]] == [("confirmed", WORDS["source"])]
    assert [row["state"] for row in data["nomination"]] == ["taken", "left", "waiting"]
    assert [row["cells"]["name"] for row in data["import_row"]] == [LATIN]
    assert [(row["day"], row["number"]) for row in data["record_looks"]] == [(NOW.date().isoformat(), 1)]
    assert {"record_share", "record_name_showing", "introduction_report", "reinvitation"} <= set(data)
    assert [row["step"] for row in data["membership_step"]] == ["joined", "confirmed"]
    assert "membership_ask" in data
    with reading() as session:
        wrapped = session.scalars(select(PersonKey.wrapped).where(PersonKey.person_id == life.person_id)).one()
        kept = session.get_one(OwnCopy, life.person_id)
        for sealed in (kept.sealed_data, kept.sealed_pages):
            assert sealed
            assert FULL.encode() not in sealed
    assert wrapped.hex() not in whole
    assert "argon2" not in whole


def test_what_officers_have_not_decided_on_is_in_the_copy_after_they_have(app: Flask, tmp_path: Path) -> None:
    life, why = live(app, tmp_path / "course"), WORDS["second charge"]
    with reading() as session:
        waiting = select(Revocation.public_id).where(Revocation.state == ProposalState.PROPOSED)
        proposal = session.scalars(waiting).one()

    def told() -> tuple[bool, int]:
        with reading() as session:
            copy = services.gather(session, life.person_id)
        return why in json.dumps(copy), sum(row["act"] == "revocation.proposed" for row in copy["noted"])

    assert told() == (False, 1)
    with unit_of_work() as session:
        records.decline_revocation(session, record=life.record, proposal=proposal, by="another", at=now())
    assert told() == (True, 2)


def test_what_was_written_of_several_people_at_once_is_left_out_and_the_copy_says_why(app: Flask) -> None:
    officer, words = make_person(), "Kanarienliste: Zeynep and Omar"
    with unit_of_work() as session:
        edition = make_edition(session, "tiny", **LONG_AGO)
        places = [enrol_person(session, edition, becomes=EnrolmentState.NOMINATED) for _ in range(2)]
        session.flush()
        ids, person_id = [one.id for one in places], places[0].person_id
        past.propose(session, edition=edition, places=ids, source=words, by=officer.subject, at=now())
    with reading() as session:
        copy = services.gather(session, person_id)
    [told] = copy["past_place"]
    assert (told["people"], told["source"]) == (2, OF_SEVERAL)
    assert words not in json.dumps(copy)


def test_the_pages_are_a_tagged_pdf_in_every_script(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    client = browser(app, life.person_id)
    asked(client)
    answer = taken(client, "pages")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-1.7")
    path = tmp_path / "pages.pdf"
    path.write_bytes(answer.data)
    for command in (["outloud", "--fail-on", "error"], ["pdfua", "check"]):
        program = Path(sys.executable).with_name(command[0])
        done = subprocess.run([program, *command[1:], path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    made = pypdf.PdfReader(io.BytesIO(answer.data))
    assert made.root_object["/Lang"] == "en"
    assert not in_bytes(str(made.metadata).encode(), [FULL, LATIN, ADDRESS])
    words = " ".join(" ".join(page.extract_text() for page in made.pages).split())
    for word in (LATIN, ADDRESS, WORDS["reflection"], "Your completion records", "What was noted for safety"):
        assert word in words, word
    assert "my-data.pdf" in answer.headers["Content-Disposition"]
    page = client.get("/account/copy").text
    assert "Your copy is ready" in page
    assert "no letters of the script" not in page


@pytest.fixture
def world(sqlite_app: Flask, tmp_path: Path) -> World:
    return grow(sqlite_app, tmp_path / "world", 3)


def test_in_a_world_of_many_nobodys_words_stand_in_anybody_elses_copy(world: World) -> None:
    # Who is nominated and not here yet stands under a key that is nobody's, until the nomination is decided.
    # Of an entry that was joined into another one the name is gone and the address not yet proved.
    apart, gone = (Kind.NOMINEE, Kind.INTRODUCTION, Kind.ROW), {mark.text for mark in world.gone}
    marks = [mark for mark in world.marks if mark.kind not in apart and mark.text not in gone]
    between = [mark.text for mark in world.marks if mark.kind is Kind.INTRODUCTION]
    everybody, found = {mark.person_id for mark in marks}, dict[int, str]()
    for person_id in sorted(everybody):
        with reading() as session:
            found[person_id] = json.dumps(services.gather(session, person_id), ensure_ascii=False).lower()
    with reading() as session:
        subjects = {row.id: row.subject.lower() for row in session.execute(select(Person.id, Person.subject))}
    for person_id, whole in found.items():
        assert [number for number, subject in subjects.items() if subject in whole] == [person_id]
        standing = {mark.text for mark in marks if mark.text in whole}
        assert standing == {mark.text for mark in marks if mark.person_id == person_id}
    (asker, asked_one), (other, asked_too) = world.introduced
    assert asked_too == asked_one
    assert [text in found[asker] for text in between] == [True, False, False], "what was reported of them is not told"
    assert [text in found[asked_one] for text in between] == [False, True, False]
    assert [text in found[other] for text in between] == [False, False, True]
    assert len(found) > 10


def test_every_table_leads_to_a_person_or_holds_nothing_of_one_for_a_reason() -> None:
    tables = set(Base.metadata.tables)
    assert tables - reached() - set(OF_NOBODY) == set(), "say in walking.py how a person is found there, or why not"
    assert set(OF_NOBODY) - (tables - reached()) == set()
    assert all(OF_NOBODY.values())


def test_every_table_that_leads_to_a_person_has_its_place_on_the_pages() -> None:
    placed = {f"lms_{table}" for _title, tables in wording.TITLES for table in tables.split()}
    elsewhere = WITHOUT | {f"lms_{table}" for table in wording.FOR_PROGRAMS}
    assert placed | elsewhere >= reached()
    assert placed <= reached()
    named = {f"lms_{table}" for table in wording.ENTRIES}
    assert named <= placed
    assert {"lms_nomination", "lms_import_row", "lms_record_share", "lms_record_looks", "lms_introduction"} <= named


def test_every_sealed_column_of_them_is_opened_or_stays_closed_for_a_reason() -> None:
    sealed = {
        f"{name}.{column.name}"
        for name in reached()
        for column in Base.metadata.tables[name].columns
        if column.name.startswith("sealed") and name != "lms_ledger_seal"
    }
    spoken = {*opening.OPENS, opening.UPLOADED, *opening.CLOSED}
    assert sealed - spoken == set(), "say in opening.py how these are opened, or why they stay closed"
    assert spoken - sealed == set()
    assert all(opening.CLOSED.values())


def test_a_copy_is_for_its_person_alone_and_for_a_day(app: Flask) -> None:
    mine, other = make_person(), make_person()
    client = browser(app, mine.id)
    assert taken(client).status_code == 404
    first = asked(client)
    assert taken(browser(app, other.id)).status_code == 404
    assert first["about"] == mine.subject
    with frozen(NOW + dt.timedelta(hours=23)):
        assert taken(browser(app, mine.id)).status_code == 200
    with frozen(NOW + dt.timedelta(days=1)):
        client = browser(app, mine.id)
        assert taken(client).status_code == 404
        with own_transaction() as session:
            services.tidy(session, {}, now())
    with reading() as session:
        assert session.get(OwnCopy, mine.id) is None


def test_asking_takes_the_password_and_five_times_a_day_is_enough(app: Flask) -> None:
    person = make_person()
    client = browser(app, person.id)
    wrong = client.post("/account/copy", data={"current": "something else"})
    assert wrong.status_code == 422
    assert "This is not your present password." in wrong.text
    made = set()
    for number in range(5):
        with frozen(NOW + dt.timedelta(minutes=6 * number)):
            made.add(sha256(json.dumps(asked(client)).encode()).hexdigest())
    assert len(made) == 5
    assert client.post("/account/copy", data={"current": PASSWORD}).status_code == 429
    with reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "own-copy.asked")).all()
    assert len(acts) == 5


def test_whoever_finds_the_page_open_takes_nothing_without_the_password(app: Flask) -> None:
    client = browser(app, make_person().id)
    asked(client)
    for password, said in (("", "Please fill this in."), ("something else", "This is not your present password.")):
        answer = taken(client, password=password)
        assert (answer.status_code, answer.mimetype) == (422, "text/html")
        assert said in answer.text
        assert answer.text.count('type="password"') == 2
    assert taken(client, "keys").status_code == 404
    for path in ("data.json", "pages.pdf", "take"):
        assert client.get(f"/account/copy/{path}").status_code in (404, 405)
    for _time in range(8):
        taken(client, password="something else")
    assert taken(client).status_code == 429
    with reading() as session:
        acts = session.execute(select(AuditEntry.details).where(AuditEntry.act == "own-copy.taken")).scalars().all()
    assert acts == [{"part": "data"}], "each taking is noted, and no other"


def test_behind_a_hosts_door_which_knows_no_password_each_part_is_taken_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(app, make_person().id)
    asked(client)
    monkeypatch.setattr(views, "_own_door", lambda: False)
    page = client.get("/account/copy").text
    assert "Each can be taken once." in page
    assert 'type="password"' not in page
    for part, left in (("pages", "The data (JSON)"), ("data", "Your copy was taken.")):
        assert client.post("/account/copy/take", data={"part": part}).status_code == 200
        assert client.post("/account/copy/take", data={"part": part}).status_code == 404
        assert left in client.get("/account/copy").text
    assert client.post("/account/copy").status_code == 303
    worker.drain()
    assert client.post("/account/copy/take", data={"part": "data"}).get_json()["data"]


def test_asking_twice_makes_one_and_shows_how_far_it_is(app: Flask) -> None:
    person = make_person()
    client = browser(app, person.id)
    for _twice in range(2):
        assert client.post("/account/copy", data={"current": PASSWORD}).status_code == 303
    page = client.get("/account/copy").text
    assert "Your copy is being made" in page
    assert 'max="2"' in page
    worker.drain()
    with reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "own-copy.asked")).all()
    assert len(acts) == 1


@pytest.mark.parametrize("pieces", [0, 1])
def test_whoever_is_erased_while_it_is_made_leaves_nothing(
    app: Flask, pieces: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing, name = Sealing(), "Kanarya Mfano"
    monkeypatch.setattr(kernel_secrets, "AESGCM", sealing)
    person_id = make_person(name).id
    browser(app, person_id).post("/account/copy", data={"current": PASSWORD})
    db.session.remove()
    while pieces and not _data_made(person_id):
        assert outbox.run_one("worker")
    assert _data_made(person_id) == bool(pieces)
    with unit_of_work() as session:
        people.erase(session, person=session.get_one(Person, person_id), by=None, at=now())
    db.session.remove()
    worker.drain()
    with reading() as session:
        assert session.get(OwnCopy, person_id) is None
        assert set(session.scalars(select(Undertaking.state))) == {UndertakingState.DONE}
    assert in_tables([name]) == []
    assert sealing.opens([name]) == set()


def _data_made(person_id: int) -> bool:
    with reading() as session:
        return session.get_one(OwnCopy, person_id).sealed_data is not None


def test_the_page_costs_a_few_statements(app: Flask) -> None:
    client = browser(app, make_person().id)
    asked(client)
    with statements(app) as sent:
        assert client.get("/account/copy").status_code == 200
    told = [line for line in sent if "lms_session" not in line and not line.startswith("PRAGMA")]
    assert len(told) <= 4, told
