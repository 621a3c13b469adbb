"""The process that takes all records out is killed at random moments: nothing that is half is taken for whole."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

from flask import Flask

from lms.kernel.worker import drain
from tests.drills.test_sealing import ROOT, environment
from tests.records.credentials.test_export import run
from tests.records.credentials.test_signing import issue

RECORDS, TIMES = 4, 5
FILES = {"certificate.pdf", "completion-record.json", "completion-record.png"}


def contents(folder: Path) -> list[str]:
    """What lies there, with random names left out."""
    inside = [path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file()]
    return sorted("/".join(("holders", parts[-1]) if parts[0] == "holders" else parts) for parts in inside)


def modes(folder: Path) -> set[int]:
    """Of the folder, and of everything in it that names somebody."""
    holders = [path for path in folder.rglob("*") if path.relative_to(folder).parts[0] == "holders"]
    return {stat.S_IMODE(path.stat().st_mode) for path in (folder, *holders)}


def test_an_export_is_whole_or_not_there_whenever_it_is_killed(sqlite_app: Flask, tmp_path: Path) -> None:
    issue(RECORDS)
    drain()
    out = tmp_path / "out"
    words = [sys.executable, "-m", "tests.drills.dying_export", str(out), str(TIMES), "1"]
    subprocess.run(words, cwd=ROOT, env=environment(sqlite_app), check=True, capture_output=True, timeout=120)
    whole = contents(out / "whole")
    assert whole.count("holders/completion-record.json") == RECORDS
    assert {path.name for path in (out / "whole/holders").rglob("*.*")} == FILES
    left = sorted(path for path in out.iterdir() if path.name != "whole")
    assert [path for path in left if path.suffix == ".part"], "some were cut off"
    for path in left:
        assert modes(path) <= {0o700, 0o600}
        assert path.suffix == ".part" or contents(path) == whole
    half = next(path for path in left if path.suffix == ".part" and any(path.iterdir()))
    assert "is there already" in run(sqlite_app, half.with_suffix(""))[1]
    shutil.rmtree(half)
    assert run(sqlite_app, half.with_suffix(""))[0] == 0
    assert contents(half.with_suffix("")) == whole
    assert modes(half.with_suffix("")) == {0o700, 0o600}
