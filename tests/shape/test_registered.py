"""What registers itself is there wherever the application runs, not only where a test happens to import it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A job, an undertaking, a reaction to an event, a check, what moves when two entries are joined.
REGISTERS = re.compile(r"^@(outbox\.\w+|undertaking|on|check|moves)\(", re.MULTILINE)
ASKED = "import sys, lms.app; print('\\n'.join(sys.modules))"


def name_of(path: Path) -> str:
    """How a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_the_application_has_whatever_registers_itself() -> None:
    told = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [path for path in (ROOT / "lms").rglob("*.py") if REGISTERS.search(path.read_text(encoding="utf-8"))]
    assert len(files) > 30
    assert {name_of(path) for path in files} - set(told.stdout.split()) == set()
