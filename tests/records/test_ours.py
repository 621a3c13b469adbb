"""What SQL alone writes into the ledger, or changes there, is not ours: nothing goes by it, nothing follows from it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from lms.alumni import queries as alumni
from lms.alumni import services as statuses
from lms.alumni.feed import queries as feed
from lms.alumni.feed import services as telling
from lms.alumni.feed.models import FeedEvent
from lms.alumni.models import AlumniStatus
from lms.kernel.clock import now
from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person
from lms.people.rules import Scope
from lms.records import queries, services
from lms.records.checks import names
from lms.records.credentials.queries import ended_places
from lms.records.models import Cause, LedgerEntry, PublicRecord, RecordAct, RecordSubject
from lms.records.queries.ledger import ENTRY
from lms.seminars.models import Enrolment
from tests.alumni.makers import make_alumni, record_of
from tests.records.makers import make_edition, make_place
from tests.records.test_ledger import forge
from tests.records.test_life import wish
from tests.records.test_pages import text_of

WHY = "The sheet was filled in for somebody else."
ALL = Scope(person_id=0, everything=True)
REFUSED = "does not say of this record what this system wrote"


@dataclass(frozen=True)
class Held:
    """An alumna and her record."""

    id: int
    subject: str
    record: str


@pytest.fixture
def amina(app: Flask) -> Held:
    """With one record, sealed and told of."""
    [found] = make_alumni("Amina Mfano")
    record = record_of(found)
    held = Held(found.id, found.subject, record)
    drain()
    return held


def retitled(record: str) -> str:
    """The statement that changes what somebody's record is about."""
    with own_transaction() as session:
        facts = dict(session.scalars(select(LedgerEntry.facts).where(LedgerEntry.record == record)).one())
    facts["edition"] = {**facts["edition"], "title": "Doctorate in Genocide Prevention"}
    return f"UPDATE lms_ledger_entry SET facts = '{json.dumps(facts)}' WHERE record = '{record}'"


def put_in(after: str, **changed: object) -> None:
    """A row that SQL alone writes, after that record's own."""
    with own_transaction() as session:
        row = session.execute(select(*ENTRY).where(LedgerEntry.record == after)).one()._asdict()
        del row["id"]
        session.execute(insert(LedgerEntry), [{**row, "mark": "0" * 64, **changed}])


def code_of(record: str) -> str:
    with own_transaction() as session:
        return session.scalars(select(PublicRecord.code).where(PublicRecord.record == record)).one()


def test_nothing_follows_from_an_entry_that_was_altered(app: Flask, amina: Held) -> None:
    record = amina.record
    with unit_of_work() as session:
        asked = services.ask_correction(session, record=record, wish=wish(), by=amina.subject, at=now()).public_id
        edition = session.scalars(select(Enrolment.edition_id).join(RecordSubject)).one()
    forge([retitled(record)])
    with pytest.raises(Refused, match=REFUSED), unit_of_work() as session:
        services.grant_request(session, record=record, request=asked, by="officer", at=now())
    with pytest.raises(Refused, match=REFUSED), unit_of_work() as session:
        services.withdraw(session, record=record, by=amina.subject, at=now())
    with own_transaction() as session:
        assert session.scalars(select(PublicRecord.record)).all() == [record]
        assert queries.state_of(session, record) is None
        assert queries.my_records(session, amina.id) == []
        assert alumni.recomputed(session) == {}
        [line] = queries.records_of(session, edition, ALL)
        assert (line.ours, line.ended, line.dated) == (False, None, None)
    assert "Unknown code" in text_of(app.test_client().get(f"/v/{code_of(record)}"))


@pytest.mark.parametrize("act", ["withdrawn", "corrected", "revoked"])
def test_an_end_that_sql_alone_wrote_ends_nothing_and_keeps_nobody_from_ending_it(
    app: Flask, amina: Held, act: str
) -> None:
    record = amina.record
    put_in(record, act=act, facts={"successor": "another"})
    drain()
    with own_transaction() as session:
        state = queries.state_of(session, record)
        assert state is not None
        assert state.valid
        assert [held for held, _ in queries.valid_records(session, amina.id)] == [record]
        assert [one.act for one in queries.history(session, record)] == [RecordAct.ISSUED]
        assert ended_places(session) == {0: []}
        assert feed.behind(session) == []
    with unit_of_work() as session:
        made = services.propose_revocation(
            session, record=record, cause=Cause.DECEPTION, words=WHY, by="officer", at=now()
        )
        proposal = made.public_id
    with unit_of_work() as session:
        services.confirm_revocation(session, record=record, proposal=proposal, by="another", at=now())
    drain()
    with own_transaction() as session:
        state = queries.state_of(session, record)
        assert state is not None
        assert state.act is RecordAct.REVOKED
        [[place]] = ended_places(session).values()
        assert place == session.scalars(select(PublicRecord.status_index)).one()


@pytest.mark.parametrize(
    "also",
    [
        "",
        "INSERT INTO lms_former_key (former_id, person_id, wrapped) SELECT person_id, :thief, wrapped"
        " FROM lms_person_key WHERE person_id = :victim",
        "UPDATE lms_person SET joined_into_id = :victim WHERE id = :thief",
        "DELETE FROM lms_person_key WHERE person_id = :thief",
    ],
)
def test_a_record_that_sql_alone_gave_to_somebody_else_counts_for_nobody_and_cannot_be_ended(
    amina: Held, also: str
) -> None:
    with unit_of_work() as session:
        place = make_place(session, make_edition(session, title="Another"), name="Mallory Forger")
        thief, subject = place.person_id, session.get_one(Person, place.person_id).subject
    with own_transaction() as session:
        session.execute(update(RecordSubject).values(person_id=thief))
        if also:
            session.execute(text(also), {"thief": thief, "victim": amina.id})
    with pytest.raises(Refused, match=REFUSED), unit_of_work() as session:
        services.withdraw(session, record=amina.record, by=subject, at=now())
    with pytest.raises(Refused, match=REFUSED), unit_of_work() as session:
        services.propose_revocation(
            session, record=amina.record, cause=Cause.DECEPTION, words=WHY, by="officer", at=now()
        )
    with unit_of_work() as session:
        statuses.recompute(session, person_ids=[thief])
        telling.tell(session, person_ids=[thief], at=now())
    with own_transaction() as session:
        assert queries.valid_records(session, thief) == []
        assert session.scalars(select(AlumniStatus.person_id)).all() == [amina.id]
        assert thief not in set(session.scalars(select(FeedEvent.person_id)))
        [found] = names(session)
        assert found.about == f"record {amina.record}"


def test_an_issue_that_sql_alone_wrote_makes_nobody_an_alumna_and_nobody_is_told(app: Flask, amina: Held) -> None:
    forged = new_token()
    with unit_of_work() as session:
        place = make_place(session, make_edition(session, title="Another"), name="Mallory Forger")
        person, enrolment = place.person_id, place.id
    put_in(amina.record, record=forged, subject="forged")
    with own_transaction() as session:
        holder = {"record": forged, "subject": "forged", "person_id": person, "enrolment_id": enrolment}
        session.execute(insert(RecordSubject), [{**holder, "sealed_name": b"", "issued_at": now()}])
        session.add(AlumniStatus(person_id=person, first_record=forged, since=dt.date(2027, 5, 1), records=1))
    with own_transaction() as session:
        assert feed.behind(session) == []
    with unit_of_work() as session:
        telling.tell(session, person_ids=[person], at=now())
        statuses.recompute(session, person_ids=[person])
    with own_transaction() as session:
        assert session.scalars(select(AlumniStatus.person_id)).all() == [amina.id]
        assert person not in set(session.scalars(select(FeedEvent.person_id)))
        with pytest.raises(NotFound):
            queries.held_record(session, forged, person)
