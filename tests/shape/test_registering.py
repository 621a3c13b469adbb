"""Whatever registers itself when it is imported is imported by the app, else a job is asked for that nobody does; and
what no usual page needs is not, else every web worker carries it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.shape.test_arrows import ROOT

REGISTERS = re.compile(
    r"^@(outbox\.(database|effect)|undertaking|on|check|letter|waits_for_two|moves|objects|tells)(\(|$)", re.MULTILINE
)
LOADED = "import sys, lms.app; print(*sys.modules)"
# The command line, the desk on which courses are written, and the libraries of these and of the worker.
NOT_FOR_PAGES = (
    *("lms.cli", "lms.demo", "lms.report", "lms.authoring.views", "lms.authoring.services", "lms.catalogue.checks"),
    *(
        "alembic",
        "flask_migrate",
        "jsonschema",
        "PIL",
        "pyld",
        "pypdf",
        "openpyxl",
        "python_calamine",
        "typst",
        "xlsxwriter",
    ),
)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """What a process has imported that serves pages and has served none yet."""
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_web_worker_carries_nothing_that_no_usual_page_needs(loaded: set[str]) -> None:
    carried = {name for name in loaded for unneeded in NOT_FOR_PAGES if f"{name}.".startswith(f"{unneeded}.")}
    assert carried == set()


def test_whatever_registers_itself_is_imported_by_the_app(loaded: set[str]) -> None:
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "lms").rglob("*.py")
        if REGISTERS.search(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 60
    assert found - loaded == set()
