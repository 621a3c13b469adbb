"""After an erasure nothing that names the person is left: not in the database or its log, in letters or backups."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import quopri
import shutil
import tempfile
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.alumni.models import DirectoryWords, Member
from lms.integrations.mail import forgetting
from lms.integrations.own_copy import services as own_copies
from lms.integrations.own_copy.models import OwnCopy
from lms.kernel import audit, scrubbing, worker
from lms.kernel import secrets as kernel_secrets
from lms.kernel.checks import Finding, run_all
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry, Job, JobState
from lms.kernel.settings import keyring, settings_of
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.people import erased
from lms.people import services as people
from lms.people.models import FailureKind, IdentityRow, MailFailure, Person, PersonKey, SentLetter, SignInSession
from lms.people.rules import Role
from lms.people.services import tidying
from lms.records.credentials.checking import judged
from lms.records.credentials.export import export
from lms.records.credentials.handing import PICTURES
from lms.records.models import RecordAct, RecordSubject
from lms.records.queries import state_of
from lms.records.rules.baking import carried
from lms.records.verification.models import NameShowing, RecordLooks, RecordShare
from tests.alumni.feeds import Program
from tests.integrations.test_backup import make, restore
from tests.integrations.traces import (
    Sealing,
    forms,
    in_bytes,
    in_files,
    in_tables,
    log_ends_at,
    log_files,
    log_since,
    table_files,
    told,
)
from tests.pages import shown_in
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.credentials.test_signing import key_documents

from .full_life import ADDRESS, CORRECTED, FULL, LATIN, OTHER, WORDS, Life, live


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where our code makes temporary files, to be looked through."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def erase(person_id: int) -> None:
    with unit_of_work() as session:
        people.erase(session, person=session.get_one(Person, person_id), by="-", at=now())
    db.session.remove()
    worker.drain()


def findings() -> set[Finding]:
    with own_transaction() as session:
        return {finding for found in run_all(session).values() for finding in found}


def waiting() -> list[str]:
    """Work that was not done."""
    with reading() as session:
        return list(session.scalars(select(Job.kind).where(Job.state != JobState.DONE)))


def exported(folder: Path, words: list[str]) -> list[str]:
    """The words that stand in the files of an export of all records, which is then removed, as operators do."""
    with reading() as session:
        export(session, folder)
    found = in_files(folder, words)
    shutil.rmtree(folder)
    return found


def pictured(app: Flask, life: Life) -> str:
    """What the pictures carry that the holder takes from the page of the record."""
    with unit_of_work() as session:
        client = signed_in_client(app, session.get_one(Person, life.person_id))
    answers = [client.get(f"/records/{life.record}/badge.{kind}") for kind in PICTURES]
    assert [answer.status_code for answer in answers] == [200] * len(PICTURES)
    return "".join(carried(answer.data).decode() for answer in answers)


def signed_file(app: Flask, life: Life) -> str:
    """The file that a stranger takes by the link."""
    return app.test_client().get(f"/v/{life.code}/shared/{life.shared}/file").text


def test_after_an_erasure_no_word_of_the_person_is_left_anywhere(
    app: Flask, tmp_path: Path, temporary: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing, log_begins = Sealing(), log_ends_at()
    monkeypatch.setattr(kernel_secrets, "AESGCM", sealing)
    life = live(app, tmp_path / "course")
    home, words = settings_of(app).home, list(WORDS.values())
    tables = {place.partition(":")[0].removeprefix("lms_") for place in sealing.opens(words)}
    assert {"nomination", "import_row", "contact_note", "introduction", "introduction_report", "own_copy"} <= tables
    assert {"record_subject", "record_credential", "record_correction", "record_revocation"} <= tables
    assert {"reinvitation", "past_attestation", "directory_words", "feed_person"} <= tables
    backups = tmp_path / "backups"
    make(backups / "before", app)
    there = [found.rpartition("/")[2] for found in exported(tmp_path / "first", words)]
    assert {f"completion-record.{kind}: {word}" for kind in ("json", "png") for word in (CORRECTED, FULL)} <= {*there}
    assert {ADDRESS, OTHER} <= {found.rpartition(": ")[2] for found in in_files(home / "mail", words)}
    assert CORRECTED in pictured(app, life)
    assert CORRECTED in signed_file(app, life)
    before = findings()
    erase(life.person_id)
    make(backups / "after", app)
    assert waiting() == []
    assert in_tables(words) == []
    assert sealing.opens(words) == set(), "sealed under a key that is left"
    blinds = [keyring().blind(address) for address in (ADDRESS, OTHER)]
    assert in_tables(blinds) == [], "what finds a person by an address"
    log = log_since(log_begins)
    assert life.wrapped in log or db.engine.dialect.name == "sqlite", "the test would find a word"
    assert in_bytes(log, words) == set()
    assert [key for key in sealing.person_keys() if key in log or key.hex().encode() in log] == []
    said_out = capfd.readouterr()
    assert in_bytes((said_out.out + said_out.err).encode(), words) == set()
    assert exported(tmp_path / "second", words) == []
    for folder in (home, backups, temporary):
        assert in_files(folder, words) == [], folder
    assert findings() <= before, "an erasure leaves everything in order"


def test_strangers_find_a_valid_record_and_nobody_s_name_after_an_erasure(app: Flask, tmp_path: Path) -> None:
    life, stranger = live(app, tmp_path / "course"), app.test_client()
    pages = (f"/v/{life.code}", f"/v/{life.code}/shared/{life.shared}")
    assert CORRECTED in signed_file(app, life)
    for address in pages:
        assert CORRECTED in stranger.get(address).text
    erase(life.person_id)
    assert not in_bytes(signed_file(app, life).encode(), WORDS.values())
    answers = [stranger.get(address) for address in pages]
    answers.append(stranger.post(f"/v/{life.code}/name", data={"name": CORRECTED}))
    for answer in answers:
        assert answer.status_code == 200
        assert "This certificate is valid" in answer.text
        assert "Valid; ask the holder for the signed file" in answer.text
        assert not in_bytes(answer.data + str(answer.headers).encode(), WORDS.values())
    with reading() as session:
        for table in (RecordShare, NameShowing, RecordLooks):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table


def test_after_an_erasure_not_even_the_wrapped_key_is_left_in_the_database(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    assert [name for name, whole in database_files() if life.wrapped in whole], "the test would find the key"
    make(tmp_path / "backups" / "before", app)
    erase(life.person_id)
    make(tmp_path / "backups" / "after", app)
    assert [name for name, whole in database_files() if life.wrapped in whole] == []
    with reading() as session:
        assert life.wrapped not in set(session.scalars(select(PersonKey.wrapped)))
    kept = [path for path in (tmp_path / "backups" / "after").rglob("*") if path.is_file()]
    assert kept
    assert [
        path for path in kept if life.wrapped in path.read_bytes() or life.wrapped.hex().encode() in path.read_bytes()
    ] == []


def test_the_key_that_was_written_last_leaves_the_file_too(app: Flask) -> None:
    """Below the last row of a page lies nothing that would be moved over what was deleted."""
    last = [make_person() for _ in range(3)][-1]
    with reading() as session:
        wrapped = session.scalars(select(PersonKey.wrapped).where(PersonKey.person_id == last.id)).one()
    assert [name for name, whole in database_files() if wrapped in whole], "the test would find the key"
    erase(last.id)
    assert [name for name, whole in database_files() if wrapped in whole] == []


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_files_of_the_log_from_before_an_erasure_go_with_a_checkpoint_where_they_are_not_used_anew(
    app: Flask,
) -> None:
    [(recycled,)] = told("SHOW wal_recycle")
    assert recycled == "off", "as the documentation says"
    erased_one = make_person()
    with reading() as session:
        wrapped = session.scalars(select(PersonKey.wrapped).where(PersonKey.person_id == erased_one.id)).one()
    told("CHECKPOINT")
    assert any(wrapped in whole for whole in log_files())
    erase(erased_one.id)
    told("SELECT pg_switch_wal()")
    told("CHECKPOINT")
    assert not any(wrapped in whole for whole in log_files())


def test_the_files_are_cleared_once_for_many_erasures(app: Flask) -> None:
    with unit_of_work() as session:
        for person in [make_person() for _ in range(3)]:
            people.erase(session, person=session.get_one(Person, person.id), by="-", at=now())
    db.session.remove()
    worker.drain()
    with reading() as session:
        tries = session.scalars(select(Job.tries).where(Job.kind == scrubbing.SCRUB)).all()
    assert (len(tries), sum(tries)) == (6, 1)
    assert waiting() == []


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_one_table_that_is_read_does_not_keep_the_others_waiting(app: Flask) -> None:
    person = make_person()
    with db.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM lms_import_row"))
        erase(person.id)
        assert waiting() == [scrubbing.SCRUB]
    with reading() as session:
        left = session.scalars(select(Job.payload).where(Job.state == JobState.WAITING)).all()
    assert [one["tables"] for one in left] == [["lms_import_row", "lms_nomination"]]


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
@pytest.mark.parametrize("looked_at", ["lms_person_key", "lms_job"])
def test_while_an_older_transaction_may_look_at_what_was_deleted_the_work_is_not_done(
    app: Flask, looked_at: str
) -> None:
    person = make_person()
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as older:
        older.execute(text(f"SELECT count(*) FROM {looked_at}"))
        erase(person.id)
        assert waiting() == [scrubbing.SCRUB]
        with pytest.raises(scrubbing.Busy):
            scrubbing.scrub({"tables": ["lms_person_key"]}, "again")
        assert db.session.execute(text("SHOW lock_timeout")).scalar() == "0", "nobody else is so impatient"
        db.session.rollback()
    scrubbing.scrub({"tables": ["lms_person_key"]}, "again")


def database_files() -> list[tuple[str, bytes]]:
    """What the database keeps its tables in, and on SQLite its log."""
    if db.engine.dialect.name == "postgresql":
        return list(table_files())
    path = Path(str(db.engine.url.database))
    return [(one.name, one.read_bytes()) for one in path.parent.glob(f"{path.name}*") if one.is_file()]


def test_an_older_backup_that_is_restored_is_searched_in_vain_too(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        life = live(app, tmp_path / "course")
        made = make(tmp_path / "before", app)
        erase(life.person_id)
        kept = erased.file().read_text()
    words = list(WORDS.values())
    assert in_files(made, words) == []
    with empty.app_context():
        erased.file().parent.mkdir(exist_ok=True)
        erased.file().write_text(kept)
    restore(made, empty)
    with empty.app_context():
        worker.drain()
        with reading() as session:
            assert session.get(PersonKey, life.person_id) is None
            assert session.get(Member, life.person_id) is None
        assert in_tables(words) == []
        assert [name for name, whole in database_files() if life.wrapped in whole] == []
        db.session.remove()


def test_what_an_erased_person_had_is_over(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    with unit_of_work() as session:
        person = session.get_one(Person, life.person_id)
    client = signed_in_client(app, person)
    assert client.get("/account").status_code == 200
    erase(life.person_id)
    assert client.get("/account").status_code == 303
    with reading() as session:
        assert session.get(Member, life.person_id) is None
        assert session.get(DirectoryWords, life.person_id) is None
        assert session.get(OwnCopy, life.person_id) is None
        assert not session.scalar(select(func.count()).where(IdentityRow.person_id == life.person_id))
        live_ones = (SignInSession.person_id == life.person_id, SignInSession.ended_at.is_(None))
        assert not session.scalar(select(func.count(SignInSession.id)).where(*live_ones))
        theirs = session.scalars(select(RecordSubject.record).where(RecordSubject.person_id == life.person_id)).all()
    told = Program(app, life.partner_token).read("include=names,editions,states&limit=500")
    assert told[-1]["type"].endswith("person.erased.v1")
    assert not in_bytes(json.dumps(told, ensure_ascii=False).encode(), WORDS.values())
    assert not [record for record in theirs if record in json.dumps(told)]


def test_officers_are_asked_nothing_about_somebody_erased_and_can_still_revoke(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    officer = make_person()
    give_mandate(officer, Role.COORDINATOR)
    client = signed_in_client(app, officer)
    assert "Its holder asks for a correction" in client.get(life.page).text
    assert WORDS["again"] in client.get("/alumni/mailboxes").text
    erase(life.person_id)
    page = client.get(life.page)
    assert page.status_code == 200
    assert "Its holder asks for a correction" not in page.text
    assert "Revoke this record for ever" in page.text
    assert client.post("/alumni/mailboxes/confirm", data={"shown": life.mailbox}).status_code == 303
    shown = shown_in(page)
    assert client.post(f"{life.page}/revocation/confirm", data={"shown": shown}).status_code == 303
    with reading() as session:
        state = state_of(session, life.record)
        assert state is not None
        assert state.act is RecordAct.REVOKED
        assert session.scalars(select(IdentityRow.id).where(IdentityRow.person_id == life.person_id)).all() == []
        closed = select(AuditEntry.act).where(AuditEntry.act.in_(["correction.over", "reinvitation.over"]))
        assert sorted(session.scalars(closed)) == ["correction.over", "reinvitation.over"]


def test_the_signed_file_in_the_copy_still_verifies(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    with unit_of_work() as session:
        person = session.get_one(Person, life.person_id)
        said_before = json.loads(own_copies.take(session, person=person, part="data", once=False, at=now()))
    kept = [one["document"] for one in said_before["data"]["record_credential"]]
    erase(life.person_id)
    found = [json.loads(judged(json.dumps(one).encode(), documents=key_documents())) for one in kept]
    assert {one["name"] for one in found} == {FULL, CORRECTED}


def test_letters_that_are_kept_for_want_of_a_mail_server_go_after_thirty_days(app: Flask) -> None:
    folder = settings_of(app).home / "mail"
    folder.mkdir()
    for name, age in (("old", 31), ("fresh", 29)):
        path = folder / f"{name}.0000.eml"
        path.write_text("To: somebody")
        moment = (now() - dt.timedelta(days=age)).timestamp()
        os.utime(path, (moment, moment))
    with own_transaction() as session:
        forgetting.tidy(session, {}, now())
    assert [path.name for path in folder.iterdir()] == ["fresh.0000.eml"]


def test_that_a_letter_was_sent_is_known_for_two_years_or_as_long_as_it_stops_mail(app: Flask) -> None:
    person = make_person()
    with unit_of_work() as session:
        address = people.primary_address(session, person.id)
        for name, days in (("old", 731), ("fresh", 729), ("stopping", 800), ("over", 800)):
            at = now() - dt.timedelta(days=days)
            letter = SentLetter(
                public_id=name, person_id=person.id, identity_id=address, template="people/reset", at=at
            )
            session.add(letter)
            session.flush()
            if name in ("stopping", "over"):
                over = now() if name == "over" else None
                session.add(
                    MailFailure(
                        letter_id=letter.id, identity_id=address, kind=FailureKind.PERMANENT, status="5.1.1",
                        day=at.date(), noted_at=at, over_at=over, over_by="-" if over else None,
                    )
                )  # fmt: skip
    with own_transaction() as session:
        tidying.tidy(session, {}, now())
    with reading() as session:
        assert set(session.scalars(select(SentLetter.public_id))) == {"fresh", "stopping"}


@pytest.mark.parametrize("word", [FULL, LATIN, ADDRESS])
@pytest.mark.parametrize("shift", range(3))
def test_the_search_finds_a_word_in_every_form(word: str, shift: int, tmp_path: Path) -> None:
    planted = [
        word.encode(),
        word.upper().encode("utf-16-le"),
        json.dumps({"name": word}).encode(),
        json.dumps({"name": word}).replace("\\u", "\\u").encode(),
        base64.b64encode(bytes(shift) + word.encode() + b"and more"),
        unicodedata.normalize("NFD", word).encode(),
        quopri.encodestring(word.encode()),
        word.encode().hex().encode(),
        quote(word).encode(),
    ]
    for number, content in enumerate(planted):
        (tmp_path / str(number)).write_bytes(b"\x00before" + content + b"after")
    assert len(in_files(tmp_path, [word])) == len(planted)
    assert in_bytes(b"something else altogether", [word]) == set()
    assert all(len(form) > 8 for form in forms(word))


def test_the_search_finds_a_word_in_a_table(app: Flask) -> None:
    with unit_of_work() as session:
        audit.record(session, at=now(), actor=None, act="planted", said={"name": FULL})
    assert in_tables([FULL, LATIN]) == [f"lms_audit.details: {FULL}"]
