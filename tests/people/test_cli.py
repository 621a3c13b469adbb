"""`flask lms people`."""

from __future__ import annotations

import re

from flask import Flask

from lms.kernel import checks, lines
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people import erased, queries
from lms.people.models import PersonKey, StateRow
from lms.people.rules import Role
from tests.people.makers import make_person

ARGUMENTS = ["lms", "people", "first-administrator", "--email", "first@example.org", "--name", "Primo Esempio"]


def test_the_first_administrator_comes_in_and_there_is_no_second(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=ARGUMENTS)
    assert answer.exit_code == 0, answer.output
    link = re.search(r"Link: http://[^/]+(/invitation/\S+)", answer.output)
    code = re.search(r"Code: (\S+ \S+)", answer.output)
    assert link is not None
    assert code is not None
    assert app.test_client().post(link[1], data={"code": code[1]}).location == "/welcome"
    again = app.test_cli_runner().invoke(args=ARGUMENTS)
    assert again.exit_code == 1
    assert "in office already" in again.output
    with unit_of_work() as session:
        in_force = queries.mandates_in_force(session, now())
        assert [(row.role, row.proposed_by) for row in in_force] == [(Role.ADMINISTRATOR, None)]
        assert checks.run_all(session)["people.mandates"] == []


def test_a_mistyped_address_gives_a_sentence_and_nothing_else(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=[*ARGUMENTS[:4], "not an address", *ARGUMENTS[5:]])
    assert answer.exit_code == 1
    assert "This is not an e-mail address." in answer.output
    with unit_of_work() as session:
        assert queries.mandates_in_force(session, now()) == []


def test_the_states_can_be_brought_in_line(app: Flask) -> None:
    with unit_of_work() as session:
        session.get_one(StateRow, "PL").membership = "observer"
    assert app.test_cli_runner().invoke(args=["lms", "people", "states"]).exit_code == 0
    with unit_of_work() as session:
        assert session.get_one(StateRow, "PL").membership == "member"


def test_an_erased_person_is_named_by_nothing_and_cannot_come_in(app: Flask) -> None:
    person = make_person("Canary Mfano", "canary@example.org")
    person_id = person.id
    runner = app.test_cli_runner()
    assert runner.invoke(args=["lms", "people", "erase", "canary@example.org"], input="n\n").exit_code == 1
    done = runner.invoke(args=["lms", "people", "erase", "canary@example.org", "--yes"])
    assert done.exit_code == 0, done.output
    with unit_of_work() as session:
        assert queries.person_by_address(session, "canary@example.org") is None
        assert queries.names_of(session, [person_id]).get(person_id, "") != "Canary Mfano"
        assert not any(found for found in checks.run_all(session).values())
    again = runner.invoke(args=["lms", "people", "erase", "canary@example.org", "--yes"])
    assert again.exit_code == 1
    assert "Nobody here has this address." in again.output


def test_whoever_a_recovery_of_the_database_brings_back_is_erased_again(app: Flask) -> None:
    person, other = make_person("Canary Mfano", "canary@example.org"), make_person()
    lines.append(erased.file(), {"subject": person.subject, "at": "2027-04-12T09:00:00+00:00"})
    other_id = other.id
    db.session.rollback()  # the command has a session of its own
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["lms", "people", "erase-again"])
    assert answer.output == "1 erased again.\n", answer.exception
    with unit_of_work() as session:
        assert queries.person_by_address(session, "canary@example.org") is None
        assert queries.names_of(session, [other_id])[other_id]
        assert session.get(PersonKey, other_id) is not None
    assert runner.invoke(args=["lms", "people", "erase-again"]).output == "0 erased again.\n"
