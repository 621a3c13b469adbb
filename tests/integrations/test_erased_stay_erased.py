"""An older backup does not bring back whoever was erased since."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from lms.kernel import worker
from lms.kernel.checks import Finding, run_all
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people import erased, services
from lms.people.models import Person, PersonKey
from tests.conftest import NOW
from tests.integrations.test_backup import make, restore
from tests.people.makers import make_person


def erase(person: Person) -> None:
    with unit_of_work() as session:
        services.erase(session, person=session.get_one(Person, person.id), by=None, at=now())
    worker.drain()


def findings(app: Flask) -> list[Finding]:
    with app.app_context(), own_transaction() as session:
        return [finding for found in run_all(session).values() for finding in found]


def test_whoever_was_erased_after_the_backup_stays_erased(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        gone, stays = make_person("Kanari Mfano"), make_person()
        made = make(tmp_path / "backup", app)
        erase(gone)
        left_out, left_in, kept = gone.subject, stays.subject, erased.file().read_text()
    assert "Kanari" not in kept
    with empty.app_context():
        erased.file().parent.mkdir()
        erased.file().write_text(kept)  # the home outlived its database
    restore(made, empty)
    with empty.app_context():
        keys = db.session.scalars(sa.select(Person.subject).join(PersonKey, PersonKey.person_id == Person.id)).all()
        assert keys == [left_in]
        assert erased.subjects() == {left_out}
    assert findings(empty) == []


def test_a_list_of_the_erased_that_came_with_a_backup_is_taken_over(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        before, elsewhere = make_person(), new_token()
        erase(before)
        earlier = before.subject
        made = make(tmp_path / "backup", app)
    assert "anchors/erased.jsonl" in json.loads((made / "manifest.json").read_text())["files"]
    with empty.app_context():
        erased.note_erasure({"subject": elsewhere, "at": NOW.isoformat()}, "job-1")
    restore(made, empty)
    with empty.app_context():
        assert erased.subjects() == {earlier, elsewhere}
    assert findings(empty) == []


def test_somebody_erased_who_is_back_is_named_by_the_check(app: Flask) -> None:
    person = make_person()
    erased.note_erasure({"subject": person.subject, "at": NOW.isoformat()}, "job-1")
    erased.note_erasure({"subject": person.subject, "at": NOW.isoformat()}, "job-1")
    assert len(erased.file().read_text().splitlines()) == 1
    with erased.file().open("a") as file:
        file.write("{}\n")
    assert [found.about for found in findings(app)] == [f"person {person.subject}", "list of the erased, line 2"]
