"""Two entries of one person, both with reading: nothing earned is lost, nothing private is opened to the wrong eyes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.checks import run_all
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress, ProgressEvent
from lms.learning.queries import own_enrolment, progress_of, reflection
from lms.learning.rules.progress import ProgressKind
from lms.learning.services.progress import hold, record
from lms.learning.services.receipts import take
from lms.people import services as people_services
from lms.people.models import IdentityRow, Person
from lms.people.rules.codes import TokenPurpose
from lms.people.services.codes import make_code, try_code
from lms.seminars import queries
from lms.seminars.models import Edition, Enrolment, Stage
from lms.seminars.rules import EnrolmentState
from tests.learning.makers import Reader, make_reader, publish
from tests.seminars.makers import make_edition


@pytest.fixture
def first(app: Flask, tmp_path: Path) -> Reader:
    """Somebody on the course, under their first entry."""
    publish(tmp_path)
    return make_reader(app)


def again(app: Flask, reader: Reader, *, here: bool) -> Reader:
    """The same person, entered a second time: in the same edition, or in another one."""
    with unit_of_work() as session:
        edition = (
            session.get_one(Edition, reader.edition_id) if here else make_edition(session, "tiny", title="Another")
        )
        number = edition.id
    return make_reader(app, db.session.get_one(Edition, number), name="Amina Mfano")


def join(stays: Reader, goes: Reader, *kept: int) -> None:
    with unit_of_work() as session:
        one, other = (session.get_one(Person, reader.person_id) for reader in (stays, goes))
        people_services.join(session, stays=one, goes=other, kept=kept, at=now(), by="c")
    db.session.remove()


def prove(person_id: int) -> None:
    """The person types the code that was sent to the address that came with the other entry."""
    with unit_of_work() as session:
        unproved = select(IdentityRow.id).where(IdentityRow.person_id == person_id, IdentityRow.former_id.is_not(None))
        number = session.scalars(unproved).one()
        made = make_code(session, purpose=TokenPurpose.ADDRESS, person_id=person_id, identity_id=number, at=now())
        try_code(
            session,
            purpose=TokenPurpose.ADDRESS,
            link=made.link.rsplit("/", 1)[-1],
            code=made.code,
            at=now(),
            person_id=person_id,
        )
    db.session.remove()


def written(reader: Reader, holder: int, unit: str = "thought") -> str | None:
    session = db.session()
    own = own_enrolment(session, reader.edition, holder)
    kept = reflection(session, own, replace(reader, person_id=holder).unit(unit).id)
    return kept.text if kept else None


def test_with_reading_in_two_editions_both_stay_and_private_texts_open_with_the_address(
    app: Flask, first: Reader
) -> None:
    second = again(app, first, here=False)
    first.read()
    second.finish()
    before = progress_of(db.session(), second.enrolment_id)
    join(first, second)
    session = db.session()
    assert session.get_one(Enrolment, second.enrolment_id).person_id == first.person_id
    assert progress_of(session, second.enrolment_id) == before
    assert written(second, first.person_id) is None
    prove(first.person_id)
    assert written(second, first.person_id) == "My thought."
    assert not any(run_all(db.session()).values())


@pytest.mark.parametrize("kept", ["first", "second"])
def test_with_reading_in_one_edition_what_was_finished_at_either_is_finished(
    app: Flask, first: Reader, kept: str
) -> None:
    second = again(app, first, here=True)
    first.read()
    second.finish()
    chosen = first if kept == "first" else second
    join(first, second, chosen.enrolment_id)
    session = db.session()
    place = session.scalars(select(Enrolment).where(Enrolment.person_id == first.person_id)).one()
    assert place.id == chosen.enrolment_id
    other = second if chosen is first else first
    assert session.get_one(Enrolment, other.enrolment_id).state is EnrolmentState.REPLACED
    course = session.get_one(EnrolmentProgress, place.id)
    assert course.completed_at is not None
    last = select(ProgressEvent.at).where(ProgressEvent.enrolment_id == place.id).order_by(ProgressEvent.at.desc())
    assert course.completed_at == session.scalars(last).first()
    numbers = queries.counts(session, first.edition_id)
    assert sum(number for (*_place, stage), number in numbers.items() if stage is Stage.PRE_READING) == 1
    assert not any(run_all(session).values())
    assert written(first, first.person_id) is None
    prove(first.person_id)
    assert written(first, first.person_id) == "My thought."


def test_of_two_private_texts_on_one_unit_that_of_the_kept_place_is_shown(app: Flask, first: Reader) -> None:
    second = again(app, first, here=True)
    for reader, text in ((first, "Mine."), (second, "Theirs.")):
        reader.read()
        reader.pass_quiz()
        assert reader.post("thought", "reflection", text=text).status_code == 303
    join(first, second, first.enrolment_id)
    prove(first.person_id)
    assert written(first, first.person_id) == "Mine."
    assert not any(run_all(db.session()).values())


def test_what_was_half_done_under_each_entry_is_done_together(app: Flask, first: Reader, tmp_path: Path) -> None:
    second = again(app, first, here=True)
    first.read()
    second.pass_quiz()
    join(first, second, first.enrolment_id)
    assert db.session.get_one(EnrolmentProgress, first.enrolment_id).units_done == 2
    assert first.post("thought", "reflection", text="Now it is open.").status_code == 303
    assert db.session.get_one(EnrolmentProgress, first.enrolment_id).completed_at is not None
    assert not any(run_all(db.session()).values())


def test_modules_finished_under_one_entry_each_are_complete_together_at_the_last_step(
    app: Flask, first: Reader
) -> None:
    second = again(app, first, here=True)
    first.read()
    first.pass_quiz()
    with unit_of_work() as session:  # as in a course whose modules wait for nothing
        held = hold(session, second.own(), second.outline())
        taken = take(session, second.enrolment_id, "k", action="written", body={}, at=now())
        record(session, held, second.unit("thought"), ProgressKind.WRITTEN, taken)
        at = taken.at
    join(first, second, first.enrolment_id)
    assert db.session.get_one(EnrolmentProgress, first.enrolment_id).completed_at == at
    assert not any(run_all(db.session()).values())
