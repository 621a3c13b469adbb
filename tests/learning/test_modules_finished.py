"""Who has finished a module is noted when it changes, and counted from what is noted."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.kernel import migrations
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import ModuleFinished
from lms.learning.rules.modules import counted_as
from lms.seminars import services
from lms.seminars.models import EditionCount, EditionCountDelta, Enrolment, PartTally, PartTallyDelta, Stage
from lms.seminars.queries import count_of, part_counts
from lms.seminars.rules import COMPLETE
from tests.conftest import NOW
from tests.learning.makers import FIRST, Reader, adopt, make_reader, publish

WORDS = counted_as("words")


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    """Somebody who has finished the first of two modules."""
    publish(tmp_path)
    found = make_reader(app)
    found.read()
    assert counted(found) == 0
    found.pass_quiz()
    return found


def counted(reader: Reader, what: str = WORDS) -> int:
    """How many are counted as having finished a module of the edition and not yet everything."""
    with unit_of_work() as session:
        return count_of(session, reader.edition_id, what)


def by_stage(reader: Reader, part: str = WORDS) -> dict[str, int]:
    """How many of a part of the edition have reached each stage."""
    with unit_of_work() as session:
        found = part_counts(session, reader.edition_id, (part,))
    return {stage.value: number for (_state, _sector, stage), number in found.items()}


def act(reader: Reader, what: Callable[[Session, Enrolment], object]) -> None:
    """Do something with the reader's place."""
    with unit_of_work() as session:
        what(session, session.get_one(Enrolment, reader.enrolment_id))


def test_a_module_is_counted_from_its_last_unit_until_one_is_undone(reader: Reader) -> None:
    assert counted(reader) == 1
    assert reader.post("first", "undo").status_code == 303
    assert counted(reader) == 0
    reader.read()
    with unit_of_work() as session:
        services.fold_tallies(session)
    assert counted(reader) == 1
    assert not any(run_all(db.session()).values())


def test_whoever_is_complete_is_counted_among_the_complete_alone(reader: Reader) -> None:
    assert reader.post("thought", "reflection", text="My thought.").status_code == 303
    assert counted(reader) == 0
    assert not any(run_all(db.session()).values())


def test_whoever_leaves_is_not_counted_until_they_are_back(reader: Reader) -> None:
    act(reader, lambda session, place: services.withdraw(session, enrolment=place, at=NOW, by=None))
    assert counted(reader) == 0
    assert not any(run_all(db.session()).values())
    with frozen(NOW):
        act(reader, lambda session, place: services.invite(session, enrolment=place, at=NOW, by=None))
        act(reader, lambda session, place: services.decline(session, enrolment=place, at=NOW, by=None))
        assert counted(reader) == 0
        act(reader, lambda session, place: services.take_back(session, enrolment=place, at=NOW, by="c"))
    assert counted(reader) == 1
    assert not any(run_all(db.session()).values())


BEGUN = {"invited": 1, "signed-in": 1, "reading": 1}


def test_among_those_with_a_module_everybody_stands_where_they_have_come(reader: Reader) -> None:
    assert by_stage(reader) == BEGUN
    for stage in (Stage.ATTENDED, Stage.ATTENDED):
        act(reader, lambda session, place, stage=stage: services.reach(session, enrolment=place, stage=stage, at=NOW))
    act(
        reader,
        lambda session, place: services.reach_all(session, enrolment_ids=[place.id], stage=Stage.RECORDED, at=NOW),
    )
    assert by_stage(reader) == {**BEGUN, "attended": 1, "recorded": 1}
    with unit_of_work() as session:
        services.fold_tallies(session)
    act(reader, lambda session, place: services.withdraw(session, enrolment=place, at=NOW, by=None))
    assert by_stage(reader) == {}
    act(reader, lambda session, place: services.invite(session, enrolment=place, at=NOW, by=None))
    assert by_stage(reader) == {**BEGUN, "attended": 1, "recorded": 1}
    assert not any(run_all(db.session()).values())


def test_whoever_is_complete_stands_among_the_complete_until_they_leave(reader: Reader) -> None:
    assert reader.post("thought", "reflection", text="My thought.").status_code == 303
    assert (by_stage(reader), by_stage(reader, COMPLETE)) == ({}, {**BEGUN, "pre-reading": 1})
    act(
        reader,
        lambda session, place: services.reach_all(session, enrolment_ids=[place.id], stage=Stage.ATTENDED, at=NOW),
    )
    assert by_stage(reader, COMPLETE) == {**BEGUN, "pre-reading": 1, "attended": 1}
    act(reader, lambda session, place: services.withdraw(session, enrolment=place, at=NOW, by=None))
    assert by_stage(reader, COMPLETE) == {}
    act(reader, lambda session, place: services.take_back(session, enrolment=place, at=NOW, by="c"))
    assert by_stage(reader, COMPLETE) == {**BEGUN, "pre-reading": 1, "attended": 1}
    assert not any(run_all(db.session()).values())


@pytest.mark.parametrize("complete", [False, True])
def test_how_far_they_had_come_is_counted_by_the_migration(reader: Reader, complete: bool) -> None:
    if complete:
        reader.post("thought", "reflection", text="My thought.")
    [path] = (migrations.folder() / "versions").glob("*_c98f3e1a5d04_*.py")
    filling = runpy.run_path(str(path))
    with unit_of_work() as session:
        session.execute(delete(PartTallyDelta))
        for statement in ("MODULES", "COMPLETE"):
            session.connection().exec_driver_sql(filling[statement])
    assert by_stage(reader, COMPLETE if complete else WORDS) == BEGUN | ({"pre-reading": 1} if complete else {})
    assert not any(run_all(db.session()).values())


def test_another_version_is_counted_as_it_asks(reader: Reader, tmp_path: Path) -> None:
    adopt(reader, publish(tmp_path, first=FIRST.replace("substance: s1", "substance: s2")))
    assert counted(reader) == 0
    assert not any(run_all(db.session()).values())


def test_what_was_read_before_is_noted_by_the_migration(reader: Reader) -> None:
    [path] = (migrations.folder() / "versions").glob("*_a76eb19f3d82_*.py")
    filling = runpy.run_path(str(path))
    with unit_of_work() as session:
        session.execute(delete(ModuleFinished))
        session.execute(delete(EditionCountDelta).where(EditionCountDelta.what == WORDS))
        for statement in ("FINISHED", "COUNTS"):
            session.connection().exec_driver_sql(filling[statement])
    assert counted(reader) == 1
    assert not any(run_all(db.session()).values())


@pytest.mark.parametrize("forged", ["note", "number", "unknown", "place"])
def test_the_check_names_what_was_forged(reader: Reader, forged: str) -> None:
    with unit_of_work() as session:
        if forged == "note":
            session.execute(delete(ModuleFinished))
        elif forged == "number":
            session.scalars(select(EditionCountDelta).where(EditionCountDelta.what == WORDS)).one().change = 3
        elif forged == "place":
            session.add(
                PartTally(
                    edition_id=reader.edition_id, part=WORDS, state_code="TZ", sector="other", stage="invited", count=4
                )
            )
        else:
            session.add(EditionCount(edition_id=reader.edition_id, what=counted_as("gone"), count=2))
    found = run_all(db.session())["learning.modules"]
    said = {
        "note": "against the facts",
        "number": "says 3, there are 1",
        "unknown": "says 2, there are 0",
        "place": "says 4, there are 0",
    }
    assert [said[forged] in one.problem for one in found] == [True]


def test_the_check_names_a_wrong_number_of_the_complete(reader: Reader) -> None:
    reader.post("thought", "reflection", text="My thought.")
    with unit_of_work() as session:
        session.scalars(
            select(PartTallyDelta).where(PartTallyDelta.part == COMPLETE, PartTallyDelta.stage == Stage.READING)
        ).one().change = 5
    assert ["says 5, there are 1" in one.problem for one in run_all(db.session())["seminars.parts"]] == [True]
