"""The table that a run prints, and the file it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

LATEST = Path(__file__).resolve().parent / "latest.json"
LARGE = LATEST.with_name("large.json")


@dataclass(frozen=True)
class Result:
    """One figure; `bound` is the most it may be, None where there is no bound."""

    name: str
    value: float
    unit: str
    bound: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the bound is kept."""
        return self.bound is None or self.value <= self.bound


def show(results: Iterable[Result]) -> None:
    """Print the table."""
    print(f"{'what':58} {'value':>10} {'bound':>8}  unit")
    for result in results:
        bound = "" if result.bound is None else f"{result.bound:g}"
        print(f"{result.name:58} {result.value:10.2f} {bound:>8}  {result.unit}{'' if result.ok else '   MISSED'}")


def write(results: Iterable[Result], path: Path = LATEST) -> None:
    """Leave the figures for machines."""
    rows = [{**asdict(result), "value": round(result.value, 3), "ok": result.ok} for result in results]
    path.write_text(json.dumps(rows, indent=1) + "\n")
