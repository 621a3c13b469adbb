"""From the last condition to the signed file: in the worker, sealed, once, open to nobody when its holder is gone."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import exc, func, select, text, update

from lms.kernel import outbox
from lms.kernel.checks import checks
from lms.kernel.clock import frozen
from lms.kernel.models import Job, JobState
from lms.kernel.unit_of_work import own_reading, own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person
from lms.people.services import erase
from lms.records import services
from lms.records.credentials import jobs, keys, publishing, queries, signing
from lms.records.credentials.checking import judged
from lms.records.credentials.checks import PATIENCE, _kept
from lms.records.credentials.holding import believed, how_it_stands, short_form, signed_document
from lms.records.models import LedgerEntry, PublicRecord, RecordAct, RecordCredential, RecordSubject
from lms.records.rules.multibase import from_multikey
from lms.records.rules.statement import unpacked
from tests.conftest import NOW
from tests.records.guards import altered
from tests.records.makers import AT, close, finished_place, make_edition


def issue(people: int = 1, at: dt.datetime = AT, **more: Any) -> list[str]:
    """Issue records by closing a sheet; gives them in their order."""
    with unit_of_work() as session:
        edition = make_edition(session, **more)
        for number in range(people):
            finished_place(session, edition, name=f"Amina Mfano {number}")
        before = set(session.scalars(select(PublicRecord.record)))
        close(session, edition, at)
        rows = session.scalars(select(PublicRecord.record))
        return sorted(set(rows) - before)


def end(record: str) -> None:
    with unit_of_work() as session:
        services.end(session, record=record, act=RecordAct.WITHDRAWN, at=NOW)


def document(record: str) -> dict[str, Any]:
    with unit_of_work() as session:
        found = signed_document(session, record)
    assert found
    made: dict[str, Any] = json.loads(found)
    return made


def place(record: str) -> tuple[int, int]:
    with unit_of_work() as session:
        row = session.get_one(PublicRecord, record)
        return row.status_list, row.status_index


def key_documents() -> dict[str, Any]:
    content = json.loads(publishing.read("did.json") or b"")
    return {content["id"]: content}


def findings() -> list[str]:
    with unit_of_work() as session:
        return [f"{found.about} {found.problem}" for found in checks["records.credentials"](session)]


@contextmanager
def production(app: Flask, issuer: str = "") -> Iterator[None]:
    before = app.extensions["lms.settings"]
    address = "https://seminar.example.org"
    app.extensions["lms.settings"] = replace(before, env="production", issuer=issuer, public_url=address)
    try:
        yield
    finally:
        app.extensions["lms.settings"] = before


def test_a_record_is_signed_after_it_was_issued_and_its_file_verifies(app: Flask) -> None:
    [record] = issue()
    with unit_of_work() as session:
        assert how_it_stands(session, record) == "soon"
        assert short_form(session, record) is None
    drain()
    made = document(record)
    said = json.loads(judged(json.dumps(made).encode(), documents=key_documents()))
    assert said["name"] == "Amina Mfano 0"
    assert said["issuer"].endswith("(demonstration)")
    assert made["credentialSubject"]["activityStartDate"].startswith("2027-05-09")
    with unit_of_work() as session:
        row = session.get_one(PublicRecord, record)
        assert said["credential"] == row.credential
        assert made["credentialSubject"]["id"] == f"urn:uuid:{row.subject}"
        assert how_it_stands(session, record) == "there"
    assert findings() == []


def test_the_short_form_says_who_what_and_when_and_is_signed(app: Flask) -> None:
    [record] = issue()
    drain()
    with unit_of_work() as session:
        text = short_form(session, record)
        code = session.get_one(PublicRecord, record).code
    assert text
    assert len(text) <= 300
    said, signed, signature = unpacked(text)
    assert (said.key, said.code, said.name, said.month) == ("key-1", code, "Amina Mfano 0", "2027-05")
    assert said.programme == "Global seminar, May 2027 (demonstration)"
    [key] = keys.known()
    signing.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(keys.private_file(key).read_text())).public_key().verify(
        signature, signed
    )
    assert len(from_multikey(key.public)) == 32


def test_many_records_are_signed_in_batches_and_each_once(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "AT_A_TIME", 2)
    records = issue(5)
    with unit_of_work() as session:
        outbox.enqueue(session, "credentials.sign", key="credentials.sign")
    drain()
    with unit_of_work() as session:
        signed = session.scalars(select(RecordCredential.record)).all()
    assert sorted(signed) == records
    before = [document(record) for record in records]
    with unit_of_work() as session:
        outbox.enqueue(session, "credentials.sign", key="credentials.sign")
    drain()
    assert [document(record) for record in records] == before


def test_what_was_signed_cannot_be_changed_or_removed(app: Flask) -> None:
    issue()
    drain()
    for statement in ("UPDATE lms_record_credential SET key = 9", "DELETE FROM lms_record_credential"):
        with pytest.raises(exc.DBAPIError, match="append-only"), own_transaction() as session:
            session.connection().exec_driver_sql(statement)


def test_after_erasure_nobody_here_can_open_it_and_the_file_still_verifies(app: Flask) -> None:
    [record] = issue()
    drain()
    held = document(record)
    with unit_of_work() as session:
        person = session.get_one(Person, queries.holder_of(session, record))
        erase(session, person=person, at=NOW, by=None)
    drain()
    with unit_of_work() as session:
        assert signed_document(session, record) is None
        assert short_form(session, record) is None
        assert queries.unsigned(session, believed=believed(), most=10) == []
    assert json.loads(judged(json.dumps(held).encode(), documents=key_documents()))["name"] == "Amina Mfano 0"


def test_whoever_is_erased_before_the_signature_is_waited_for_no_more(app: Flask) -> None:
    first, second = issue(2)
    with unit_of_work() as session:
        person = session.get_one(Person, queries.holder_of(session, first))
        erase(session, person=person, at=NOW, by=None)
    drain()
    with unit_of_work() as session:
        assert session.scalars(select(RecordCredential.record)).all() == [second]
    with frozen(AT + 2 * PATIENCE):
        assert findings() == []


def test_an_end_is_published_by_the_next_job_and_stays(app: Flask) -> None:
    first, second = issue(2)
    drain()
    number, index = place(first)
    assert publishing.published_list(number) == (frozenset(), f"{keys.issuer().did}#key-1")  # type: ignore[union-attr]
    end(first)
    drain()
    found = publishing.published_list(number)
    assert found
    assert found[0] == {index}
    end(second)
    drain()
    found = publishing.published_list(number)
    assert found
    assert found[0] == {index, place(second)[1]}


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_two_workers_that_publish_at_once_lose_no_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = issue(2)
    drain()
    end(first)
    real, later = publishing.publish, threading.Thread(target=_end_and_publish, args=(app, second))

    def beside(name: str, content: bytes) -> bool:
        """Before the first one's list is in its place, another record ends and another worker publishes."""
        if name.startswith("status/") and later.ident is None:
            later.start()
            with app.app_context(), own_reading() as session:
                while later.is_alive() and not session.scalar(text(_WAITING)):
                    session.rollback()
        return real(name, content)

    monkeypatch.setattr(publishing, "publish", beside)
    with own_transaction() as session:
        jobs.publish(session, {}, NOW)
    later.join(20)
    published = publishing.published_list(0)
    assert published
    assert published[0] == {place(first)[1], place(second)[1]}


_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def _end_and_publish(app: Flask, record: str) -> None:
    with app.app_context():
        end(record)
        with own_transaction() as session:
            jobs.publish(session, {}, NOW)


def test_a_place_once_published_stays_set_when_an_older_backup_comes_back(app: Flask) -> None:
    [record] = issue()
    drain()
    number, index = place(record)
    with unit_of_work() as session:
        found = signing.signer(session, NOW)
    assert found
    publishing.publish(publishing.list_name(number), found.status_list(number, [index, 7], NOW))
    with unit_of_work() as session:
        outbox.enqueue(session, "credentials.publish", key="credentials.publish")
    drain()
    published = publishing.published_list(number)
    assert published
    assert published[0] == {index, 7}


def test_an_end_written_by_sql_alone_ends_nothing(app: Flask) -> None:
    [record] = issue()
    drain()
    with own_transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO lms_ledger_entry (record, act, subject, edition, version_hash, dated, commitment, facts,"
            " created_at, mark) SELECT record, 'revoked', subject, edition, version_hash, dated, commitment, facts,"
            " created_at, mark FROM lms_ledger_entry"
        )
    with unit_of_work() as session:
        outbox.enqueue(session, "credentials.publish", key="credentials.publish")
    drain()
    published = publishing.published_list(place(record)[0])
    assert published
    assert published[0] == frozenset()


def test_an_issue_changed_by_sql_alone_is_not_signed_and_its_page_vouches_for_nothing(sqlite_app: Flask) -> None:
    first, second = issue(2)
    changed = func.json_set(LedgerEntry.facts, "$.edition.title", "Doctorate")
    altered("lms_ledger_entry", update(LedgerEntry).where(LedgerEntry.record == first).values(facts=changed))
    drain()
    assert document(second)["name"].startswith("Completion record")
    with unit_of_work() as session:
        assert signed_document(session, first) is None
        code = session.scalars(select(PublicRecord.code).where(PublicRecord.record == first)).one()
    answer = sqlite_app.test_client().get(f"/v/{code}")
    assert answer.status_code == 404
    assert "Doctorate" not in answer.text
    with frozen(AT + PATIENCE * 2):
        assert findings() == [f"record {first} is not signed: it is not as this system wrote it, or cannot be read"]


def test_a_code_that_was_exchanged_by_sql_alone_is_nobodys(sqlite_app: Flask) -> None:
    [record] = issue()
    exchanged = update(PublicRecord).where(PublicRecord.record == record).values(code="ABCDEFGHJKMN")
    altered("lms_record_public", exchanged)
    assert sqlite_app.test_client().get("/v/ABCDEFGHJKMN").status_code == 404


def test_a_row_that_cannot_be_read_keeps_nobody_else_waiting(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "AT_A_TIME", 1)
    first, second = issue(2)
    spoilt = update(RecordSubject).where(RecordSubject.record == first).values(sealed_name=b"nothing")
    altered("lms_record_subject", spoilt)
    drain()
    with unit_of_work() as session:
        assert signed_document(session, first) is None
    assert document(second)["name"].startswith("Completion record")
    with frozen(AT + PATIENCE * 2):
        assert [found.split(":")[0] for found in findings()] == [f"record {first} is not signed"]


def test_lists_are_not_written_again_while_nothing_changes(app: Flask) -> None:
    issue()
    drain()
    path = publishing.folder() / "status/0"
    before = path.stat().st_mtime_ns, path.read_bytes()
    with unit_of_work() as session:
        outbox.enqueue(session, "credentials.publish", key="credentials.publish")
    drain()
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert [file.name for file in path.parent.iterdir()] == ["0"]


def test_without_an_issuer_records_are_issued_and_nothing_is_signed(app: Flask) -> None:
    with production(app):
        [record] = issue()
        drain()
        with unit_of_work() as session:
            assert how_it_stands(session, record) == "waits"
            assert session.scalar(select(func.count()).select_from(RecordCredential)) == 0
        assert not publishing.folder().exists()
        assert findings() == []


def test_with_an_issuer_and_no_key_nothing_is_signed_and_the_check_says_what_to_do(app: Flask) -> None:
    with production(app, "did:web:seminar.example.org"):
        [record] = issue()
        drain()
        assert any("flask lms keys make" in found for found in findings())
        keys.make("did:web:seminar.example.org", NOW)
        with unit_of_work() as session:
            outbox.enqueue(session, "credentials.sign", key="credentials.sign")
        drain()
        made = document(record)
        assert made["issuer"]["id"] == "did:web:seminar.example.org"
        assert "demonstration" not in json.dumps(made)


def test_after_a_rotation_old_records_verify_and_new_ones_name_the_new_key(app: Flask) -> None:
    [old] = issue()
    drain()
    app.test_cli_runner().invoke(args=["lms", "keys", "rotate"])
    [new] = issue(slug="another")
    drain()
    methods = [document(record)["proof"][0]["verificationMethod"].rpartition("#")[2] for record in (old, new)]
    assert methods == ["key-1", "key-2"]
    for record in (old, new):
        assert judged(json.dumps(document(record)).encode(), documents=key_documents())


def test_a_history_of_keys_that_was_damaged_is_named(sqlite_app: Flask) -> None:
    issue()
    drain()
    whole = keys.file().read_text()
    keys.file().write_text(whole + "{torn\n")
    assert findings() == ["issuer keys line 2 cannot be read: a key may be believed that must not be"]
    keys.file().write_text(whole + whole)
    assert findings() == ["issuer keys their history contradicts itself: key 1 was made twice"]


def test_a_lost_key_is_said_in_words_and_old_records_verify_on(app: Flask) -> None:
    [old] = issue()
    drain()
    keys.private_file(keys.known()[0]).unlink()
    [new] = issue(slug="another")
    drain()
    with unit_of_work() as session:
        failed = session.scalars(select(Job).where(Job.kind == "credentials.sign", Job.state == JobState.WAITING)).one()
        assert "flask lms keys lose 1" in (failed.error or "")
    assert any("bring it back, or say that it is lost" in found for found in findings())
    assert judged(json.dumps(document(old)).encode(), documents=key_documents())
    for words in (["lose", "1"], ["make"]):
        assert app.test_cli_runner().invoke(args=["lms", "keys", *words]).exit_code == 0
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.state == JobState.WAITING).values(run_at=NOW))
    drain()
    assert document(new)["proof"][0]["verificationMethod"].endswith("#key-2")
    for record in (old, new):
        assert judged(json.dumps(document(record)).encode(), documents=key_documents())


def test_a_signed_file_that_cannot_be_opened_is_named_and_is_no_error_for_anybody(sqlite_app: Flask) -> None:
    good, bad = issue(2)
    drain()
    spoilt = update(RecordCredential).where(RecordCredential.record == bad).values(sealed_document=b"0" * 200)
    altered("lms_record_credential", spoilt)
    assert findings() == [f"record {bad} its signed file cannot be opened: restore that row from a backup"]
    with unit_of_work() as session:
        assert (signed_document(session, bad), short_form(session, bad)) == (None, None)
        assert (how_it_stands(session, bad), how_it_stands(session, good)) == ("closed", "there")
        assert signed_document(session, good)


def test_what_was_signed_with_another_key_than_the_history_tells_is_named(sqlite_app: Flask) -> None:
    [record] = issue()
    drain()
    whole = keys.file().read_text()
    keys.private_file(keys.known()[0]).unlink()
    keys.file().unlink()
    other = keys.make(json.loads(whole)["did"], NOW)
    keys.file().write_text(whole.replace(json.loads(whole)["public"], other.public))
    said = f"record {record} its signed file was not signed with key 1 as the history has it"
    assert said in findings()
    keys.file().write_text(whole)
    assert said not in findings()


def test_no_number_of_a_key_is_given_again_when_the_history_is_lost(sqlite_app: Flask) -> None:
    did, runner = "did:web:seminar.example.org", sqlite_app.test_cli_runner()
    with production(sqlite_app, did):
        keys.make(did, NOW)
        [record] = issue()
        erased = issue(slug="another")[0]
        drain()
        before, copy = document(record), publishing.folder()
        with unit_of_work() as session:
            of_erased = session.scalars(select(RecordSubject.person_id).where(RecordSubject.record == erased)).one()
            erase(session, person=session.get_one(Person, of_erased), by=None, at=NOW)
        keys.file().unlink()
        keys.private_file(keys.IssuerKey(1, did, "", NOW)).unlink()
        with unit_of_work() as session:
            assert how_it_stands(session, record) == "waits", "nobody outside could verify it"
        [named, *_] = findings()
        assert named.startswith(f"{did}#key-1 signed 1 records of which nobody can verify it")
        assert "1 signed here" in runner.invoke(args=["lms", "keys", "list"]).output
        refused = runner.invoke(args=["lms", "keys", "make"])
        assert (refused.exit_code, "does not know it" in refused.output) == (1, True)
        learned = runner.invoke(args=["lms", "keys", "learn", str(copy)])
        assert learned.exit_code == 0, learned.output
        assert [(key.number, key.did) for key in keys.known()] == [(1, did)]
        assert document(record) == before
        keys.file().unlink()
        assert runner.invoke(args=["lms", "keys", "make", "--anew"]).exit_code == 0
        assert [key.number for key in keys.known()] == [2]
        drain()
        assert document(record)["proof"][0]["verificationMethod"] == f"{did}#key-2"
        assert findings() == [], "what somebody erased had is signed anew for nobody"


def test_a_key_that_signs_while_the_check_runs_is_no_error(sqlite_app: Flask) -> None:
    issue()
    drain()
    known = keys.known()
    keys.rotate(known[0].did, NOW)
    issue(slug="another")
    drain()
    with unit_of_work() as session:
        assert list(_kept(session, known)) == []


def test_what_a_key_in_other_hands_signed_is_signed_anew(app: Flask) -> None:
    [record] = issue()
    drain()
    before = document(record)
    for words in (["retire", "1", "--yes"], ["make"]):
        assert app.test_cli_runner().invoke(args=["lms", "keys", *words]).exit_code == 0
    assert findings() == [], "the worker has its time to sign anew"
    with frozen(AT + 2 * PATIENCE):
        assert findings() == ["credentials 1 records have waited for their signature for more than ten minutes"]
    drain()
    after = document(record)
    assert after["id"] == before["id"]
    assert after["proof"][0]["verificationMethod"].endswith("#key-2")
    with pytest.raises(Exception, match="not-signed"):
        judged(json.dumps(before).encode(), documents=key_documents())
    published = publishing.published_list(place(record)[0])
    assert published
    assert published[1].endswith("#key-2")
