"""`python -m benchmarks`: measure, print the table, leave latest.json; 1 when a bound is missed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from . import pages, results, seed


def main() -> int:
    """Everything, in a temporary folder, within five minutes."""
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        folder = Path(name)
        filled = seed.fill(folder / "home", (pages.SMALL, pages.LARGE))
        found = pages.measure(folder, filled)
    results.show(found)
    results.write(found)
    return 0 if all(result.ok for result in found) else 1


if __name__ == "__main__":
    sys.exit(main())
