"""What the public may know a record by: drawn when it is issued, bound by the ledger, never changed."""

from __future__ import annotations

import uuid

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import exc, func, insert, select, text
from sqlalchemy.orm import Session

from lms.kernel import migrations
from lms.kernel.checks import Finding
from lms.kernel.db import db
from lms.kernel.secrets import CODE_ALPHABET, new_token
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.records import queries, services
from lms.records.checks import publics
from lms.records.models import LedgerEntry, PublicRecord, RecordAct, RecordSubject
from lms.records.rules.public import LIST_FILL, LIST_LENGTH, drawn, fold_code, free, grouped, shares
from lms.records.services.public import Wanted, draw
from lms.records.verification.queries import look_up
from tests.conftest import statements
from tests.records.makers import AT, close, finished_place, make_edition
from tests.records.test_ledger import write_entries


def issue(session: Session, number: int = 1) -> list[str]:
    edition = make_edition(session)
    for _ in range(number):
        finished_place(session, edition)
    close(session, edition)
    return list(session.scalars(select(RecordSubject.record).order_by(RecordSubject.record)))


def test_every_record_gets_a_code_a_credential_and_a_place_of_its_own(session: Session) -> None:
    records = issue(session, 5)
    rows = queries.every_public(session)
    assert sorted(rows) == records
    for row in rows.values():
        assert len(row.code) == 12
        assert set(row.code) <= set(CODE_ALPHABET)
        assert uuid.UUID(row.credential).version == uuid.UUID(row.subject).version == 4
        assert row.awarded_at == AT
        assert row.replaces is None
        assert 0 <= row.status_index < LIST_LENGTH
    for name in ("code", "credential", "subject", "status_index"):
        assert len({getattr(row, name) for row in rows.values()}) == 5
    assert list(publics(session)) == []


def test_a_record_is_found_by_its_code_however_it_is_typed(session: Session) -> None:
    (record,) = issue(session)
    public = queries.public_of(session, [record])[record]
    shown = grouped(public.code)
    assert len(shown) == 14
    for typed in (public.code, shown, shown.lower(), f" {shown.replace('-', ' ')} "):
        found = look_up(session, fold_code(typed), AT)
        assert found
        assert (found.record, found.code) == (record, public.code)
    assert look_up(session, public.code[:-1], AT) is None
    assert queries.public_by_credential(session, public.credential.upper()) == public
    assert queries.public_by_credential(session, str(uuid.uuid4())) is None


def test_what_became_of_a_record_is_said_with_its_dates(session: Session) -> None:
    first, second = issue(session, 2)
    services.end(session, record=second, act=RecordAct.REVOKED, at=AT, facts={"reason": "deception"})
    states = queries.states_of(session, [first, second, "unknown"])
    assert states.keys() == {first, second}
    assert states[first].valid
    assert states[first].ended_on is None
    assert (states[second].act, states[second].reason, states[second].ended_on) == (
        RecordAct.REVOKED, "deception", AT.date(),
    )  # fmt: skip
    assert not states[second].valid
    assert queries.state_of(session, "unknown") is None


@pytest.mark.parametrize("statement", ["DELETE FROM lms_record_public", "UPDATE lms_record_public SET code = 'x'"])
def test_the_database_itself_refuses_to_change_it(app: Flask, statement: str) -> None:
    with unit_of_work() as session:
        issue(session)
    with pytest.raises(exc.DBAPIError, match="append-only"), own_transaction() as session:
        session.execute(text(statement))


def test_drawing_takes_as_many_statements_for_many_as_for_one(app: Flask) -> None:
    sent = {}
    for number in (1, 3000):
        with own_transaction() as session, statements(app) as noted:
            rows = draw(session, [Wanted(new_token(), AT) for _ in range(number)])
            assert len({(row.status_list, row.status_index) for row in rows.values()}) == number
        sent[number] = len([line for line in noted if line.startswith("SELECT") and "lock" not in line])
    assert sent[1] == sent[3000] == 2


def test_a_list_that_is_two_thirds_full_gives_way_to_the_next(session: Session) -> None:
    assert shares(0, 3, 0) == [(0, 3)]
    assert shares(LIST_FILL - 2, 5, 7) == [(7, 2), (8, 3)]
    assert shares(LIST_FILL, 1, 7) == [(8, 1)]
    assert shares(0, LIST_FILL + 1, 0) == [(0, LIST_FILL), (1, 1)]
    assert shares(0, 0, 0) == []


def test_places_that_are_taken_are_not_given_again(session: Session) -> None:
    rows = draw(session, [Wanted(new_token(), AT) for _ in range(200)])
    columns = ("record", "code", "credential", "subject", "status_list", "status_index", "awarded_at", "replaces")
    session.execute(insert(PublicRecord), [{name: getattr(row, name) for name in columns} for row in rows.values()])
    again = draw(session, [Wanted(new_token(), AT) for _ in range(200)])
    assert not {row.status_index for row in rows.values()} & {row.status_index for row in again.values()}
    assert free([5, 3, 4], [3], 1) == [5]
    assert free([5, 3, 4], [3, 5], 2) == [4]
    numbers = iter([1, 1, *range(200)])
    assert len(set(drawn(1, lambda _below: next(numbers)))) == 68


def test_codes_are_folded_as_people_type_them() -> None:
    assert fold_code(" abcd-efgh jkmn ") == "ABCDEFGHJKMN"
    assert grouped("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"


def test_a_record_without_a_row_and_a_row_without_a_record_are_named(session: Session) -> None:
    write_entries(session, 1)
    bare = session.scalars(select(LedgerEntry.record)).one()
    (stray,) = draw(session, [Wanted(new_token(), AT)]).values()
    session.add(
        PublicRecord(
            record=stray.record, code=stray.code, credential=stray.credential, subject=stray.subject,
            status_list=0, status_index=stray.status_index, awarded_at=AT,
        )
    )  # fmt: skip
    session.flush()
    assert list(publics(session)) == [
        Finding(f"record {bare}", "is in the ledger, but has no code, credential or place in a status list"),
        Finding(f"record {stray.record}", "has a code, but is not in the ledger"),
    ]


@pytest.mark.parametrize("column", ["code", "credential", "subject", "status_index", "awarded_at", "replaces"])
def test_a_row_that_was_exchanged_is_named_by_what_the_ledger_committed_to(app: Flask, column: str) -> None:
    with unit_of_work() as session:
        record = issue(session)[0]
    value = {"status_index": "131071", "awarded_at": "'2020-01-01 00:00:00+00'"}.get(column, "'X'")
    with own_transaction() as session:
        guard = "DROP TRIGGER lms_record_public_no_update"
        on_table = " ON lms_record_public" if db.engine.dialect.name == "postgresql" else ""
        session.execute(text(guard + on_table))
        value = value.replace("+00", "" if not on_table else "+00")
        session.execute(text(f"UPDATE lms_record_public SET {column} = {value}"))
        assert list(publics(session)) == [
            Finding(f"record {record}", "has another code, credential or place than the ledger committed to")
        ]


def test_records_issued_before_there_were_codes_get_theirs(app: Flask) -> None:
    with unit_of_work() as session:
        records = issue(session, 3)
    folder = str(migrations.folder())
    db.session.remove()
    flask_migrate.Migrate().init_app(app, db, directory=folder)
    flask_migrate.downgrade(directory=folder, revision="1fc57e0b3d9c")
    flask_migrate.upgrade(directory=folder)
    with own_transaction() as session:
        rows = queries.every_public(session)
        assert sorted(rows) == records
        assert {row.awarded_at for row in rows.values()} == {AT}
        assert len({row.status_index for row in rows.values()}) == 3
        assert session.scalar(select(func.count()).select_from(RecordSubject).where(RecordSubject.correction == 0)) == 3
    with pytest.raises(exc.DBAPIError, match="append-only"), own_transaction() as session:
        session.execute(text("DELETE FROM lms_record_public"))
