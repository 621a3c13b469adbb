"""Types that refuse to guess, and transactions that lose no update on either database."""

from __future__ import annotations

import datetime as dt
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError, StatementError
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import Intent, ask, db, intending
from lms.kernel.models import AuditEntry, Job, JobState, Throttle, Worker
from lms.kernel.unit_of_work import own_row, own_transaction, unit_of_work
from tests.conftest import NOW, statements


def entry(act: str) -> dict[str, Any]:
    """A line of the audit trail, as one is written by itself."""
    return {"at": NOW, "actor": "subject", "act": act, "about": None, "details": {}}


def test_a_time_without_a_zone_is_refused(app: Flask) -> None:
    naive = dt.datetime(2027, 4, 12, 9, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="an instant needs a zone"), unit_of_work() as session:
        session.add(Worker(name="one", beat_at=naive))


def test_an_instant_comes_back_as_the_same_instant_in_utc(app: Flask) -> None:
    nairobi = NOW.astimezone(dt.timezone(dt.timedelta(hours=3))).replace(microsecond=123456)
    with unit_of_work() as session:
        session.add(Worker(name="one", beat_at=nairobi))
    with own_transaction() as session:
        back = session.scalars(sa.select(Worker.beat_at)).one()
    assert back == nairobi
    assert back.utcoffset() == dt.timedelta(0)


def test_instants_are_compared_as_instants(app: Flask) -> None:
    with unit_of_work() as session:
        session.add(Worker(name="one", beat_at=NOW))
    later = (NOW + dt.timedelta(minutes=1)).astimezone(dt.timezone(dt.timedelta(hours=-11)))
    with own_transaction() as session:
        assert session.scalars(sa.select(Worker.name).where(Worker.beat_at < later)).all() == ["one"]


def test_a_value_outside_a_choice_is_refused_by_the_database_itself(app: Flask) -> None:
    with pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO lms_job (kind, payload, state, run_at, created_at, tries, max_tries)"
                " VALUES ('x', '{}', 'lost', '2027-04-12', '2027-04-12', 0, 8)"
            )
        )


def test_two_who_change_the_same_number_lose_no_change(app: Flask, real_time: None) -> None:
    at = now()
    with unit_of_work() as session:
        session.add(Throttle(key="number", window=at, count=0))
    start = threading.Barrier(4)

    def add_one(times: int) -> None:
        with app.app_context():
            start.wait()
            for _ in range(times):
                with unit_of_work() as session:
                    row = session.scalars(sa.select(Throttle).with_for_update()).one()
                    seen = row.count
                    time.sleep(0.001)  # room for another to come between
                    row.count = seen + 1
            db.session.remove()

    threads = [threading.Thread(target=add_one, args=(10,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_transaction() as session:
        assert session.scalars(sa.select(Throttle.count)).one() == 40


def test_a_reader_is_not_kept_waiting_by_a_writer(app: Flask) -> None:
    with own_transaction() as writer:
        writer.add(AuditEntry(at=NOW, act="not yet committed", details={}))
        writer.flush()  # the writer holds its lock
        with intending(Intent.READ), db.engine.connect() as reader:
            assert reader.execute(sa.select(AuditEntry.id)).all() == []


def test_a_request_that_reads_cannot_write(app: Flask) -> None:
    @app.get("/sneaky")
    def sneaky() -> str:
        db.session.add(AuditEntry(at=NOW, act="sneaked in", details={}))
        db.session.commit()
        return "done"

    assert app.test_client().get("/sneaky").status_code >= 500
    with own_transaction() as session:
        assert session.scalars(sa.select(AuditEntry.id)).all() == []


def test_sqlite_keeps_what_was_acknowledged_through_a_power_cut(sqlite_app: Flask) -> None:
    with db.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "wal_autocheckpoint")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 15000,
        "wal_autocheckpoint": 400,
    }


def test_an_open_read_becomes_a_write_without_an_error(app: Flask) -> None:
    with intending(Intent.READ):
        db.session.scalars(sa.select(Job)).all()
        with unit_of_work() as session:
            session.add(AuditEntry(at=NOW, act="written", details={}))
        db.session.rollback()
    with own_transaction() as session:
        assert session.scalars(sa.select(AuditEntry.act)).all() == ["written"]


def test_asking_for_one_row_sends_one_statement(app: Flask) -> None:
    with statements(app) as sent, intending(Intent.READ):
        db.session.scalars(sa.select(Worker)).all()
    assert len(sent) == 1


def test_a_read_costs_postgresql_no_transaction_and_its_rows_still_come_in_portions(app: Flask) -> None:
    with unit_of_work() as session:
        session.add_all(AuditEntry(at=NOW, act=f"act {number}", details={}) for number in range(7))
    with intending(Intent.READ), db.engine.connect() as connection:
        assert len(connection.execute(sa.select(AuditEntry.id)).all()) == 7
        if db.engine.dialect.name == "postgresql":
            assert _stands(connection) == "IDLE"
        portions = connection.execute(sa.select(AuditEntry.act).order_by(AuditEntry.id), execution_options=PORTIONS)
        assert [len(part) for part in portions.partitions()] == [3, 3, 1]


def test_a_connection_goes_from_reading_to_writing_and_back(app: Flask) -> None:
    for act in ("first", "second"):
        with intending(Intent.READ), db.engine.connect() as connection:
            connection.execute(sa.select(AuditEntry.act), execution_options=PORTIONS).all()
            with pytest.raises(DBAPIError):
                connection.execute(sa.insert(AuditEntry).values(at=NOW, act="by a reader", details={}))
        own_row(audit.ENTRY, entry(act))
        with pytest.raises(ZeroDivisionError), own_transaction() as session:
            session.execute(sa.insert(AuditEntry).values(at=NOW, act="taken back", details={}))
            raise ZeroDivisionError
    with own_transaction() as session:
        assert session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)).all() == ["first", "second"]


def test_a_change_behind_a_with_is_refused_to_a_reader_too(app: Flask) -> None:
    with unit_of_work() as session:
        session.add(AuditEntry(at=NOW, act="written", details={}))
    those = sa.select(AuditEntry.id).cte("those")
    behind = sa.delete(AuditEntry).where(AuditEntry.id.in_(sa.select(those.c.id))).add_cte(those)
    with intending(Intent.READ), db.engine.connect() as connection:
        for change in (behind, sa.text("\n  drop table lms_job"), sa.text("delete from lms_audit")):
            with pytest.raises(DBAPIError), connection.begin_nested():
                connection.execute(change)
        assert connection.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 1


def test_sqlite_reads_and_writes_in_turn_on_one_warm_connection(sqlite_app: Flask) -> None:
    """What it has read stays in its memory, and every statement prepared: another connection's write takes both."""
    used = []
    sa.event.listen(db.engine, "checkout", lambda raw, _record, _proxy: used.append(id(raw)))
    for _turn in range(3):
        with intending(Intent.READ), db.engine.connect() as reader:
            reader.execute(sa.select(AuditEntry.id)).all()
        own_row(audit.ENTRY, entry("written"))
    assert (len(used), len(set(used))) == (6, 1)


def test_a_row_written_by_itself_reads_as_one_that_the_session_wrote(app: Flask) -> None:
    said = {"filter": "state=x&by=name", "people": 3, "word": "Żółć, 'quoted' %(at)s"}
    own_row(audit.ENTRY, {**entry("alone"), "about": "edition", "details": said})
    with unit_of_work() as session:
        audit.record(session, at=NOW, actor="subject", act="together", about="edition", **said)
    with own_transaction() as session:
        alone, together = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
        for column in ("at", "actor", "about", "details"):
            assert getattr(alone, column) == getattr(together, column)
        # Not only read back alike: kept alike, so that a search finds both.
        alike = sa.select(sa.func.count()).where(AuditEntry.at == NOW, AuditEntry.actor == "subject")
        assert session.scalar(alike) == 2


def test_a_row_that_is_refused_is_not_written_and_the_next_one_is_over_the_same_connection(app: Flask) -> None:
    used = []
    sa.event.listen(db.engine, "checkout", lambda raw, _record, _proxy: used.append(id(raw)))
    with pytest.raises(OperationalError):
        own_row(audit.ENTRY, {**entry("refused"), "at": None})
    own_row(audit.ENTRY, entry("next"))
    assert (len(used), len(set(used))) == (2, 1)
    with own_transaction() as session:
        assert session.scalars(sa.select(AuditEntry.act)).all() == ["next"]


def test_a_row_for_a_database_that_cannot_be_reached_is_refused_as_every_other_statement(tmp_path: Path) -> None:
    nowhere = sa.create_engine(f"sqlite:///{tmp_path}/missing/lms.sqlite")
    with pytest.raises(OperationalError):
        audit.ENTRY.write(nowhere, entry("lost"))


def test_what_is_asked_past_the_session_knows_of_its_savepoints_and_of_what_failed_in_it(app: Flask) -> None:
    with own_transaction() as session:
        assert ask(session, sa.text("SELECT 1")).scalar() == 1
        with pytest.raises(DBAPIError), session.begin_nested():
            ask(session, sa.text("SELECT missing"))
        assert ask(session, sa.text("SELECT 2")).scalar() == 2
    with Session(db.engine) as session:
        ask(session, sa.text("SELECT 1"))
        session.add(AuditEntry(at=NOW, act=None, details={}))
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(PendingRollbackError):
            ask(session, sa.text("SELECT 1"))


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_row_is_refused_where_the_server_has_ended_the_connections_and_the_next_one_written(app: Flask) -> None:
    own_row(audit.ENTRY, entry("before"))
    with own_transaction() as session:
        own = session.scalar(sa.text("SELECT pg_backend_pid()"))  # which holds its connection until the end
        with intending(Intent.ADD), db.engine.connect() as idle, db.engine.connect() as other:
            idle_ones = {one.scalar(sa.text("SELECT pg_backend_pid()")) for one in (idle, other)}
        assert own not in idle_ones
        for number in idle_ones:
            session.execute(sa.text("SELECT pg_terminate_backend(:number)"), {"number": number})
        with pytest.raises(OperationalError):
            audit.ENTRY.write(db.engine, entry("lost"))
        audit.ENTRY.write(db.engine, entry("after"))
    with own_transaction() as session:
        assert session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)).all() == ["before", "after"]


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_where_the_server_has_ended_idle_connections_others_are_made(app: Flask) -> None:
    with own_transaction() as session:
        with intending(Intent.READ), db.engine.connect() as first, db.engine.connect() as second:
            idle = [one.scalar(sa.text("SELECT pg_backend_pid()")) for one in (first, second)]
        for number in idle:
            session.execute(sa.text("SELECT pg_terminate_backend(:number)"), {"number": number})
        kept = [db.engine.connect() for _ in range(db.engine.pool.size())]  # the last of them have to be turned
        assert {one.scalar(sa.text("SELECT 1")) for one in kept} == {1}
        for one in kept:
            one.close()


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_what_must_not_stand_in_a_transaction_does_not_whatever_was_done_before(app: Flask) -> None:
    for intent in Intent:
        with intending(intent), db.engine.begin() as connection:
            connection.execute(sa.text("SELECT 1"))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM lms_throttle"))
        with pytest.raises(ZeroDivisionError), own_transaction() as session:
            session.add(AuditEntry(at=NOW, act="taken back", details={}))
            session.flush()
            raise ZeroDivisionError
    with own_transaction() as session:
        assert session.scalars(sa.select(AuditEntry.act)).all() == []


PORTIONS = {"yield_per": 3}


def _stands(connection: sa.Connection) -> str:
    raw: Any = connection.connection.dbapi_connection
    return str(raw.info.transaction_status.name)


def test_a_result_says_what_its_columns_are_called(app: Flask) -> None:
    with intending(Intent.READ), db.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT 1 AS one, 'x' AS two")
        described: Any = found.cursor and found.cursor.description
        assert [column[0] for column in described] == ["one", "two"]
        assert len(described) == 2
        assert {len(column) for column in described} == {7}
        assert described[-1][0] == "two"
        assert [column[0] for column in described[:1]] == ["one"]
        with pytest.raises(IndexError):
            described[2]
        if db.engine.dialect.name == "postgresql":
            assert described[0][1] == 23, "the number of PostgreSQL's integer"
        assert found.mappings().one() == {"one": 1, "two": "x"}
    with db.engine.begin() as connection:
        raw = connection.connection.cursor()
        raw.execute("UPDATE lms_audit SET act = act")
        assert raw.description is None


def test_a_value_outside_a_choice_is_refused_when_it_is_read_too(app: Flask) -> None:
    read = sa.select(sa.type_coerce(sa.cast(sa.bindparam("said"), sa.String), Job.__table__.c.state.type))
    with intending(Intent.READ), db.engine.connect() as connection:
        assert connection.execute(read, {"said": "done"}).scalar_one() is JobState.DONE
        assert connection.execute(read, {"said": None}).scalar_one() is None
        with pytest.raises(LookupError):
            connection.execute(read, {"said": "lost"}).scalar_one()
