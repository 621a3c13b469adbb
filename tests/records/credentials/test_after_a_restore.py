"""An older backup comes back, here or on a new machine: what has ended for the world stays ended, no key that is not
believed is believed again, and no new record gets a place that somebody else's had."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect

from lms.integrations import backup as backups
from lms.kernel import outbox
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.settings import settings_of
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.records import places
from lms.records.credentials import keys, publishing
from lms.records.rules.issuer_keys import Act, key_history
from lms.records.services import public
from lms.records.services.public import Wanted, draw
from tests.conftest import NOW
from tests.integrations.conftest import empty as empty
from tests.records.credentials.test_signing import end, findings, issue, place

DID = "did:web:seminar.example.org"


def publish() -> None:
    with unit_of_work() as session:
        outbox.enqueue(session, "credentials.publish", key="credentials.publish")
    drain()


def ended_in(number: int) -> frozenset[int]:
    found = publishing.published_list(number)
    assert found
    return found[0]


def test_on_a_new_machine_what_a_mirror_says_has_ended_and_records_begin_a_list_of_their_own(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        old, new = issue(2)
        drain()
        end(old)
        drain()
        backups.backup(tmp_path / "backup", settings_of(app), at=now())
        end(new)
        drain()
        mirror = Path(shutil.copytree(publishing.folder(), tmp_path / "mirror"))
        (_zero, first), (_, second) = place(old), place(new)
    with empty.app_context():
        backups.restore(tmp_path / "backup", settings_of(empty), at=now(), mirror=mirror)
        assert places.remembered() == {0: {first, second}}
        assert places.first() == 1
        with own_transaction() as session:
            assert draw(session, [Wanted("one", NOW)])["one"].status_list == 1
    without = publishing.list_in(tmp_path / "backup/public", 0)
    assert without
    assert without[0] == {first}, "what had ended before the backup needs no mirror"


def test_what_has_ended_in_the_list_alone_is_named_until_it_has_ended_in_the_ledger(app: Flask) -> None:
    [record] = issue()
    drain()
    number, index = place(record)
    places.remember(number, [index, 7], NOW.isoformat())
    places.remember(3, [5], NOW.isoformat())
    publish()
    assert (ended_in(number), ended_in(3)) == ({index, 7}, {5})
    [said] = findings()
    assert f"record {record} has ended for ever in its published list" in said
    end(record)
    assert findings() == []


def test_no_new_record_gets_a_place_that_has_ended(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    [record] = issue()
    drain()
    number, index = place(record)
    places.remember(number, [7, 8], NOW.isoformat())
    publish()

    def tried(_number: int, _below: Callable[[int], int]) -> list[int]:
        return [7, 8, index, 9]

    monkeypatch.setattr(public, "drawn", tried)
    with own_transaction() as session:
        found = draw(session, [Wanted("one", NOW)])["one"]
    assert (found.status_list, found.status_index) == (number, 9)


def test_a_mirror_tells_of_keys_made_since_and_of_those_that_are_not_believed(sqlite_app: Flask) -> None:
    keys.make(DID, NOW)
    before = keys.file().read_bytes()
    keys.rotate(DID, NOW)
    keys.end(1, Act.RETIRED, NOW)
    there = keys.known()
    keys.file().write_bytes(before)
    keys.learn(key_history(DID, there))
    assert keys.known() == there
    keys.learn(key_history(DID, there))
    assert keys.known() == there
    other = key_history(DID, there)
    other["keys"][0]["publicKeyMultibase"] = "z6MkOther"
    with pytest.raises(Refused, match="Key 1"):
        keys.learn(other)


@pytest.mark.parametrize("wrong", [
    {"issuer": "did:web:other.example"}, {"made": "some day"}, {"how": "begins"}, {"publicKeyMultibase": "z6Mk"}
])  # fmt: skip
def test_of_a_history_that_is_another_site_s_or_cannot_be_read_nothing_is_learned(
    sqlite_app: Flask, tmp_path: Path, wrong: dict[str, str]
) -> None:
    keys.make(DID, NOW)
    before = keys.file().read_bytes()
    keys.rotate(DID, NOW)
    keys.rotate(DID, NOW)
    keys.end(3, Act.LOST, NOW)
    history = key_history(DID, keys.known())
    keys.file().write_bytes(before)
    history |= {name: said for name, said in wrong.items() if name in history}
    history["keys"][2] |= {name: said for name, said in wrong.items() if name not in history}
    (tmp_path / publishing.HISTORY).write_text(json.dumps(history))
    answer = sqlite_app.test_cli_runner().invoke(args=["lms", "keys", "learn", str(tmp_path)])
    assert (answer.exit_code, "Nothing was learned" in answer.output) == (1, True)
    assert keys.file().read_bytes() == before


def test_a_restore_with_the_mirror_of_another_site_is_refused_before_anything_is_written(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        keys.make(DID, NOW)
        backups.backup(tmp_path / "backup", settings_of(app), at=now())
        history = key_history("did:web:other.example", [])
    (tmp_path / publishing.HISTORY).write_text(json.dumps(history))
    with empty.app_context():
        with pytest.raises(Refused, match=r"other\.example"):
            backups.restore(tmp_path / "backup", settings_of(empty), at=now(), mirror=tmp_path)
        assert keys.known() == []


def test_no_key_made_after_a_restore_has_the_number_of_one_that_was_lost(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        keys.make(DID, NOW)
        backups.backup(tmp_path / "backup", settings_of(app), at=now())
        lost = keys.rotate(DID, NOW)[1]
        history = key_history(DID, keys.known())
    with empty.app_context():
        backups.restore(tmp_path / "backup", settings_of(empty), at=now())
        made = keys.rotate(DID, NOW)[1]
        assert made.number > lost.number + 99
        keys.learn(history)
        assert [key.number for key in keys.known()] == [1, 2, made.number], "a mirror found later is still good"
        assert keys.in_force(DID) == made


def test_a_backup_with_other_keys_than_those_here_is_refused_before_anything_is_written(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        keys.make(DID, NOW)
        backups.backup(tmp_path / "backup", settings_of(app), at=now())
    with empty.app_context():
        keys.make(DID, NOW)
        with pytest.raises(Refused, match="Key 1 there is not key 1 here"):
            backups.restore(tmp_path / "backup", settings_of(empty), at=now())
        assert "lms_audit" not in inspect(db.engine).get_table_names()
