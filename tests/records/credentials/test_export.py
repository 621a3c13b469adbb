"""Everything that proves records, taken out: by two, noted, for nobody else to read, and without names in its paths."""

from __future__ import annotations

import datetime as dt
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.kernel.clock import frozen
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person
from lms.people.rules.mandates import Role
from lms.people.services import erase
from lms.records.credentials import approvals, queries
from lms.records.models import RecordCredential
from lms.records.rules.baking import carried
from tests.conftest import NOW
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.credentials.test_signing import document, issue
from tests.records.guards import altered
from tests.records.sheets import text_of

APPROVAL = re.compile(r'<p class="mono as-typed" dir="ltr">([^<]+)</p>')


def run(app: Flask, folder: Path, *approvals: str) -> tuple[int, str]:
    given = [word for one in approvals for word in ("--approval", one)]
    done = app.test_cli_runner().invoke(args=["lms", "records", "export", str(folder), *given])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.output


def an_administrator(name: str) -> Person:
    person = make_person(name, f"{name.split()[0].lower()}@example.org")
    give_mandate(person, Role.ADMINISTRATOR)
    return person


def approval_of(app: Flask, person: Person) -> str:
    page = signed_in_client(app, person).post("/export-of-records").get_data(as_text=True)
    found = APPROVAL.search(page)
    assert found
    return found[1]


@pytest.fixture
def production(sqlite_app: Flask) -> Iterator[Flask]:
    """Signed in development, so that there is something to take out; then a production."""
    issue(2)
    drain()
    before = sqlite_app.extensions["lms.settings"]
    sqlite_app.extensions["lms.settings"] = replace(before, env="production")
    yield sqlite_app
    sqlite_app.extensions["lms.settings"] = before


def exports() -> list[dict[str, Any]]:
    with unit_of_work() as session:
        return [row.details for row in session.query(AuditEntry) if row.act in (approvals.BEGUN, approvals.EXPORTED)]


def test_an_export_holds_the_public_files_and_every_holders_own(app: Flask, tmp_path: Path) -> None:
    records = issue(2)
    drain()
    out = tmp_path / "out"
    code, said = run(app, out)
    assert code == 0, said
    assert "2 signed files and 2 certificates" in said
    assert json.loads((out / "public/.well-known/did.json").read_text())["assertionMethod"]
    assert (out / "public/status/0").exists()
    assert (out / "public/verify/offline.html").exists()
    holders = list((out / "holders").iterdir())
    found = [json.loads((place / "completion-record.json").read_text()) for place in holders]
    wanted = [document(record) for record in records]
    assert sorted(one["id"] for one in found) == sorted(one["id"] for one in wanted)
    assert all(one in wanted for one in found)
    pictures = [carried((place / "completion-record.png").read_bytes()) for place in holders]
    assert pictures == [(place / "completion-record.json").read_bytes() for place in holders]
    assert all((place / "certificate.pdf").read_bytes().startswith(b"%PDF-") for place in holders)
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    for path in (out / "holders").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
        assert "mfano" not in str(path).lower()
        assert not any(record in str(path) for record in records)
    assert exports() == [{"used": [], "approved_by": []}, {"documents": 2, "certificates": 2, "unreadable": 0}]


def test_nothing_is_written_over(sqlite_app: Flask, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").write_text("x")
    code, said = run(sqlite_app, tmp_path / "out")
    assert code == 1
    assert "nothing is written over" in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["kept"]


def test_whoever_is_erased_is_in_no_export(sqlite_app: Flask, tmp_path: Path) -> None:
    first, _second = issue(2)
    drain()
    with unit_of_work() as session:
        person = session.get_one(Person, queries.holder_of(session, first))
        erase(session, person=person, at=NOW, by=None)
    code, said = run(sqlite_app, tmp_path / "out")
    assert code == 0
    assert "1 signed files" in said
    assert "1 records have no signed file" in said
    assert len(list((tmp_path / "out/holders").iterdir())) == 1


def test_one_record_that_cannot_be_read_is_named_and_keeps_no_other_one_in(sqlite_app: Flask, tmp_path: Path) -> None:
    records = issue(3)
    drain()
    spoilt = update(RecordCredential).where(RecordCredential.record == records[0]).values(sealed_document=b"0" * 99)
    altered("lms_record_credential", spoilt)
    code, said = run(sqlite_app, tmp_path / "out")
    assert code == 1
    assert f"unreadable: record {records[0]}" in said
    assert "2 signed files and 2 certificates" in said
    assert len(list((tmp_path / "out/holders").iterdir())) == 2
    assert not (tmp_path / "out.part").exists()


def test_what_a_cut_off_export_left_is_neither_taken_for_whole_nor_written_over(app: Flask, tmp_path: Path) -> None:
    half = tmp_path / "out.part"
    half.mkdir()
    (half / "holders").touch()
    code, said = run(app, tmp_path / "out")
    assert code == 1
    assert "out.part is there already" in said
    assert not (tmp_path / "out").exists()


def test_two_administrators_approve_an_export_and_their_word_is_good_once(production: Flask, tmp_path: Path) -> None:
    first, second = an_administrator("Ester Esempio"), an_administrator("Omar Ornek")
    subjects = [first.subject, second.subject]
    given = [approval_of(production, first), approval_of(production, second)]
    code, said = run(production, tmp_path / "out", *given)
    assert code == 0, said
    assert exports()[0]["approved_by"] == subjects
    code, said = run(production, tmp_path / "again", *given)
    assert code == 1
    assert "for one export" in said
    assert [path.name for path in tmp_path.iterdir() if "again" in path.name] == []


def test_an_export_that_is_refused_for_its_place_uses_up_no_approval(production: Flask, tmp_path: Path) -> None:
    given = [approval_of(production, an_administrator(name)) for name in ("Ester Esempio", "Omar Ornek")]
    (tmp_path / "a-file").touch()
    for place in (tmp_path, tmp_path / "a-file", tmp_path / "a-file" / "below"):
        assert run(production, place, *given)[0] == 1
    assert exports() == []
    assert run(production, tmp_path / "out", *given)[0] == 0
    assert [set(one) for one in exports()] == [{"used", "approved_by"}, {"documents", "certificates", "unreadable"}]


def test_a_certificate_is_in_the_language_of_its_holder(sqlite_app: Flask, tmp_path: Path) -> None:
    first, second = issue(2)
    with unit_of_work() as session:
        for record, locale in ((first, "fr"), (second, "tlh")):
            session.get_one(Person, queries.holder_of(session, record)).locale = locale
    drain()
    assert run(sqlite_app, tmp_path / "out")[0] == 0
    said = [text_of(path.read_bytes()) for path in (tmp_path / "out/holders").rglob("certificate.pdf")]
    assert ["Date de délivrance" in text for text in said] == ["Issued 21 May" not in text for text in said]
    assert sum("Date de délivrance" in text for text in said) == 1


def test_one_word_alone_a_word_too_old_a_false_one_and_one_of_nobody_in_office_are_refused(
    production: Flask, tmp_path: Path
) -> None:
    first, second = an_administrator("Ester Esempio"), an_administrator("Omar Ornek")
    one, other = approval_of(production, first), approval_of(production, second)
    again = approval_of(production, first)
    refused: dict[str, tuple[str, ...]] = {
        "two different administrators": (one, again),
        "needs the approvals of two": (),
        "not an approval": (one, other[:-2]),
    }
    for sentence, given in refused.items():
        code, said = run(production, tmp_path / "out", *given)
        assert (code, sentence in said) == (1, True), said
    with frozen(NOW + dt.timedelta(minutes=31)):
        assert "thirty minutes" in run(production, tmp_path / "out", one, other)[1]
    with unit_of_work() as session:
        session.get_one(Person, second.id).disabled_at = NOW
    assert "while its giver is an administrator" in run(production, tmp_path / "out", one, other)[1]
    assert not (tmp_path / "out").exists()
    assert exports() == []


def test_only_administrators_can_approve_and_it_is_noted_without_the_text(app: Flask) -> None:
    somebody = signed_in_client(app, make_person("Ester Esempio", "ester@example.org"))
    assert somebody.get("/export-of-records").status_code == 404
    assert somebody.post("/export-of-records").status_code == 404
    administrator = an_administrator("Omar Ornek")
    page = signed_in_client(app, administrator).get("/export-of-records").get_data(as_text=True)
    assert "two administrators approve each export" in page
    text = approval_of(app, administrator)
    with unit_of_work() as session:
        [noted] = [row for row in session.query(AuditEntry) if row.act == "records.export-approved"]
        assert noted.actor == administrator.subject
        assert text not in json.dumps(noted.details)


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_two_exports_at_once_do_not_use_the_same_approvals(app: Flask) -> None:
    lock = approvals._LOCK
    with own_transaction() as first, pytest.raises(Refused):
        try:
            approvals.hold_to_two(first, [], NOW)
        finally:
            with own_transaction() as second:
                assert not second.scalar(select(func.pg_try_advisory_xact_lock(lock)))
