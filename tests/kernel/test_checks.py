"""Checks are found by name and say what is wrong with which row."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.kernel import checks
from lms.kernel.checks import Finding, check, run_all
from lms.kernel.unit_of_work import own_transaction


def test_a_database_nobody_touched_has_no_findings(app: Flask) -> None:
    with own_transaction() as session:
        found = run_all(session)
    assert "kernel.jobs" in found
    assert {name: findings for name, findings in found.items() if findings} == {}


def test_every_check_runs_and_its_findings_come_under_its_name(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "checks", {})

    @check("drill.doors")
    def doors(session: Session) -> Iterable[Finding]:
        yield Finding("door 7", "stands open")

    @check("drill.windows")
    def windows(session: Session) -> Iterable[Finding]:
        return ()

    with own_transaction() as session:
        assert run_all(session) == {"drill.doors": [Finding("door 7", "stands open")], "drill.windows": []}
