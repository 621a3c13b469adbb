"""The ledger in a real database: sealed in order, refused to be changed, and every forgery found at its place."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import closing

import psycopg
import pytest
from flask import Flask
from sqlalchemy import exc, func, insert, select, text
from sqlalchemy.orm import Session

from lms.kernel.checks import Finding
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.records import anchors, queries
from lms.records.checks import holders, ledger, names
from lms.records.ledger_keys import ledger_keys
from lms.records.models import LedgerEntry, LedgerSeal, RecordAct
from lms.records.rules.ledger import GENESIS, Entry, mark, seal
from lms.records.sealing import seal_waiting
from tests.conftest import NOW
from tests.records.makers import close, finished_place, make_edition

LATER = NOW + dt.timedelta(hours=1)
LEDGER_TABLES = ("lms_ledger_entry", "lms_ledger_seal")


def write_entries(session: Session, number: int, at: dt.datetime = NOW) -> None:
    """Entries as issuing writes them, without the people they are about."""
    key = ledger_keys().marking
    rows = []
    for position in range(number):
        entry = Entry(
            id=0, record=new_token(), act=RecordAct.ISSUED, subject=new_token(), edition="edition",
            version_hash="a" * 64, dated=at.date(), commitment="c" * 64,
            facts={"version": "1.0", "met": {"modules": {"needed": position}}}, created_at=at, mark="",
        )  # fmt: skip
        row = {name: getattr(entry, name) for name in entry.__slots__ if name != "id"}
        rows.append({**row, "mark": mark(key, entry)})
    session.execute(insert(LedgerEntry), rows)


@pytest.fixture
def sealed(app: Flask) -> Flask:
    """Six sealed entries, the head noted outside the database."""
    with unit_of_work() as session:
        write_entries(session, 6)
    with own_transaction() as session:
        seal_waiting(session, {}, now())
    drain()
    return app


def found(at: dt.datetime = LATER) -> list[Finding]:
    with frozen(at), own_transaction() as session:
        return list(ledger(session))


def first_bad(at: dt.datetime = LATER) -> str | None:
    findings = found(at)
    return findings[0].about if findings else None


def entry_ids() -> list[int]:
    """Row numbers of the entries, in the order of their seals."""
    with own_transaction() as session:
        return list(session.scalars(select(LedgerSeal.entry_id).order_by(LedgerSeal.sequence)))


def forge(statements: Iterable[str]) -> None:
    """Somebody with every right in the database takes the guards away and writes what they like."""
    url = db.engine.url
    guards = [(table, verb) for table in LEDGER_TABLES for verb in ("update", "delete")]
    if url.drivername.startswith("sqlite"):
        with closing(sqlite3.connect(str(url.database))) as raw:
            for statement in [*(f"DROP TRIGGER {table}_no_{verb}" for table, verb in guards), *statements]:
                raw.execute(statement)
            raw.commit()
        return
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as raw:
        raw.execute("SET session_replication_role = replica")
        for statement in [*(f"DROP TRIGGER {table}_no_{verb} ON {table}" for table, verb in guards), *statements]:
            raw.execute(statement.encode())


def test_entries_are_sealed_in_order_and_the_chain_is_whole(sealed: Flask) -> None:
    with own_transaction() as session:
        assert queries.head(session).sequence == 6
        assert queries.unsealed(session) == []
    assert entry_ids() == sorted(entry_ids())
    assert found() == []


def test_sealing_again_changes_nothing_and_what_comes_later_follows(sealed: Flask) -> None:
    with own_transaction() as session:
        seal_waiting(session, {}, now())
        assert queries.head(session).sequence == 6
        write_entries(session, 2)
    with own_transaction() as session:
        seal_waiting(session, {}, now())
        assert queries.head(session).sequence == 8
    drain()
    assert found() == []
    assert sorted(anchors.read().heads) == [6, 8]


def test_issuing_alone_leads_to_a_sealed_and_noted_record(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        finished_place(session, edition)
        close(session, edition)
    with own_transaction() as session:
        assert queries.head(session).sequence == 0
    drain()
    with own_transaction() as session:
        head = queries.head(session)
        assert head.sequence == 1
        assert anchors.read().heads == {1: head.seal}
        assert [*ledger(session), *holders(session), *names(session)] == []


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("table", LEDGER_TABLES)
def test_the_database_itself_refuses_to_change_the_ledger(sealed: Flask, table: str, verb: str) -> None:
    column = "commitment" if table == "lms_ledger_entry" else "previous"
    statement = f"DELETE FROM {table}" if verb == "delete" else f"UPDATE {table} SET {column} = 'x'"
    with pytest.raises(exc.DBAPIError, match="append-only"), own_transaction() as session:
        session.execute(text(statement))


ALTERED = {
    "record": "'other'",
    "act": "'revoked'",
    "subject": "'other'",
    "edition": "'other'",
    "version_hash": "'b'",
    "dated": "'2020-01-01'",
    "commitment": "'d'",
    "facts": '\'{"version": "9.9"}\'',
    "created_at": "'2020-01-01 00:00:00.000000'",
    "mark": "'e'",
}


@pytest.mark.parametrize("column", ALTERED)
def test_first_forgery_an_entry_altered(sealed: Flask, column: str) -> None:
    assert set(ALTERED) | {"id"} == {c.name for c in LedgerEntry.__table__.columns}
    forge([f"UPDATE lms_ledger_entry SET {column} = {ALTERED[column]} WHERE id = {entry_ids()[2]}"])
    assert first_bad() == "ledger 3"


def copied(record: str, created_at: str = "2026-01-01 00:00:00.000000") -> str:
    columns = "record, act, subject, edition, version_hash, dated, commitment, facts, created_at, mark"
    taken = columns.replace("record,", f"'{record}',").replace("created_at", f"'{created_at}'")
    if db.engine.dialect.name == "postgresql":
        taken = taken.replace(f"'{created_at}'", f"'{created_at}+00'::timestamptz")
    return f"INSERT INTO lms_ledger_entry ({columns}) SELECT {taken} FROM lms_ledger_entry WHERE id = {entry_ids()[1]}"


def test_second_forgery_an_entry_put_in_is_never_sealed(sealed: Flask) -> None:
    forge([copied("forged")])
    with own_transaction() as session:
        forged = session.scalars(select(LedgerEntry.id).where(LedgerEntry.record == "forged")).one()
    assert first_bad(NOW) == f"ledger entry {forged}"
    with own_transaction() as session:
        write_entries(session, 1)
    with own_transaction() as session:
        seal_waiting(session, {}, now())
        assert queries.head(session).sequence == 7
        assert [entry.id for entry in queries.unsealed(session)] == [forged]
    drain()
    assert [finding.about for finding in found()] == [f"ledger entry {forged}"]


def test_second_forgery_an_entry_put_in_with_a_seal_of_its_own(sealed: Flask) -> None:
    forge(
        [
            copied("forged"),
            "INSERT INTO lms_ledger_seal (sequence, entry_id, previous, seal, sealed_at) SELECT 7, max(e.id), "
            "(SELECT seal FROM lms_ledger_seal WHERE sequence = 6), 'f', max(e.created_at) FROM lms_ledger_entry e",
        ]
    )
    assert first_bad() == "ledger 7"


def test_second_forgery_an_entry_put_into_the_middle(sealed: Flask) -> None:
    forge(
        [
            "UPDATE lms_ledger_seal SET sequence = sequence + 100 WHERE sequence > 3",
            "UPDATE lms_ledger_seal SET sequence = sequence - 99 WHERE sequence > 100",
            copied("forged"),
            "INSERT INTO lms_ledger_seal (sequence, entry_id, previous, seal, sealed_at) SELECT 4, max(e.id), "
            "(SELECT seal FROM lms_ledger_seal WHERE sequence = 3), 'f', max(e.created_at) FROM lms_ledger_entry e",
        ]
    )
    assert first_bad() == "ledger 4"


@pytest.mark.parametrize("what", ["entry", "seal", "both", "both, and the numbers closed up"])
def test_third_forgery_a_row_taken_out_of_the_middle(sealed: Flask, what: str) -> None:
    entry = entry_ids()[2]
    statements = []
    if what != "entry":
        statements.append("DELETE FROM lms_ledger_seal WHERE sequence = 3")
    if what != "seal":
        statements.append(f"DELETE FROM lms_ledger_entry WHERE id = {entry}")
    if "closed" in what:
        statements += [f"UPDATE lms_ledger_seal SET sequence = {n - 1} WHERE sequence = {n}" for n in (4, 5, 6)]
    forge(statements)
    assert first_bad() == "ledger 3"


def test_fourth_forgery_the_tail_cut_behind_the_head_that_was_noted(sealed: Flask) -> None:
    ids = ", ".join(str(entry) for entry in entry_ids()[4:])
    forge(["DELETE FROM lms_ledger_seal WHERE sequence > 4", f"DELETE FROM lms_ledger_entry WHERE id IN ({ids})"])
    assert first_bad() == "ledger 5"


def test_fourth_forgery_a_cut_tail_is_found_also_after_others_were_sealed(sealed: Flask) -> None:
    ids = ", ".join(str(entry) for entry in entry_ids()[4:])
    forge(["DELETE FROM lms_ledger_seal WHERE sequence > 4", f"DELETE FROM lms_ledger_entry WHERE id IN ({ids})"])
    with own_transaction() as session:
        write_entries(session, 3)
    with own_transaction() as session:
        seal_waiting(session, {}, now())
        assert queries.head(session).sequence == 7
    assert first_bad() == "ledger 6"


def rehash(key: bytes) -> list[str]:
    with own_transaction() as session:
        links = list(queries.chain(session))
    statements, previous = ["UPDATE lms_ledger_seal SET previous = ''"], GENESIS
    for link in links:
        assert link.entry is not None
        made = seal(key, link.sequence, previous, link.entry)
        statements.append(
            f"UPDATE lms_ledger_seal SET previous = '{previous}', seal = '{made}' WHERE sequence = {link.sequence}"
        )
        previous = made
    return statements


def test_fifth_forgery_the_whole_chain_made_again_with_another_key(sealed: Flask) -> None:
    forge(rehash(b"x" * 32))
    assert first_bad() == "ledger 1"


def test_fifth_forgery_made_again_with_the_right_key_after_a_change(sealed: Flask) -> None:
    keys, changed = ledger_keys(), entry_ids()[5]
    forge([f"UPDATE lms_ledger_entry SET commitment = 'd' WHERE id = {changed}"])
    with own_transaction() as session:
        last = list(queries.chain(session))[-1]
    assert last.entry is not None
    made = seal(keys.sealing, 6, last.previous, last.entry)
    with own_transaction() as session:
        session.execute(text(f"UPDATE lms_ledger_seal SET seal = '{made}' WHERE sequence = 6"))
    assert first_bad() == "ledger 6"
    assert "noted outside" in found()[0].problem


@pytest.mark.parametrize("what", ["the seals", "the entries"])
def test_sixth_forgery_two_entries_change_places(sealed: Flask, what: str) -> None:
    ids = entry_ids()
    if what == "the seals":
        table, column, one, two, away = "lms_ledger_seal", "entry_id", ids[1], ids[4], -1
    else:
        table, column, one, two, away = "lms_ledger_entry", "id", ids[1], ids[4], 999_999
    forge(
        [
            f"UPDATE {table} SET {column} = {away} WHERE {column} = {one}",
            f"UPDATE {table} SET {column} = {one} WHERE {column} = {two}",
            f"UPDATE {table} SET {column} = {two} WHERE {column} = {away}",
        ]
    )
    assert first_bad() == "ledger 2"


def test_an_entry_that_waits_too_long_for_its_seal_is_named(app: Flask) -> None:
    with own_transaction() as session:
        write_entries(session, 1)
    assert found(NOW + dt.timedelta(minutes=1)) == []
    assert "has waited for its seal" in found(NOW + dt.timedelta(minutes=3))[0].problem


def test_a_head_that_was_never_noted_is_named(app: Flask) -> None:
    with own_transaction() as session:
        write_entries(session, 1)
    with own_transaction() as session:
        seal_waiting(session, {}, now())
    assert found(NOW + dt.timedelta(minutes=1)) == []
    assert found() == [Finding("ledger 1", "only 0 was noted outside the database")]


def test_a_head_noted_twice_does_no_harm_and_a_torn_line_is_mended(sealed: Flask) -> None:
    head = anchors.read().heads[6]
    anchors.note(6, head, "again")
    with anchors.file().open("a") as file:
        file.write('{"sequence": 7, "se')
    assert found() == []
    anchors.note(6, head, "again")
    lines = anchors.file().read_text().splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == [6, 6, 6]


def test_lines_of_the_file_that_say_nothing_or_something_else_are_named(sealed: Flask) -> None:
    with anchors.file().open("a") as file:
        file.write('rubbish\n{"sequence": 6, "seal": "other", "at": ""}\n')
    assert [finding.about for finding in found()] == ["anchors line 2", "anchors line 3"]


def test_two_workers_seal_every_entry_once(app: Flask) -> None:
    with own_transaction() as session:
        write_entries(session, 40)
    start, errors = threading.Barrier(4), []

    def work() -> None:
        with app.app_context():
            try:
                start.wait()
                with own_transaction() as session:
                    seal_waiting(session, {}, NOW)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    drain()
    with own_transaction() as session:
        assert session.scalar(select(func.count()).select_from(LedgerSeal)) == 40
    assert found() == []


def test_ten_thousand_entries_are_verified_quickly(sqlite_app: Flask) -> None:
    with own_transaction() as session:
        write_entries(session, 10_000)
    with own_transaction() as session:
        seal_waiting(session, {}, now())
    drain()
    began = time.process_time()
    assert found() == []
    assert time.process_time() - began < 3
