"""A backup made while people work holds all that was acknowledged before it, and comes back whole or not at all."""

from __future__ import annotations

import json
import re
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from lms.catalogue.models import Medium
from lms.catalogue.services import load
from lms.integrations import backup as backups
from lms.kernel import audit, outbox, worker
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry, Job
from lms.kernel.secrets import Keyring, new_token
from lms.kernel.settings import KEY_NAMES, settings_of
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people import services
from lms.people.models import MailedToken, Person, PersonKey, SignInSession, TokenPurpose
from lms.records import anchors
from lms.records.credentials import keys as issuer_keys
from lms.records.models import LedgerEntry, RecordAct
from tests.catalogue.illustrated import picture, report, written_with_media
from tests.catalogue.tiny import KINDS as UNIT_KINDS
from tests.conftest import KEYS, NOW
from tests.people.makers import make_person


def write_down(number: int) -> None:
    with unit_of_work() as session:
        audit.record(session, at=now(), actor=None, act="written", number=number)


def numbers() -> set[int]:
    with own_transaction() as session:
        rows = session.scalars(sa.select(AuditEntry.details).where(AuditEntry.act == "written"))
        return {row["number"] for row in rows}


def make(folder: Path, app: Flask) -> Path:
    backups.backup(folder, settings_of(app), at=now())
    return folder


def somebody_signed_in() -> None:
    with unit_of_work() as session:
        person = Person(subject=new_token(), created_at=now())
        session.add(person)
        session.flush()  # for the person's id
        session.add(PersonKey(person_id=person.id, wrapped=KEYS.wrap(b"p" * 32, person.subject)))
        session.add(
            SignInSession(
                public_id=new_token(),
                token_digest=new_token(),
                person_id=person.id,
                device="a browser",
                created_at=now(),
                seen_at=now(),
                expires_at=now(),
                idle_seconds=3600,
            )
        )


def restore(folder: Path, into: Flask) -> None:
    with into.app_context():
        backups.restore(folder, settings_of(into), at=now())


def test_nothing_acknowledged_before_the_backup_is_missing_and_nobody_waited(
    app: Flask, empty: Flask, tmp_path: Path, real_time: None
) -> None:
    acknowledged: list[int] = []
    enough, stop = threading.Event(), threading.Event()

    def keep_writing() -> None:
        with app.app_context():
            while not stop.is_set():
                write_down(len(acknowledged))
                acknowledged.append(len(acknowledged))
                if len(acknowledged) == 50:
                    enough.set()
            db.session.remove()

    with app.app_context():
        thread = threading.Thread(target=keep_writing)
        thread.start()
        assert enough.wait(60)
        before = len(acknowledged)
        made = make(tmp_path / "backup", app)
        during = len(acknowledged)
        stop.set()
        thread.join()
    restore(made, empty)
    with empty.app_context():
        back = numbers()
        assert set(range(before)) <= back
        assert back == set(range(len(back)))  # one instant: no later row without the earlier ones
        assert len(back) <= during + 1
        assert worker.alive() is False


def test_everything_comes_back_and_every_check_is_clean(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        somebody_signed_in()
        write_down(1)
        with unit_of_work() as session:
            outbox.enqueue(session, "mail.send", {"name": "Zażółć \\ \t \n مثال", "none": None})
        found = make(tmp_path / "backup", app)
        counts = json.loads((found / "manifest.json").read_text())["counts"]
        wrapped = db.session.scalars(sa.select(PersonKey.wrapped)).one()
        payload = db.session.scalars(sa.select(Job.payload)).one()
    assert counts["lms_state"] > 190
    result = empty.test_cli_runner().invoke(args=["lms", "restore", str(found)])
    assert result.exit_code == 0, result.output
    assert f"Restored what was there at {NOW.isoformat()}" in result.output
    assert "kernel.jobs: in order" in result.output
    with empty.app_context():
        assert db.session.scalars(sa.select(PersonKey.wrapped)).one() == wrapped
        assert db.session.scalars(sa.select(Job.payload)).one() == payload
        here = {
            table: db.session.scalar(sa.text(f"SELECT count(*) FROM {table}"))
            for table in counts
            if table not in ("lms_audit", "lms_worker", "lms_alembic_version")
        }
    assert here == {table: number for table, number in counts.items() if table in here}


def test_pictures_and_documents_come_back_byte_for_byte_and_stay_as_they_are(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        with unit_of_work() as session:
            load(session, folder=written_with_media(tmp_path / "course"), kinds=UNIT_KINDS, at=now())
        made = make(tmp_path / "backup", app)
    restored = empty.test_cli_runner().invoke(args=["lms", "restore", str(made)])
    assert "catalogue.media: in order" in restored.output, restored.output
    assert "catalogue.media-of-versions: in order" in restored.output
    with empty.app_context():
        assert set(db.session.scalars(sa.select(Medium.data))) == {picture().data, report().data}
        db.session.remove()
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM lms_media"))


def test_a_restored_database_gives_no_number_twice(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        for _ in range(3):
            with unit_of_work() as session:
                outbox.enqueue(session, "drill.send")
        made = make(tmp_path / "backup", app)
    restore(made, empty)
    with empty.app_context():
        with unit_of_work() as session:
            outbox.enqueue(session, "drill.send")
        with own_transaction() as session:
            ids = session.scalars(sa.select(Job.id)).all()
    assert len(set(ids)) == len(ids) == 4
    assert max(ids) == ids[-1]


def test_a_restored_ledger_still_refuses_every_change(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        with unit_of_work() as session:
            session.add(
                LedgerEntry(
                    record=new_token(),
                    act=RecordAct.ISSUED,
                    subject=new_token(),
                    edition=new_token(),
                    version_hash="0" * 64,
                    dated=NOW.date(),
                    commitment="0" * 64,
                    facts={},
                    mark="0" * 64,
                    created_at=now(),
                )
            )
        made = make(tmp_path / "backup", app)
    restore(made, empty)
    with empty.app_context():
        for statement in ("UPDATE lms_ledger_entry SET edition = 'x'", "DELETE FROM lms_ledger_entry"):
            with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
                connection.execute(sa.text(statement))


def test_after_a_restore_everybody_is_signed_out(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        somebody_signed_in()
        made = make(tmp_path / "backup", app)
    restore(made, empty)
    with empty.app_context():
        assert db.session.scalars(sa.select(SignInSession.ended_at)).all() == [NOW]
        assert "database.restored" in db.session.scalars(sa.select(AuditEntry.act)).all()


def test_after_a_restore_no_code_is_good_but_an_invitation_s(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        person = make_person()
        with unit_of_work() as session:
            address = services.primary_address(session, person.id) or 0
            for purpose in TokenPurpose:
                services.make_code(session, purpose=purpose, person_id=person.id, identity_id=address, at=now())
        made = make(tmp_path / "backup", app)
    restore(made, empty)
    with empty.app_context():
        good = sa.select(MailedToken.purpose).where(MailedToken.void_at.is_(None))
        assert db.session.scalars(good).all() == [TokenPurpose.INVITATION]


def test_a_backup_does_not_hold_the_keys_and_only_its_owner_reads_it(app: Flask, tmp_path: Path) -> None:
    somebody_signed_in()
    made = make(tmp_path / "backup", app)
    for path in made.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    content = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    for name in KEY_NAMES:
        key = getattr(KEYS, name)
        assert key not in content
        assert key.hex().encode() not in content.lower()


def test_the_keys_go_to_a_folder_of_their_own(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(
        args=["lms", "backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "keys")]
    )
    assert result.exit_code == 0, result.output
    assert "Keep them elsewhere" in result.output
    assert bytes.fromhex((tmp_path / "keys" / "ledger.key").read_text().strip()) == KEYS.ledger
    assert stat.S_IMODE((tmp_path / "keys" / "ledger.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("place", ["backup/keys", "backup", "."])
def test_keys_within_the_data_or_around_it_are_refused(app: Flask, tmp_path: Path, place: str) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["lms", "backup", str(tmp_path / "backup"), "--keys", str(tmp_path / place)])
    assert result.exit_code == 1
    assert "apart from the data" in result.output
    assert not (tmp_path / "backup").exists()


def test_nothing_is_written_over(app: Flask, tmp_path: Path) -> None:
    made = make(tmp_path / "backup", app)
    before = (made / "manifest.json").read_bytes()
    with pytest.raises(Refused, match="nothing is written over"):
        make(made, app)
    assert (made / "manifest.json").read_bytes() == before


def test_a_backup_that_fails_leaves_no_folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(backups, "_settle", fails)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(OSError, match="no space left"):
        make(folder / "backup", app)
    assert list(folder.iterdir()) == []


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _largest(folder: Path) -> Path:
    return max((path for path in (folder / "data").iterdir()), key=lambda path: path.stat().st_size)


def _without_a_file(folder: Path) -> None:
    _largest(folder).unlink()


def _with_another_count(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(re.sub(r'"lms_state": \d+', '"lms_state": 1', path.read_text()))


def _without_a_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _with_half_a_manifest(folder: Path) -> None:
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text[: len(text) // 2])


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda folder: _damage(_largest(folder)), "damaged or was altered"),
        (_without_a_file, "is missing"),
        (_with_another_count, "was altered"),
        (_without_a_manifest, "There is no backup"),
        (_with_half_a_manifest, "cannot be read"),
    ],
)
def test_a_backup_that_is_not_what_it_was_is_refused_and_changes_nothing(
    app: Flask, empty: Flask, tmp_path: Path, harm: Callable[[Path], None], sentence: str
) -> None:
    with app.app_context():
        made = make(tmp_path / "backup", app)
    harm(made)
    result = empty.test_cli_runner().invoke(args=["lms", "restore", str(made)])
    assert result.exit_code == 1
    assert sentence in result.output
    with empty.app_context(), db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert not connection.scalar(sa.text("SELECT count(*) FROM lms_state")) if "lms_state" in tables else True


def test_a_database_with_rows_is_never_restored_into(app: Flask, tmp_path: Path) -> None:
    made = make(tmp_path / "backup", app)
    write_down(7)
    with pytest.raises(Refused, match="not empty"):
        backups.restore(made, settings_of(app), at=now())
    assert numbers() == {7}


def test_another_kind_of_database_is_refused(app: Flask, tmp_path: Path) -> None:
    made = make(tmp_path / "backup", app)
    manifest = json.loads((made / "manifest.json").read_text())
    manifest.pop("seal")
    manifest["database"] = "sqlite" if manifest["database"] == "postgresql" else "postgresql"
    backups.contents.write(made, backups.Manifest(**manifest), KEYS)
    with pytest.raises(Refused, match=r"This backup is of \w+, and here is \w+"):
        backups.restore(made, settings_of(app), at=now())


def test_another_migration_is_refused(app: Flask, tmp_path: Path) -> None:
    made = make(tmp_path / "backup", app)
    manifest = json.loads((made / "manifest.json").read_text())
    manifest.pop("seal")
    manifest["migration"] = ["an-older-one"]
    backups.contents.write(made, backups.Manifest(**manifest), KEYS)
    with pytest.raises(Refused, match="another migration"):
        backups.restore(made, settings_of(app), at=now())


@pytest.mark.parametrize("name", KEY_NAMES)
def test_other_keys_than_those_it_was_made_with_are_named(app: Flask, tmp_path: Path, name: str) -> None:
    made = make(tmp_path / "backup", app)
    other = Keyring(**{each: b"?" * 32 if each == name else getattr(KEYS, each) for each in KEY_NAMES})
    with pytest.raises(Refused, match=f"other keys than those in force here: {name}"):
        backups.contents.read(made, other)


def test_anchors_travel_with_the_data_and_newer_ones_are_kept(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        anchors.note(1, "a" * 64, NOW.isoformat())
        made = make(tmp_path / "backup", app)
    assert "anchors/ledger.jsonl" in json.loads((made / "manifest.json").read_text())["files"]
    with empty.app_context():
        backups._bring_back(made / "anchors", anchors.file())
        assert anchors.read().heads == {1: "a" * 64}
        anchors.note(2, "b" * 64, NOW.isoformat())
        backups._bring_back(made / "anchors", anchors.file())
        assert sorted(anchors.read().heads) == [1, 2]


def test_the_history_of_the_issuers_keys_travels_with_the_data_and_its_keys_with_the_keys(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        key = issuer_keys.make("did:web:seminar.example.org", NOW)
        secret = issuer_keys.private_file(key).read_bytes()
        made = make(tmp_path / "backup", app)
        backups.write_keys(tmp_path / "apart", made, app.extensions["lms.settings"])
    assert (tmp_path / "apart/issuer/key-1.key").read_bytes() == secret
    assert not [path for path in made.rglob("*") if path.is_file() and secret.strip() in path.read_bytes()]
    with empty.app_context():
        backups._bring_back(made / "anchors", issuer_keys.file())
        assert issuer_keys.known() == [key]
