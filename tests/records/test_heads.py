"""The head of the ledger is carried away daily, and whoever kept one can tell later that nothing before it changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person
from lms.records import anchors, heads, queries, services
from lms.records.checks import ledger, lives, publics
from lms.records.cli import records as commands
from lms.records.ledger_keys import ledger_keys
from lms.records.models import Cause, LedgerEntry, LedgerSeal, RecordSubject
from lms.records.queries.life import Wish
from lms.records.rules.ledger import GENESIS, seal
from lms.records.sealing import seal_waiting
from tests.conftest import NOW
from tests.records.makers import close, finished_place, make_edition
from tests.records.test_ledger import copied, entry_ids, first_bad, forge, found, rehash, write_entries

WHY = "The sheet was filled in for somebody else."


def sealed_entries(number: int) -> None:
    with own_transaction() as session:
        write_entries(session, number)
    with own_transaction() as session:
        seal_waiting(session, {}, now())
    drain()


def daily(at: dt.datetime) -> None:
    """What the worker asks for once a day, done."""
    with frozen(at):
        with own_transaction() as session:
            heads.ask_for_a_file(session, {}, now())
        drain()


def test_every_day_has_its_file_and_its_line_among_the_anchors(app: Flask) -> None:
    assert outbox.periodic["records.daily_head"] == 86_400
    daily(NOW)
    assert not heads.folder().exists()
    sealed_entries(3)
    for day in range(2):
        daily(NOW + dt.timedelta(days=day))
    files = sorted(heads.folder().iterdir())
    assert [path.name for path in files] == ["ledger-head-2027-04-12.txt", "ledger-head-2027-04-13.txt"]
    with own_transaction() as session:
        head = queries.head(session)
    text = files[0].read_text()
    assert heads.read(text) == (3, head.seal)
    assert "sealed: 2027-04-12T09:00:00Z" in text
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert len(anchors.file().read_text().splitlines()) == 3
    assert found() == []


def test_a_head_is_carried_away_by_hand_and_compared(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    sealed_entries(4)
    written = runner.invoke(commands, ["head", "--into", str(tmp_path / "carried")])
    assert written.exit_code == 0
    first, path = written.output.splitlines()
    assert first.startswith("4 ")
    sealed_entries(2)
    done = runner.invoke(commands, ["compare", path])
    assert done.exit_code == 0
    assert "Its first 4 entries are as they were." in done.output
    other = tmp_path / "other.txt"
    other.write_text("Dear all,\nnumber: four\n")
    refused = runner.invoke(commands, ["compare", str(other)])
    assert refused.exit_code == 1
    assert "no head of a ledger" in refused.output
    assert runner.invoke(commands, ["compare", str(tmp_path / "carried")]).exit_code == 0
    empty = tmp_path / "empty"
    empty.mkdir()
    assert runner.invoke(commands, ["compare", str(empty)]).exit_code == 1
    other.write_text(f"number: 2\nseal: {'a' * 64}\n")
    forged = runner.invoke(commands, ["compare", str(other)])
    assert forged.exit_code == 1
    assert "ledger 2" in forged.output


def test_after_a_restore_the_ledger_goes_on_and_every_later_forgery_is_named_again(app: Flask) -> None:
    runner = app.test_cli_runner()
    sealed_entries(2)
    assert "nothing is lost" in runner.invoke(commands, ["restored", "--yes"]).output
    sealed_entries(1)
    last = entry_ids()[2]
    forge(["DELETE FROM lms_ledger_seal WHERE sequence = 3", f"DELETE FROM lms_ledger_entry WHERE id = {last}"])
    sealed_entries(1)
    sealed_entries(2)
    assert {finding.about for finding in found()} == {"ledger 3", "anchors line 3"}
    changed = entry_ids()[4]
    with own_transaction() as session:
        before = session.scalars(select(LedgerEntry.edition).where(LedgerEntry.id == changed)).one()
    change = "UPDATE lms_ledger_entry SET edition = '{}' WHERE id = {}"
    write_over(change.format("other", changed))
    assert [finding.about for finding in found()][:2] == ["ledger 3", "ledger 5"], "named behind the restore too"
    refused = runner.invoke(commands, ["restored", "--yes"])
    assert refused.exit_code == 1
    assert "ledger 5" in refused.output, "no restore breaks the chain itself"
    write_over(change.format(before, changed))
    done = runner.invoke(commands, ["restored", "--yes"])
    assert done.exit_code == 0, done.output
    assert found() == []
    assert max(anchors.read().heads) == 5
    write_over(change.format("other", changed))
    assert first_bad() == "ledger 5"
    with own_transaction() as session:
        assert session.scalars(select(AuditEntry.about).where(AuditEntry.act == "ledger.goes-on")).all() == ["ledger-2"]


def write_over(statement: str) -> None:
    """Once the guards are away."""
    with own_transaction() as session:
        session.execute(text(statement))


def test_a_ledger_written_again_with_every_key_is_found_by_a_head_that_lies_elsewhere(
    app: Flask, tmp_path: Path
) -> None:
    sealed_entries(4)
    with own_transaction() as session:
        carried = heads.write(queries.head(session), NOW, tmp_path)
    forge([f"UPDATE lms_ledger_entry SET commitment = 'd' WHERE id = {entry_ids()[1]}", *rehash_after_change()])
    anchors.file().unlink()
    assert [finding.about for finding in found()] == ["ledger 4"]
    with own_transaction() as session:
        number, broken = heads.compare(session, [carried.read_text()])
    assert number == 4
    assert broken is not None
    assert broken.sequence == 4


def rehash_after_change() -> list[str]:
    """The seals that the changed entry would have got: what only who holds the key can make."""
    with own_transaction() as session:
        links = list(queries.chain(session))
    changed, previous, statements = entry_ids()[1], GENESIS, ["UPDATE lms_ledger_seal SET previous = ''"]
    for link in links:
        assert link.entry is not None
        entry = replace(link.entry, commitment="d") if link.entry.id == changed else link.entry
        made = seal(ledger_keys().sealing, link.sequence, previous, entry)
        where = f"WHERE sequence = {link.sequence}"
        statements.append(f"UPDATE lms_ledger_seal SET previous = '{previous}', seal = '{made}' {where}")
        previous = made
    return statements


@pytest.fixture
def lived(app: Flask) -> dict[str, str]:
    """Four records of which one is in force, one withdrawn, one revoked and one corrected; sealed and noted."""
    with unit_of_work() as session:
        edition = make_edition(session)
        for _ in range(4):
            finished_place(session, edition)
        close(session, edition, at=NOW)
        rows = session.scalars(select(RecordSubject).order_by(RecordSubject.person_id)).all()
        kept, withdrawn, revoked, corrected = (row.record for row in rows)
        subjects = {row.record: session.get_one(Person, row.person_id).subject for row in rows}
        services.withdraw(session, record=withdrawn, by=subjects[withdrawn], at=NOW)
        proposal = services.propose_revocation(
            session, record=revoked, cause=Cause.DECEPTION, words=WHY, by="one", at=NOW
        )
        session.flush()
        services.confirm_revocation(session, record=revoked, proposal=proposal.public_id, by="two", at=NOW)
        _correct(session, corrected, subjects[corrected])
    with own_transaction() as session:
        seal_waiting(session, {}, now())
    drain()
    return {"kept": kept, "withdrawn": withdrawn, "revoked": revoked, "corrected": corrected}


def _correct(session: Session, record: str, subject: str) -> None:
    holding = queries.holding(session, record)
    assert holding is not None
    shown = queries.shown_on(session, holding)
    wish = Wish(shown.name, "Another ministry", "")
    asked = services.ask_correction(session, record=record, wish=wish, by=subject, at=NOW)
    session.flush()
    services.grant_request(session, record=record, request=asked.public_id, by="one", at=NOW)


def sequence_of(record: str, act: str) -> int:
    with own_transaction() as session:
        for link in queries.chain(session):
            if link.entry and (link.entry.record, link.entry.act) == (record, act):
                return link.sequence
    raise LookupError(act)


def where(record: str, act: str) -> str:
    return f"WHERE record = '{record}' AND act = '{act}'"


ALTERED: dict[str, Callable[[dict[str, str]], tuple[str, str, str]]] = {
    "a revoked record made valid": lambda r: (
        r["revoked"], "revoked", f"DELETE FROM lms_ledger_entry {where(r['revoked'], 'revoked')}",
    ),
    "a withdrawn one made corrected": lambda r: (
        r["withdrawn"], "withdrawn",
        f"UPDATE lms_ledger_entry SET act = 'corrected' {where(r['withdrawn'], 'withdrawn')}",
    ),
    "another cause": lambda r: (
        r["revoked"], "revoked",
        "UPDATE lms_ledger_entry SET facts = '{\"reason\": \"misuse-of-the-system\"}' "
        + where(r["revoked"], "revoked"),
    ),
    "another successor": lambda r: (
        r["corrected"], "corrected",
        f"UPDATE lms_ledger_entry SET facts = '{{\"successor\": \"{r['kept']}\"}}' "
        + where(r["corrected"], "corrected"),
    ),
    "an earlier day": lambda r: (
        r["withdrawn"], "withdrawn",
        f"UPDATE lms_ledger_entry SET dated = '2020-01-01' {where(r['withdrawn'], 'withdrawn')}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_an_end_that_is_altered_or_taken_out_is_the_first_bad_row(lived: dict[str, str], what: str) -> None:
    assert found() == []
    record, act, statement = ALTERED[what](lived)
    number = sequence_of(record, act)
    forge([statement])
    assert first_bad() == f"ledger {number}"


def test_an_end_put_in_for_a_record_in_force_is_never_sealed_and_named(lived: dict[str, str]) -> None:
    forge([copied("forged"), f"UPDATE lms_ledger_entry SET record = '{lived['kept']}', act = 'revoked' "
           "WHERE record = 'forged'"])  # fmt: skip
    assert "was not written by this system" in found(NOW)[0].problem
    with own_transaction() as session:
        assert {finding.about for finding in lives(session)} == {f"record {lived['kept']}"}
        state = queries.state_of(session, lived["kept"])
        assert state is not None
        assert state.valid


def test_a_tail_of_ends_cut_off_is_named_by_the_anchor(lived: dict[str, str]) -> None:
    with own_transaction() as session:
        last = session.scalars(select(LedgerSeal.sequence).order_by(LedgerSeal.sequence.desc())).first() or 0
    cut = entry_ids()[-1]
    forge([f"DELETE FROM lms_ledger_seal WHERE sequence = {last}", f"DELETE FROM lms_ledger_entry WHERE id = {cut}"])
    assert first_bad() == f"ledger {last}"


def test_the_chain_of_ends_made_again_with_another_key_or_in_another_order_is_named(lived: dict[str, str]) -> None:
    forge(rehash(b"x" * 32))
    assert first_bad() == "ledger 1"


def test_two_ends_that_change_places_are_named(lived: dict[str, str]) -> None:
    one, two = sequence_of(lived["withdrawn"], "withdrawn"), sequence_of(lived["revoked"], "revoked")
    ids = entry_ids()
    first, second = ids[one - 1], ids[two - 1]
    forge(
        f"UPDATE lms_ledger_seal SET entry_id = {new} WHERE entry_id = {old}"
        for old, new in ((first, -1), (second, first), (-1, second))
    )
    assert first_bad() == f"ledger {min(one, two)}"


def test_the_public_rows_of_two_records_exchanged_are_both_named(lived: dict[str, str]) -> None:
    assert not _publics()
    drop = [f"DROP TRIGGER lms_record_public_no_update{_on()}"]
    with own_transaction() as session:
        rows = queries.public_of(session, list(lived.values()))
    kept, revoked = rows[lived["kept"]], rows[lived["revoked"]]
    codes = ((kept.record, "X"), (revoked.record, kept.code), (kept.record, revoked.code))
    forge(drop + [f"UPDATE lms_record_public SET code = '{code}' WHERE record = '{record}'" for record, code in codes])
    assert _publics() == sorted([f"record {kept.record}", f"record {revoked.record}"])


def _on() -> str:
    return " ON lms_record_public" if db.engine.dialect.name == "postgresql" else ""


def _publics() -> list[str]:
    with own_transaction() as session:
        assert not [f for f in ledger(session) if "seal" not in f.problem and "noted" not in f.problem]
        return sorted(finding.about for finding in publics(session))
