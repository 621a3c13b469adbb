"""Why something was done about a person is read while the person is here, and by nobody after the erasure."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import Flask

from lms.kernel import checks
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.models import NameConfirmation, Person
from lms.people.queries.mandates import acts_of, mandate
from lms.people.queries.viewers import viewer_for_person
from lms.people.rules import Role
from lms.people.sealing import confirmation_place, unseal_text
from tests.conftest import NOW
from tests.people.makers import REASON, give_mandate, make_person

TOLD = "Kanari is ill since Easter"


def everything_kept() -> bytes:
    """Every value in every table of ours."""
    with db.engine.connect() as connection:
        tables = [table for table in sa.inspect(connection).get_table_names() if table.startswith("lms_")]
        rows = [row for table in tables for row in connection.execute(sa.text(f"SELECT * FROM {table}"))]
    return b"\n".join(each if isinstance(each, bytes) else str(each).encode() for row in rows for each in row)


def erase(person: Person) -> None:
    with unit_of_work() as session:
        services.erase(session, person=session.get_one(Person, person.id), by=None, at=NOW)


def test_the_reasons_of_a_mandate_are_read_until_its_holder_is_erased(app: Flask) -> None:
    holder, officer = make_person(), make_person()
    given = give_mandate(holder, Role.TRAINER)
    give_mandate(officer, Role.ADMINISTRATOR)
    with unit_of_work() as session:
        row = mandate(session, given.public_id)
        assert row is not None
        services.end(session, mandate=row, by=officer.id, at=NOW, reason=TOLD)
        assert [act.reason for act in acts_of(session, given.public_id)] == ["", REASON, TOLD]
    assert TOLD.encode() not in everything_kept()
    erase(holder)
    with unit_of_work() as session:
        assert [act.reason for act in acts_of(session, given.public_id)] == ["", "", ""]


def test_a_mandate_given_as_an_exception_stays_in_order_when_its_reason_is_erased(app: Flask) -> None:
    holder = make_person()
    give_mandate(holder, Role.TRAINER)
    erase(holder)
    with unit_of_work() as session:
        assert checks.run_all(session)["people.mandates"] == []


def test_a_mandate_of_somebody_erased_can_still_be_ended(app: Flask) -> None:
    holder, officer = make_person(), make_person()
    given = give_mandate(holder, Role.TRAINER)
    give_mandate(officer, Role.ADMINISTRATOR)
    erase(holder)
    with unit_of_work() as session:
        row = mandate(session, given.public_id)
        assert row is not None
        services.end(session, mandate=row, by=officer.id, at=NOW, reason=TOLD)
    assert TOLD.encode() not in everything_kept()


def test_why_a_name_was_confirmed_for_its_holder_is_sealed_under_their_key(app: Flask) -> None:
    person, officer = make_person(welcomed=False), make_person()
    give_mandate(officer, Role.COORDINATOR)
    late = NOW + dt.timedelta(days=15)
    with unit_of_work() as session:
        by = viewer_for_person(session, officer.id, NOW)
        assert by is not None
        services.confirm_name(session, person=session.get_one(Person, person.id), by=by, reason=TOLD, at=late)
    assert TOLD.encode() not in everything_kept()
    with unit_of_work() as session:
        row = session.scalars(sa.select(NameConfirmation)).one()
        assert row.sealed_reason is not None
        assert unseal_text(session, person.id, row.sealed_reason, confirmation_place(row.at)) == TOLD
