"""Frozen tables: made once a week, kept as they are, shown and taken away as they were published, and nothing live."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.dashboards import queries, services
from lms.dashboards.reactions import freeze
from lms.dashboards.rules import frozen
from lms.dashboards.rules.frozen import Published, Stratum, Tally
from lms.kernel import outbox
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people.models import Sector
from lms.people.rules import Role, ScopeKind
from lms.seminars import services as seminars
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import Stage
from tests.conftest import statements
from tests.dashboards.attack import FOR_EVER, UNKNOWN, Attack, Person, Told
from tests.dashboards.makers import crowd, place
from tests.dashboards.test_numbers import browser
from tests.seminars.makers import AT, make_edition

STATES = ("AR", "CR", "GH", "KE", "KH", "TZ", "UG", "ZA", "PL", "CL", "PE", "BR", "RW", "MX", "NG")
WEEK = dt.timedelta(days=7)
FIRST = frozen.monday(AT) + 2 * WEEK
"""The first Monday on which nobody new was invited for a week."""


def a_seminar(session: Session, size: int = 22, stage: Stage = Stage.READING) -> tuple[Edition, list[Enrolment]]:
    edition = make_edition(session)
    sectors = list(Sector)
    drawn = [(STATES[number % len(STATES)], sectors[number % 6], stage) for number in range(size)]
    return edition, crowd(session, edition, drawn)


def numbers_of(table: queries.Frozen, stage: Stage) -> list[int]:
    return [one.numbers[stage] for one in table.groups]


# The rule -----------------------------------------------------------------------------------------------------------


def test_a_week_begins_on_monday_at_midnight_utc() -> None:
    warsaw = dt.timezone(dt.timedelta(hours=2))
    assert frozen.monday(dt.datetime(2027, 5, 3, 1, 0, tzinfo=warsaw)).isoformat() == "2027-04-26T00:00:00+00:00"
    assert frozen.monday(dt.datetime(2027, 5, 3, 2, 0, tzinfo=warsaw)).isoformat() == "2027-05-03T00:00:00+00:00"


def test_large_states_and_sectors_stand_by_themselves_and_nobody_is_in_two_groups() -> None:
    people = {("KE", "justice"): 60, ("KE", "defence"): 12, ("TZ", "justice"): 50, ("UG", "justice"): 3}
    people |= {(state, "education"): 2 for state in STATES}
    groups = frozen.parted(people)
    assert Stratum("KE", "justice", 10) in groups
    assert Stratum("TZ", "justice", 10) in groups
    held = [frozen.group_of(groups, place) for place in people]
    sizes = [sum(n for n, one in zip(people.values(), held, strict=True) if one == group) for group in groups]
    assert sum(sizes) == sum(people.values())
    assert all(size >= 2 * group.step for size, group in zip(sizes, groups, strict=True))


def test_a_state_that_is_not_to_be_named_never_stands_by_itself() -> None:
    people = {("KE", "justice"): 60, ("TZ", "justice"): 50, ("UG", "justice"): 50}
    assert "KE" in {group.row for group in frozen.parted(people)}
    assert "KE" not in {group.row for group in frozen.parted(people, {"KE"})}


def test_too_few_people_are_in_no_group() -> None:
    assert frozen.parted({("KE", "justice"): 4, ("TZ", "justice"): 3}) == ()
    assert frozen.parted({}) == ()


def test_a_number_never_falls_and_never_takes_everybody() -> None:
    groups = (Stratum("*", "*", 5),)
    tally = {(state, "justice"): Tally({Stage.INVITED: 2, Stage.SIGNED_IN: 2}, 2) for state in STATES[:10]}
    (first,) = frozen.published(groups, tally)
    assert (first.numbers[Stage.INVITED], first.numbers[Stage.SIGNED_IN]) == (20, 15)
    (second,) = frozen.published(groups, {place: Tally(one.reached, 0) for place, one in tally.items()}, [first])
    assert second.numbers == first.numbers


def test_rows_of_a_state_marked_later_become_sums_of_what_was_published() -> None:
    numbers = dict.fromkeys(Stage, 20)
    table = [Published(Stratum(row, "justice", 10), numbers) for row in ("KE", "TZ", "*")]
    shown = frozen.without_names_of(table, {"KE"})
    assert {one.group.row: one.numbers[Stage.INVITED] for one in shown} == {"TZ": 20, "*": 40}
    assert frozen.total(shown, Stage.INVITED) == frozen.total(table, Stage.INVITED)


# Freezing -----------------------------------------------------------------------------------------------------------


def test_tables_begin_when_nobody_new_was_invited_for_a_week(session: Session) -> None:
    edition, _people = a_seminar(session)
    assert services.freeze(session, at=FIRST - WEEK) == 0
    assert services.freeze(session, at=FIRST + dt.timedelta(days=3)) == 1
    (table,) = queries.frozen_tables(session, edition.id)
    assert table.as_of == FIRST
    assert numbers_of(table, Stage.INVITED) == [20]
    assert numbers_of(table, Stage.READING) == [15]
    assert numbers_of(table, Stage.PRE_READING) == [0]


def test_the_job_makes_a_table_once_and_leaves_out_what_happened_since_monday(session: Session) -> None:
    edition, people = a_seminar(session)
    for enrolment in people[:12]:
        seminars.reach(session, enrolment=enrolment, stage=Stage.PRE_READING, at=FIRST - dt.timedelta(seconds=1))
    for enrolment in people[12:]:
        seminars.reach(session, enrolment=enrolment, stage=Stage.PRE_READING, at=FIRST)
    assert outbox.periodic["dashboards.freeze"]
    for hours in (5, 6, 100):
        freeze(session, {}, FIRST + dt.timedelta(hours=hours))
    (table,) = queries.frozen_tables(session, edition.id)
    assert numbers_of(table, Stage.PRE_READING) == [10]
    freeze(session, {}, FIRST + WEEK)
    assert [numbers_of(one, Stage.PRE_READING) for one in queries.frozen_tables(session, edition.id)] == [[15], [10]]


def test_who_leaves_stays_counted_and_the_groups_stay_as_they_were(session: Session) -> None:
    edition, people = a_seminar(session, 40)
    services.freeze(session, at=FIRST)
    for enrolment in people[:30]:
        seminars.withdraw(session, enrolment=enrolment, at=FIRST, by="c")
    crowd(session, edition, [("KE", Sector.JUSTICE, Stage.READING)] * 60)
    services.freeze(session, at=FIRST + WEEK)
    after, before = queries.frozen_tables(session, edition.id)
    assert [one.group for one in after.groups] == [one.group for one in before.groups]
    pairs = zip(after.groups, before.groups, strict=True)
    assert all(new.numbers[stage] >= old.numbers[stage] for new, old in pairs for stage in Stage)


def test_people_of_a_state_beyond_what_a_group_hides_are_in_no_number(session: Session) -> None:
    edition, _people = a_seminar(session, 23)
    services.freeze(session, at=FIRST)
    crowd(session, edition, [("AR", Sector.JUSTICE, Stage.READING)] * 10)
    services.freeze(session, at=FIRST + WEEK)
    tables = queries.frozen_tables(session, edition.id)
    (group,) = (one.group for one in tables[0].groups)
    tallies = queries.frozen.tallies(session, edition.id, FIRST + WEEK)
    assert sum(tally.people for tally in tallies.values()) == 33
    assert numbers_of(tables[0], Stage.INVITED) == [20], "one of ten is counted beside 23, of a state that had two"
    assert group.most_of_a_state == 3


def test_an_edition_long_over_is_frozen_no_more(session: Session) -> None:
    edition, _people = a_seminar(session)
    late = dt.datetime.combine(edition.ends_on, dt.time(), dt.UTC) + frozen.AFTER_THE_END
    assert services.freeze(session, at=late + WEEK) == 0


@pytest.mark.parametrize("change", ["UPDATE lms_frozen_table SET groups = '[]'", "DELETE FROM lms_frozen_table"])
def test_the_database_itself_refuses_to_change_what_was_published(app: Flask, change: str) -> None:
    with unit_of_work() as session:
        a_seminar(session)
        services.freeze(session, at=FIRST)
    with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
        session.execute(text(change))


# The attack on what the database holds ------------------------------------------------------------------------------


def test_the_tables_of_a_term_in_the_database_give_nobody_away(sqlite_app: Flask) -> None:
    """As the attack on the rule, through every layer: people come, progress, leave and are replaced by the services,
    the worker's job freezes, and what is attacked is read from the table."""
    chance, weeks = random.Random(5), 4
    with unit_of_work() as session:
        edition, enrolments = a_seminar(session, 21, Stage.SIGNED_IN)
        reached = {Stage.INVITED: 0, Stage.SIGNED_IN: 0}
        people = [Person(0, one.state_code, one.sector, 0, FOR_EVER, reached) for one in enrolments]
        tables = []
        for week in range(weeks):
            for number, enrolment in enumerate(enrolments):
                if week and people[number].left > week:
                    people[number] = _a_week(session, chance, people[number], enrolment, week)
            freeze(session, {}, FIRST + week * WEEK + dt.timedelta(hours=1))
            tables.append(queries.frozen_tables(session, edition.id)[0])
    told = [one for week, table in enumerate(tables) for one in _told(table, people, week)]
    assert max(one.low for one in told) >= 10
    assert not Attack(people, told, weeks, [one for one in people if one.state == "AR"]).given_away()


def _a_week(session: Session, chance: random.Random, person: Person, enrolment: Enrolment, week: int) -> Person:
    at, reached, left = FIRST + (week - 1) * WEEK + dt.timedelta(days=2), dict(person.reached), person.left
    for stage in (Stage.READING, Stage.PRE_READING):
        if stage not in reached and chance.random() < 0.6:
            seminars.reach(session, enrolment=enrolment, stage=stage, at=at)
            reached[stage] = week
    if chance.random() < 0.1:
        seminars.withdraw(session, enrolment=enrolment, at=at + dt.timedelta(hours=1), by="c")
        left = week
    return Person(0, person.state, person.sector, 0, left, reached)


def _told(table: queries.Frozen, people: list[Person], week: int) -> list[Told]:
    (one,) = table.groups
    present = sum(week < person.left for person in people)
    highest = frozen.ceiling(one.group, present, 2)
    return [
        Told(week, stage, tuple(people), low, len(people) if low >= highest else low + 4)
        for stage, low in one.numbers.items()
        if stage in UNKNOWN
    ]


# The pages ----------------------------------------------------------------------------------------------------------


def frozen_seminar() -> Edition:
    with unit_of_work() as session:
        edition, people = a_seminar(session)
        for enrolment in people[:11]:
            seminars.reach(session, enrolment=enrolment, stage=Stage.PRE_READING, at=FIRST - WEEK)
        services.freeze(session, at=FIRST)
        services.freeze(session, at=FIRST + WEEK)
    return edition


def test_an_evaluator_sees_the_frozen_table_and_no_list(app: Flask) -> None:
    edition = frozen_seminar()
    client = browser(app, Role.EVALUATOR)
    page = client.get(f"/editions/{edition.public_id}").text
    assert re.findall(r"<td>(\d+)</td>", page)[:4] == ["20", "15", "15", "10"]
    assert "Numbers as of" in page
    assert "not shown" in page
    assert "What is not shown, and why" in page
    assert "/people" not in page
    assert client.get(f"/editions/{edition.public_id}/people").status_code == 404


def test_what_happens_after_monday_is_on_no_page_of_an_evaluator(app: Flask) -> None:
    edition = frozen_seminar()
    client = browser(app, Role.EVALUATOR)
    before = client.get(f"/editions/{edition.public_id}").text
    with unit_of_work() as session:
        for enrolment in session.scalars(select(Enrolment).where(Enrolment.edition_id == edition.id)):
            seminars.reach(session, enrolment=enrolment, stage=Stage.PRE_READING, at=FIRST + WEEK)
        place(session, edition, state="KE")
    after = client.get(f"/editions/{edition.public_id}").text
    assert re.findall(r"<td>(\d+)</td>", after) == re.findall(r"<td>(\d+)</td>", before)


def test_without_a_table_nothing_is_shown_instead(app: Flask) -> None:
    with unit_of_work() as session:
        edition, _people = a_seminar(session)
    client = browser(app, Role.EVALUATOR)
    page = client.get(f"/editions/{edition.public_id}").text
    assert "There are no numbers yet" in page
    assert not re.findall(r"<td>(\d+)</td>", page)
    assert client.get(f"/editions/{edition.public_id}/frozen.csv").status_code == 404


def test_the_file_says_exactly_what_the_page_says(app: Flask) -> None:
    edition = frozen_seminar()
    client = browser(app, Role.EVALUATOR)
    for day in ("", f"?day={FIRST.date()}"):
        answer = client.get(f"/editions/{edition.public_id}/frozen.csv{day}")
        _head, *lines = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
        assert len(lines) == 1
        page = client.get(f"/editions/{edition.public_id}{day}").text
        shown = re.findall(r'<td(?: class="hush")?>(\d+|not shown)</td>', page)
        assert lines[0][3:] == shown[:6]
        assert lines[0][0] == str(FIRST.date() if day else (FIRST + WEEK).date())
    assert "numbers.csv" in answer.headers["Content-Disposition"]


def test_a_coordinator_may_look_at_what_evaluators_see_and_a_focal_point_may_not(app: Flask) -> None:
    edition = frozen_seminar()
    assert "Numbers as of" in browser(app, Role.COORDINATOR).get(f"/editions/{edition.public_id}/frozen").text
    focal = browser(app, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    assert focal.get(f"/editions/{edition.public_id}/frozen").status_code == 404
    assert focal.get(f"/editions/{edition.public_id}/frozen.csv").status_code == 404
    stranger = browser(app, Role.TRAINER)
    assert stranger.get(f"/editions/{edition.public_id}/frozen").status_code == 404


def test_an_evaluator_begins_with_the_editions_and_the_day_they_were_frozen(app: Flask) -> None:
    edition = frozen_seminar()
    page = browser(app, Role.EVALUATOR).get("/").text
    assert edition.title in page
    assert "At least 10 of 20 had finished reading on" in page


def test_the_page_of_an_evaluator_costs_a_handful_of_statements(app: Flask) -> None:
    edition = frozen_seminar()
    client = browser(app, Role.EVALUATOR)
    client.get(f"/editions/{edition.public_id}")
    with statements(app) as sent:
        client.get(f"/editions/{edition.public_id}")
    assert len(sent) <= 5, sent


def test_an_unknown_day_does_not_exist(app: Flask) -> None:
    edition = frozen_seminar()
    client = browser(app, Role.EVALUATOR)
    assert client.get(f"/editions/{edition.public_id}?day=2027-01-01").status_code == 404
