"""`python -m benchmarks`: measure, print the table, leave latest.json; 1 when a bound is missed.

`python -m benchmarks drill` and `python -m benchmarks closing` are the kill drills, which take their own time. With
SCALE=large in the environment, as in `make bench SCALE=large`, the desk is measured with 300,000 people instead, on
both databases, into large.json.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from . import (
    authoring,
    closing,
    desk,
    drill,
    exports,
    importing,
    loading,
    pages,
    papers,
    reading,
    results,
    seed,
    signing,
    wire,
    writers,
)


def main(arguments: list[str]) -> int:
    """Everything, in a temporary folder, within five minutes; or the drill."""
    if arguments[:1] == ["drill"]:
        return drill.main(arguments[1:])
    if arguments[:1] == ["closing"]:
        return closing.main(arguments[1:])
    if os.environ.get("SCALE") == "large":
        return large()
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        folder = Path(name)
        filled = seed.fill(folder / "home", (pages.SMALL, pages.LARGE))
        found = [*pages.measure(folder, filled), *writers.measure(folder, filled), *wire.measure(filled)]
        found += exports.measure(folder, filled)
        found += loading.measure(folder)
        found += authoring.measure(folder, filled)
        found += importing.measure(folder)
    found += reading.measure()
    found += papers.measure()
    found += signing.measure()
    results.show(found)
    results.write(found)
    return 0 if all(result.ok for result in found) else 1


def large() -> int:
    """The desk with editions of up to 300,000 people."""
    found: list[results.Result] = []
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        for part in desk.measure_large(Path(name)):
            results.show(part)
            results.write(found := [*found, *part], results.LARGE)
    return 0 if all(result.ok for result in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
