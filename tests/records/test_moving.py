"""Taking an edition to another version: what the coordinator is shown is exactly what then happens."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue import services as courses
from lms.catalogue.rules.differences import differences
from lms.catalogue.rules.outline import CompletionRule, Outline, OutlineModule, OutlineUnit
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress
from lms.learning.queries import own_enrolment, standing
from lms.learning.rules.progress import UnitState, UnitSummary
from lms.learning.rules.standing import Course, Standing, standing_of
from lms.learning.services import complete_unit
from lms.people.rules import Role, Scope, ScopeKind
from lms.records import queries, services
from lms.records.differing import in_words
from lms.records.models import RecordSubject
from lms.records.rules.moving import Effect, Reader, effect_of
from lms.seminars import queries as seminars
from lms.seminars import services as seminar_services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Mark
from tests.catalogue import tiny
from tests.conftest import statements
from tests.learning import makers
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.seminars.makers import enrol_person, make_edition
from tests.seminars.test_races import at_once

ALL = Scope(person_id=0, everything=True)
SECOND = tiny.FIRST.replace("key: first", "key: second").replace("First", "Second")
Edit = Callable[[Path], None]


def _write(path: str, text: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / path).write_text(text, encoding="utf-8")

    return edit


def _first_is_another(folder: Path) -> None:
    _write("modules/01-words/first.md", makers.FIRST.replace("substance: s1", "substance: s2"))(folder)


def _quiz_asks_another(folder: Path) -> None:
    asked = makers.ASKED.replace("substance: s1", "substance: s2").replace("Which one?", "Which one is it?")
    _write("modules/01-words/asked.yaml", asked)(folder)


def _a_text_is_new(folder: Path) -> None:
    _write("modules/01-words/second.md", SECOND)(folder)
    _write("modules/01-words/module.yaml", tiny.WORDS + "- second\n")(folder)


def _the_quiz_is_gone(folder: Path) -> None:
    (folder / "modules/01-words/asked.yaml").unlink()
    _write("modules/01-words/module.yaml", tiny.WORDS.replace("- asked\n", ""))(folder)


def _thinking_is_not_asked(folder: Path) -> None:
    _write("course.yaml", tiny.COURSE.replace("modules: all", "modules:\n  - words"))(folder)


def _less_attendance(folder: Path) -> None:
    _write("course.yaml", tiny.COURSE.replace("at_least: 80", "at_least: 50"))(folder)


def _another_mark_and_order(folder: Path) -> None:
    _write("modules/01-words/module.yaml", tiny.WORDS.replace("- first\n- asked\n", "- asked\n- first\n"))(folder)
    _write("modules/02-cases/module.yaml", tiny.CASES.replace("pass_mark: 50", "pass_mark: 60"))(folder)


def _much_at_once(folder: Path) -> None:
    for edit in (_first_is_another, _a_text_is_new, _quiz_asks_another, _thinking_is_not_asked):
        edit(folder)


EDITS = (
    _first_is_another, _quiz_asks_another, _a_text_is_new, _the_quiz_is_gone, _thinking_is_not_asked, _less_attendance,
    _another_mark_and_order, _much_at_once,
)  # fmt: skip


@dataclass
class World:
    """An edition on the first version, and people at every point of the way."""

    app: Flask
    edition_id: int
    edition: str
    people: dict[str, makers.Reader]
    folder: Path

    def publish(self, edit: Edit) -> int:
        """The next version of the course."""
        edit(self.folder)
        with unit_of_work() as session:
            version_id = courses.load(session, folder=self.folder, kinds=tiny.KINDS, at=now(), by=None).version_id
        db.session.remove()
        return version_id

    def foresee(self, version_id: int) -> queries.Forecast:
        """What the coordinator would be shown."""
        with unit_of_work() as session:
            edition = session.get_one(Edition, self.edition_id)
            return queries.forecast(session, edition, version_id, ALL, now())

    def move(self, version_id: int, shown: str) -> None:
        """The coordinator's act."""
        with unit_of_work() as session:
            edition = session.get_one(Edition, self.edition_id)
            services.move_edition(
                session, edition=edition, version_id=version_id, shown=shown, scope=ALL, at=now(), by="coordinator"
            )
        db.session.remove()


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    makers.publish(tmp_path)
    with unit_of_work() as session:
        edition = make_edition(session, "tiny")
    names = ("fresh", "reading", "trying", "passed", "thinking", "finished", "absent")
    people = {name: makers.make_reader(app, edition) for name in names}
    with unit_of_work() as session:
        enrol_person(session, edition, becomes=EnrolmentState.INVITED)
        enrol_person(session, edition, becomes=EnrolmentState.NOMINATED)
        leaver = enrol_person(session, edition)
        seminar_services.withdraw(session, enrolment=leaver, at=now(), by=None)
    for name in names[1:]:
        people[name].read()
    people["trying"].begin()
    for name in ("passed", "thinking", "finished", "absent"):
        people[name].pass_quiz()
    for name in ("finished", "absent"):
        people[name].finish()
    people["finished"].begin()
    one = people["fresh"]
    db.session.remove()
    return World(app, one.edition_id, one.edition, people, tmp_path / "tiny")


def _close(world: World) -> None:
    """Everybody but one was there on all half-days, that one on three of four; the sheet is closed."""
    with unit_of_work() as session:
        edition = session.get_one(Edition, world.edition_id)
        days = [row.id for row in seminars.sessions_of(session, edition.id)]
        absent = world.people["absent"].enrolment_id
        marks = {(one.enrolment_id, day): Mark.PRESENT for one in world.people.values() for day in days}
        marks |= {(absent, days[0]): Mark.ABSENT}
        seminar_services.mark_attendance(session, edition=edition, marks=marks, at=now(), by="coordinator")
        seminar_services.close_attendance(session, edition=edition, at=now(), by="coordinator")
    db.session.remove()


@dataclass
class Seen:
    """What the rest of the system says of one person, asked in its own ways."""

    standing: Standing
    completed_at: dt.datetime | None
    record: str | None

    @property
    def missing(self) -> list[int]:
        return [unit.id for condition in self.standing.conditions for unit in condition.missing]

    @property
    def done(self) -> set[int]:
        return {unit.unit.id for module in self.standing.modules for unit in module.units if unit.done}


def _look(session: Session, edition: Edition, enrolment: Enrolment) -> Seen:
    own = own_enrolment(session, edition.public_id, enrolment.person_id)
    kept = session.get(EnrolmentProgress, enrolment.id)
    record = session.scalar(select(RecordSubject.record).where(RecordSubject.enrolment_id == enrolment.id))
    found = standing(session, enrolment.id, catalogue.outline(session, own.version_id))
    return Seen(found, kept.completed_at if kept else None, record)


def _look_at_all(world: World) -> dict[int, Seen]:
    with unit_of_work() as session:
        edition = session.get_one(Edition, world.edition_id)
        here = select(Enrolment).where(Enrolment.edition_id == edition.id)
        counted = here.where(Enrolment.state.in_([EnrolmentState.INVITED, EnrolmentState.ACCEPTED]))
        return {place.id: _look(session, edition, place) for place in session.scalars(counted)}


def _happened(before: Seen, after: Seen, foreseen: Effect) -> None:
    begun = before.standing.started_at is not None
    asked = begun and before.completed_at is None
    ids = [unit.id for _module, unit in after.standing.outline.units()]
    assert list(foreseen.again) == ([n for n in ids if n in before.done - after.done] if asked else [])
    newly = after.completed_at is not None and before.completed_at is None
    assert foreseen.finishes == newly
    if asked and not newly:
        assert list(foreseen.more) == [number for number in after.missing if number not in before.missing]
        assert list(foreseen.less) == [number for number in before.missing if number not in after.missing]
    assert foreseen.record == (after.record is not None and before.record is None)
    assert foreseen.keeps_reading == (before.completed_at is not None)
    assert foreseen.keeps_record == (before.record is not None)
    if before.completed_at is not None:
        assert after.completed_at == before.completed_at
        assert after.standing.complete
        assert not after.missing
    if before.record is not None:
        assert after.record == before.record


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__.strip("_"))
def test_what_was_shown_is_what_happens(world: World, edit: Edit, closed: bool) -> None:
    if closed:
        _close(world)
    tries = {name: world.people[name].begin() for name in ("trying", "finished")}
    version_id = world.publish(edit)
    foreseen, before = world.foresee(version_id), _look_at_all(world)
    assert {effect.enrolment_id for effect in foreseen.effects} == before.keys()
    world.move(version_id, foreseen.fingerprint)
    after = _look_at_all(world)
    for effect in foreseen.effects:
        _happened(before[effect.enrolment_id], after[effect.enrolment_id], effect)
    effects = {effect.enrolment_id: effect for effect in foreseen.effects}
    for name, tried in tries.items():
        one = world.people[name]
        answer = one.save(tried, "truth", truth="true")
        assert (answer.status_code == 404) == bool(effects[one.enrolment_id].set_aside), (name, answer.text[:3000])


def test_the_cases_have_every_effect(world: World) -> None:
    """So that the table above asserts something of each."""
    version_id = world.publish(_much_at_once)
    foreseen = world.foresee(version_id)
    assert foreseen.count("again") == 4
    assert foreseen.count("more") == 4
    assert foreseen.count("less") == 1 + 3
    assert foreseen.count("set_aside") == 2
    assert foreseen.count("keeps_reading") == 2
    assert foreseen.count("waits") == 2


def test_whoever_has_nothing_left_is_finished_and_gets_the_record_in_the_same_moment(world: World) -> None:
    _close(world)
    version_id = world.publish(_thinking_is_not_asked)
    foreseen = world.foresee(version_id)
    done = {effect.enrolment_id for effect in foreseen.effects if effect.finishes}
    assert done == {world.people[name].enrolment_id for name in ("passed", "thinking")}
    assert {effect.enrolment_id for effect in foreseen.effects if effect.record} == done


@pytest.mark.parametrize("meanwhile", ["somebody reads", "somebody leaves", "the deadline moves", "another moves it"])
def test_what_has_changed_since_is_refused_and_shown_anew(world: World, meanwhile: str) -> None:
    version_id = world.publish(_first_is_another)
    shown = world.foresee(version_id).fingerprint
    if meanwhile == "somebody reads":
        world.people["fresh"].read()
    elif meanwhile == "somebody leaves":
        with unit_of_work() as session:
            place = session.get_one(Enrolment, world.people["reading"].enrolment_id)
            seminar_services.withdraw(session, enrolment=place, at=now(), by=None)
    elif meanwhile == "the deadline moves":
        with unit_of_work() as session:
            session.get_one(Edition, world.edition_id).deadline_at += dt.timedelta(days=1)
    else:
        world.move(version_id, shown)
        version_id = world.publish(_a_text_is_new)
    db.session.remove()
    with pytest.raises(services.ForecastChanged):
        world.move(version_id, shown)
    world.move(version_id, world.foresee(version_id).fingerprint)


def test_a_step_that_touches_nothing_shown_does_not_make_it_stale(world: World) -> None:
    version_id = world.publish(_first_is_another)
    shown = world.foresee(version_id).fingerprint
    assert world.people["thinking"].post("thought", "reflection", text="Mine.").status_code == 303
    # Whoever is complete by it keeps that: this is another effect, so it is shown anew.
    with pytest.raises(services.ForecastChanged):
        world.move(version_id, shown)
    shown = world.foresee(version_id).fingerprint
    world.people["trying"].pass_quiz()
    db.session.remove()
    with pytest.raises(services.ForecastChanged):
        world.move(version_id, world.foresee(version_id).fingerprint[::-1])
    world.move(version_id, world.foresee(version_id).fingerprint)
    assert shown


@pytest.mark.parametrize("_try", range(3))
def test_somebody_who_reads_at_the_same_moment_is_in_what_was_shown_or_stops_it(world: World, _try: int) -> None:
    version_id = world.publish(_first_is_another)
    shown, before = world.foresee(version_id), _look_at_all(world)
    fresh = world.people["fresh"]
    unit, own = fresh.unit("first"), fresh.own()

    def move(session: Session) -> None:
        edition = session.get_one(Edition, world.edition_id)
        services.move_edition(
            session, edition=edition, version_id=version_id, shown=shown.fingerprint, scope=ALL, at=now(), by="c"
        )

    def read(session: Session) -> None:
        outline = catalogue.outline(session, own.version_id)
        complete_unit(session, own=own, outline=outline, unit=unit, key="at-the-same-moment", at=now())

    refused = at_once(world.app, move, read)
    after = _look_at_all(world)
    moved = after[fresh.enrolment_id].standing.outline.version_id == version_id
    if moved:
        effects = {effect.enrolment_id: effect for effect in shown.effects}
        for number, effect in effects.items():
            if number != fresh.enrolment_id:
                _happened(before[number], after[number], effect)
        assert not before[fresh.enrolment_id].done
    else:
        assert len(refused) == 1
        assert unit.id in after[fresh.enrolment_id].done


def test_there_is_no_way_back_and_the_act_is_in_the_audit_trail(world: World) -> None:
    first = world.people["fresh"].outline().version_id
    version_id = world.publish(_first_is_another)
    world.move(version_id, world.foresee(version_id).fingerprint)
    with pytest.raises(services.NotNewer):
        world.move(version_id, "anything")
    with pytest.raises(services.NotNewer):
        world.move(first, world.foresee(first).fingerprint)
    db.session.remove()
    with unit_of_work() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.act == "edition.version")).all()
        assert [(act.actor, act.details["version"]) for act in acts] == [("coordinator", "2.0")]


def test_the_page_says_numbers_first_and_then_who(world: World) -> None:
    world.publish(_much_at_once)
    person = make_person()
    give_mandate(person, Role.COORDINATOR, ScopeKind.EDITION, world.edition)
    browser = signed_in_client(world.app, person)
    path = f"/editions/{world.edition}/versions/2.0"
    answer = browser.get(path)
    assert answer.status_code == 200
    page = re.sub(r"\s+", " ", answer.text)
    assert "“Second” is new." in page
    assert "“First” says something else: whoever has finished it reads it again." in page
    assert "“Asked” asks something else: whoever has passed it answers again." in page
    assert "The completion record asks for these modules: “Words”." in page
    assert "4 people have finished a text that is to be read again" in page
    assert "2 people have finished the pre-reading, which stays finished" in page
    assert page.index("4 people have finished") < page.index("Person by person")
    assert "Use version 2.0 in this edition" in page
    with frozen(now() + dt.timedelta(days=14)):
        late = re.sub(r"\s+", " ", signed_in_client(world.app, person).get(path).text)
    assert "That has passed." in late
    assert "the time is over" in late
    with unit_of_work() as session:
        looks = session.scalars(select(AuditEntry).where(AuditEntry.act == "version.looked-at")).all()
        assert next(look.about for look in looks) == world.edition


def test_the_number_of_statements_does_not_grow_with_the_people(world: World) -> None:
    version_id = world.publish(_much_at_once)
    world.foresee(version_id)
    with statements(world.app) as few:
        world.foresee(version_id)
    with unit_of_work() as session:
        edition = session.get_one(Edition, world.edition_id)
        for _number in range(20):
            enrol_person(session, edition)
    with statements(world.app) as many:
        world.foresee(version_id)
    assert len(many) == len(few) <= 13


def test_the_pages_statements_do_not_grow_with_those_it_names(world: World) -> None:
    world.publish(_much_at_once)
    person = make_person()
    give_mandate(person, Role.COORDINATOR)
    browser, path = signed_in_client(world.app, person), f"/editions/{world.edition}/versions/2.0"
    browser.get(path)
    with statements(world.app) as few:
        page = browser.get(path).text
    assert "Person by person" in page
    with unit_of_work() as session:
        edition = session.get_one(Edition, world.edition_id)
        more = [makers.make_reader(world.app, edition) for _number in range(3)]
    for one in more:
        one.client.post(f"/learn/{world.edition}/units/first/done", data={"client_key": "many-readers"})
    with statements(world.app) as many:
        assert browser.get(path).text.count("Reads again") == page.count("Reads again") + 3
    assert len(many) == len(few)


# The rule by itself -------------------------------------------------------------------------------------------------

_UNITS = range(5)


@st.composite
def _outlines(draw: st.DrawFn, number: int) -> Outline:
    held = draw(st.lists(st.sampled_from(_UNITS), unique=True, min_size=1))
    cut = draw(st.integers(0, len(held)))
    modules = tuple(
        OutlineModule(key, {"en": key}, (), 80, (), tuple(_unit(draw, unit) for unit in part))
        for key, part in (("a", held[:cut]), ("b", held[cut:]))
    )
    asked = draw(st.sampled_from([("a",), ("b",), ("a", "b")]))
    rule = CompletionRule(asked, None, False)
    return Outline(number, 1, "c", f"{number}.0", "", "en", {"en": "c"}, {"en": ""}, 80, rule, modules, (), ())


def _unit(draw: st.DrawFn, number: int) -> OutlineUnit:
    substance = draw(st.sampled_from(["s1", "s2"]))
    return OutlineUnit(number, f"u{number}", "reading", {"en": "u"}, 1, substance, 80, 0, number, "en", {})


DONE = UnitSummary(UnitState.DONE, done_at=dt.datetime(2027, 4, 1, tzinfo=dt.UTC))
DEADLINE = dt.datetime(2027, 4, 23, tzinfo=dt.UTC)


@settings(max_examples=300, deadline=None)
@given(
    _outlines(1), _outlines(2), st.sets(st.tuples(st.sampled_from(_UNITS), st.sampled_from(["s1", "s2"]))),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_the_effect_is_the_difference_between_where_one_stands_before_and_after(
    old: Outline, new: Outline, finished: set[tuple[int, str]], begun: bool, complete: bool
) -> None:
    progress = dict.fromkeys(finished, DONE)
    course = Course(DEADLINE if begun or complete else None, DEADLINE if complete else None)
    reader = Reader(1, progress, course, DEADLINE)
    effect = effect_of(old, new, reader, DEADLINE + dt.timedelta(seconds=1))
    before, after = (Seen(standing_of(course_read, progress, course), None, None) for course_read in (old, new))
    if complete or not begun:
        assert not effect.touched
        return
    assert set(effect.again) == {
        unit.id for _module, unit in new.units() if unit.id in before.done and unit.id not in after.done
    }
    assert set(effect.more) == set(after.missing) - set(before.missing)
    assert set(effect.less) == set(before.missing) - set(after.missing)
    assert effect.finishes == (not after.missing)
    assert effect.late == bool(effect.more)
    assert effect_of(old, new, replace(reader, deadline=DEADLINE + dt.timedelta(days=1)), DEADLINE).late is False


ONE, TWO, THREE = (
    OutlineUnit(number, f"u{number}", "reading", {"en": f"U{number}"}, 1, "s1", 80, 0, number, "en", {})
    for number in (1, 2, 3)
)
FIRST_MODULE = OutlineModule("a", {"en": "A"}, (), 80, (), (ONE, TWO))
SECOND_MODULE = OutlineModule("b", {"en": "B"}, (), 80, ("a",), (THREE,))
BASE = Outline(
    1, 1, "c", "1.0", "", "en", {"en": "c"}, {"en": ""}, 80, CompletionRule(("a", "b"), 80, True),
    (FIRST_MODULE, SECOND_MODULE), (), (),
)  # fmt: skip


def _with(*modules: OutlineModule, **rule: Any) -> Outline:
    return replace(BASE, modules=modules or BASE.modules, rule=replace(BASE.rule, **rule))


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (BASE, []),
        (_with(modules=("a",)), ["The completion record asks for these modules: “A”."]),
        (
            _with(attendance_at_least=50),
            ["The completion record asks for 50% of the half-days, until now for 80%."],
        ),
        (_with(attendance_at_least=None), ["The completion record does not ask for attendance any more."]),
        (_with(name_confirmed=False), ["The completion record does not ask for a confirmed name any more."]),
        (_with(SECOND_MODULE, FIRST_MODULE), ["The modules stand in another order."]),
        (_with(FIRST_MODULE, replace(SECOND_MODULE, after=())), ["The module “B” is open from the beginning."]),
        (
            _with(replace(FIRST_MODULE, units=(TWO, ONE)), SECOND_MODULE),
            ["The texts of the module “A” stand in another order."],
        ),
        (
            _with(FIRST_MODULE, modules=("a",)),
            ["The module “B” is gone.", "“U3” is gone."],
        ),
        (
            _with(FIRST_MODULE, SECOND_MODULE, replace(SECOND_MODULE, key="c", title={"en": "C"}, units=())),
            ["The module “C” is new; the completion record does not ask for it."],
        ),
        (
            _with(replace(FIRST_MODULE, units=(ONE,)), replace(SECOND_MODULE, units=(THREE, TWO))),
            ["“U2” has moved from “A” to “B”."],
        ),
        (
            _with(replace(FIRST_MODULE, units=(replace(ONE, substance="s2"), TWO)), SECOND_MODULE),
            ["“U1” says something else: whoever has finished it reads it again."],
        ),
        (
            _with(FIRST_MODULE, replace(SECOND_MODULE, units=(replace(THREE, questions=2, pass_mark=90),))),
            ["“U3” is passed with 90%, until now with 80%. Whoever has passed stays passed."],
        ),
        (_with(replace(FIRST_MODULE, units=(replace(ONE, revision_id=9), TWO)), SECOND_MODULE), ["U1"]),
    ],
)
def test_what_changes_is_said_in_plain_words(sqlite_app: Flask, new: Outline, said: list[str]) -> None:
    with sqlite_app.test_request_context():
        assert [in_words(found, "en") for found in differences(BASE, new)] == said


def test_the_page_of_an_edition_says_that_a_version_waits_until_it_is_used(app: Flask, tmp_path: Path) -> None:
    makers.publish(tmp_path)
    reader = makers.make_reader(app)
    coordinator = make_person()
    give_mandate(coordinator, Role.COORDINATOR)
    client = signed_in_client(app, coordinator)
    page = f"/editions/{reader.edition}"
    assert "waits for you" not in client.get(page).text
    makers.publish(tmp_path, first=makers.FIRST.replace("It ended.", "It ended at last."))
    assert "waits for you" not in client.get(page).text, "an editorial version needs nobody's act"
    version = makers.publish(tmp_path, first=makers.FIRST.replace("substance: s1", "substance: s2"))
    assert "Version 2.0 of the course waits for you" in client.get(page).text
    makers.adopt(reader, version)
    assert "waits for you" not in client.get(page).text
