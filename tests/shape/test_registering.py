"""Whatever registers itself when it is imported is imported by the app: else a job is asked for that nobody does."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.shape.test_arrows import ROOT

REGISTERS = re.compile(
    r"^@(outbox\.(database|effect)|undertaking|on|check|letter|waits_for_two|moves|objects|tells)(\(|$)", re.MULTILINE
)
LOADED = "import sys, lms.app; print(*(name for name in sys.modules if name.startswith('lms.')))"


def test_whatever_registers_itself_is_imported_by_the_app() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "lms").rglob("*.py")
        if REGISTERS.search(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 60
    assert found - loaded == set()
