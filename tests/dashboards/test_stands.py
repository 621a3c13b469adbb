"""The morning sheet is found by how people stand: those who need attention, in their order, at any moment."""

from __future__ import annotations

import datetime as dt
import runpy
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.dashboards.models import AttentionDelta, AttentionStand, AttentionTally
from lms.dashboards.queries.attention import Watched, all_watched, sheet
from lms.dashboards.queries.counting import of_place
from lms.dashboards.queries.queue import queue
from lms.dashboards.queries.stands import told_stands
from lms.dashboards.queries.undelivered import undelivered
from lms.dashboards.rules.attention import Facts, Reason, day_of, order, reasons
from lms.dashboards.rules.looks import Filter
from lms.dashboards.rules.stands import Calendar, comes_after, needs_attention, stand_of, standing
from lms.dashboards.services import fold_stands
from lms.kernel import migrations
from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress
from lms.people import services as people_services
from lms.people.models import Person, Sector, SensitiveMark
from lms.people.rules import Scope
from lms.seminars import services
from lms.seminars.models import ContactKind, Edition, Enrolment, EnrolmentState, RequestKind, Stage
from lms.seminars.rules import Deadline
from tests.conftest import NOW
from tests.dashboards.makers import place
from tests.dashboards.test_attention import came_back
from tests.learning.makers import FIRST, Reader, adopt, make_reader, publish
from tests.people.makers import make_person
from tests.records.makers import MODULES, complete_reading, make_edition, read_module
from tests.seminars.makers import AT, enrol_person, facts, make_institution

EVERYWHERE = Scope(person_id=0, everything=True)
ASKED = 12
_days = st.integers(-12, 12).map(lambda number: AT + dt.timedelta(days=number, hours=number))
_past = st.integers(0, 12).map(lambda number: AT - dt.timedelta(days=number, hours=2 * number))
some_facts = st.builds(
    Facts,
    enrolment_id=st.integers(1, 9),
    zone=st.sampled_from(("Europe/Warsaw", "Pacific/Auckland", "Pacific/Honolulu")),
    starts_on=st.sampled_from((dt.date(2027, 4, 15), dt.date(2027, 5, 30))),
    deadline=_days,
    invited_at=_past,
    first_seen_at=st.none() | _past,
    finished_at=st.none() | _past,
    complete=st.booleans(),
    units_left=st.integers(0, ASKED),
    name_confirmed=st.booleans(),
)


@given(some_facts, st.integers(-9, 30))
@settings(max_examples=300, deadline=None)
def test_how_somebody_stands_says_the_same_as_what_is_known_of_them(known: Facts, later: int) -> None:
    at = AT + dt.timedelta(days=later)
    if known.complete:
        known = Facts(**{**{name: getattr(known, name) for name in Facts.__slots__}, "units_left": 0})
    stand = standing(known, ASKED)
    assert stand_of(stand.key) == stand
    assert len(stand.key) <= 40
    days = Calendar(day_of(at, known.zone), known.starts_on, ASKED)
    assert needs_attention(stand, days) == bool(reasons(known, at))
    assert comes_after(stand, days) == order(known, at)[1:4]


Some = list[ColumnElement[bool]]


def everybody(session: Session, editions: list[Watched], at: dt.datetime, only: Some) -> list[int]:
    """The enrolments of all who need attention, looked at one by one."""
    return [line.facts.enrolment_id for line in sheet(session, editions, EVERYWHERE, at, None, only).lines]


def waiting(session: Session, editions: list[Watched], at: dt.datetime, only: Some, size: int) -> list[set[int]]:
    """The same from what is counted, so many at once."""
    days = {one.id: Calendar(day_of(at, one.zone), one.starts_on, len(MODULES)) for one in editions}
    by_id = {one.id: one for one in editions}
    outlines = {one.version_id: outline(session, one.version_id) for one in editions}
    found = queue(session, days, undelivered(session), lambda ids: told_stands(session, by_id, outlines, ids), only)
    return [set(session.scalars(found.some(first, size))) for first in range(0, found.total, size)]


def filled(marked: bool) -> None:
    """Two editions on different calendars, and people with every reason to be told of them, and with none."""
    writer = make_person()
    with unit_of_work() as session:
        editions = [
            make_edition(session, title="One", deadline_on=dt.date(2027, 4, 23)),
            make_edition(session, title="Two", zone="Pacific/Auckland"),
        ]
        houses = [make_institution(session, "KE", Sector.JUSTICE), make_institution(session, "MX", Sector.JUSTICE)]
        houses[1].zone = "Pacific/Honolulu"
        for number in range(26):
            edition = editions[number % 2]
            stage = (Stage.INVITED, Stage.SIGNED_IN, Stage.READING, Stage.PRE_READING)[number % 4]
            made = place(session, edition, stage=stage, institution=houses[number % 3 % 2], confirmed=number % 3 > 0)
            if stage is Stage.PRE_READING:
                complete_reading(session, made)
            if stage is Stage.READING:
                session.add(EnrolmentProgress(enrolment_id=made.id, started_at=AT, units_done=0))
                session.flush()
                read_module(session, made, MODULES[0])
            _more(session, made, number, writer.id)
            if marked and number % 4 == 1:
                session.add(SensitiveMark(person_id=made.person_id, on=True, by_person_id=writer.id, at=AT))


def _more(session: Session, made: Enrolment, number: int, writer: int) -> None:
    if number % 5 == 0:
        more = AT + dt.timedelta(days=12 + number)
        services.extend(session, enrolment=made, deadline_at=more, at=AT, by="c")
    if number % 7 == 0:
        kind = RequestKind.MORE_TIME if number % 2 else RequestKind.CANNOT_ATTEND
        services.ask(session, enrolment=made, kind=kind, message="Please.", at=AT, by=made.person.subject)
    if number % 6 == 0:
        said: dict[str, Any] = {"kind": ContactKind.CALLED, "words": "", "key": f"k{number}"}
        services.note_contact(session, enrolment=made, day=AT.date(), at=AT, by=writer, **said)
    if number == 13:
        services.withdraw(session, enrolment=made, at=AT, by="c")


@pytest.mark.parametrize("marked", [False, True])
def test_every_page_holds_whom_it_would_hold_if_everybody_were_looked_at(app: Flask, marked: bool) -> None:
    filled(marked)
    with unit_of_work() as session:
        if marked:
            fold_stands(session)
        edition = session.scalars(select(Edition).where(Edition.title == "One")).one()
        came_back(session, enrol_person(session, edition, becomes=EnrolmentState.ACCEPTED).person_id)
    found = set()
    for later in (0, 1, 3, 4, 7, 8, 10, 11, 12, 25):
        at = AT + dt.timedelta(days=later)
        editions = all_watched(db.session(), EVERYWHERE, at)
        for some in (editions[:1], editions):
            for only in ([], [Enrolment.state_code == "KE"], of_place(Filter(sector="justice"), unnamed=True)):
                whole = everybody(db.session(), some, at, only)
                found.add(len(whole))
                for size in (1, 4, 50) if not only else (3,):
                    pages = [set(whole[first : first + size]) for first in range(0, len(whole), size)]
                    assert waiting(db.session(), some, at, only, size) == pages, (later, size)
    assert len(found) > 4
    assert run_all(db.session())["dashboards.attention"] == []


@pytest.fixture
def reader(app: Flask, tmp_path: Any) -> Reader:
    """Somebody who has finished a text."""
    publish(tmp_path)
    found = make_reader(app)
    found.read()
    return found


def stand(reader: Reader) -> str | None:
    """How the reader stands; what is noted of everybody is right."""
    assert run_all(db.session())["dashboards.attention"] == []
    with unit_of_work() as session:
        return session.scalar(select(AttentionStand.stand).where(AttentionStand.enrolment_id == reader.enrolment_id))


def test_it_is_noted_how_somebody_stands_whatever_happens(reader: Reader, tmp_path: Any) -> None:
    with unit_of_work() as session:
        due = day_of(session.get_one(Enrolment, reader.enrolment_id).due_at, "Europe/Warsaw")
    assert stand(reader) == f"{due} 1 2027-04-12 sn"
    reader.post("first", "undo")
    assert stand(reader) == f"{due} 0 2027-04-12 sn"
    reader.read()
    adopt(reader, publish(tmp_path, first=FIRST.replace("substance: s1", "substance: s2")))
    assert stand(reader) == f"{due} 0 2027-04-12 sn"
    with unit_of_work() as session:
        edition = session.get_one(Edition, reader.edition_id)
        said = {name: getattr(edition, name) for name in facts().__dataclass_fields__}
        deadline = Deadline(edition.deadline_at - dt.timedelta(days=2), None)
        moved = facts(**{**said, "zone": "Pacific/Auckland", "deadline_at": deadline.at, "deadline_on": None})
        services.change_edition(session, edition=edition, facts=moved, at=NOW, by="c")
        due = day_of(deadline.at, "Pacific/Auckland")
    assert stand(reader) == f"{due} 0 2027-04-12 sn"
    with unit_of_work() as session:
        made = session.get_one(Enrolment, reader.enrolment_id)
        services.extend(session, enrolment=made, deadline_at=NOW + dt.timedelta(days=20), at=NOW, by="c")
    assert stand(reader) == "2027-05-02 0 2027-04-12 sn"
    with unit_of_work() as session:
        services.withdraw(session, enrolment=session.get_one(Enrolment, reader.enrolment_id), at=NOW, by="c")
    assert stand(reader) is None
    with unit_of_work() as session:
        services.take_back(session, enrolment=session.get_one(Enrolment, reader.enrolment_id), at=NOW, by="c")
    assert stand(reader) is not None
    with unit_of_work() as session:
        people_services.erase(session, person=session.get_one(Person, reader.person_id), by=None, at=NOW)
    assert stand(reader) is None


def test_whoever_is_complete_stands_by_their_name_alone_and_nobody_is_counted_twice(reader: Reader) -> None:
    reader.pass_quiz()
    reader.post("thought", "reflection", text="My thought.")
    assert stand(reader) == "- 0 2027-04-12 sn"
    with unit_of_work() as session:
        assert fold_stands(session) > 2
        assert [(row.stand, row.count) for row in session.scalars(select(AttentionTally))] == [("- 0 2027-04-12 sn", 1)]
    assert stand(reader) == "- 0 2027-04-12 sn"


@pytest.mark.parametrize("complete", [False, True])
def test_the_migration_notes_how_everybody_stands(reader: Reader, complete: bool) -> None:
    if complete:
        reader.pass_quiz()
        reader.post("thought", "reflection", text="My thought.")
    before = stand(reader)
    [path] = (migrations.folder() / "versions").glob("*_d20a94f2b6e1_*.py")
    filling = runpy.run_path(str(path))
    with unit_of_work() as session:
        for table in (AttentionStand, AttentionDelta, AttentionTally):
            session.execute(delete(table))
        filling["fill"](session.connection())
    assert stand(reader) == before


@pytest.mark.parametrize("forged", ["note", "number"])
def test_the_check_names_what_was_forged(reader: Reader, forged: str) -> None:
    with unit_of_work() as session:
        if forged == "note":
            session.scalars(select(AttentionStand)).one().stand = "- 0 2027-04-12 n"
        else:
            session.add(AttentionTally(edition_id=reader.edition_id, stand="- 0 2027-04-12 n", count=2))
    found = [one.problem for one in run_all(db.session())["dashboards.attention"]]
    assert ("does not stand as is noted for the morning sheet" in found) == (forged == "note")
    assert ("says 2, there are 0" in found) == (forged == "number")


def test_a_reason_that_the_clock_alone_makes_is_found_without_anybody_acting(reader: Reader) -> None:
    with unit_of_work() as session:
        editions = all_watched(session, EVERYWHERE, NOW)
        early, late = (sheet(session, editions, EVERYWHERE, NOW + dt.timedelta(days=days), 1).lines for days in (1, 8))
    assert ([line.reasons for line in early], Reason.STOPPED in late[0].reasons) == ([], True)
