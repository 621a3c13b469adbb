"""Places of the status lists that must outlive the database: what has ended for the world, although a restored database
does not know it, and with which list records issued after a restore begin. A file outside the database."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from lms.kernel import lines
from lms.kernel.settings import present_settings


def file() -> Path:
    """One JSON line for each thing that is known."""
    return present_settings().home / "anchors" / "lists.jsonl"


def remember(number: int, places: Collection[int], at: str) -> None:
    """Say that these places of a list have ended, whatever the database says."""
    lines.append(file(), {"list": number, "ended": sorted(places), "at": at})


def begin(number: int, at: str) -> None:
    """Say that no record gets a place in a list before this one: nobody knows which of their places were given."""
    lines.append(file(), {"begins": number, "at": at})


def remembered() -> dict[int, frozenset[int]]:
    """The places that have ended whatever the database says, by list."""
    found: dict[int, frozenset[int]] = {}
    for line in lines.read(file()):
        if "list" in line.said:
            number = int(line.said["list"])
            found[number] = found.get(number, frozenset()) | frozenset(line.said["ended"])
    return found


def first() -> int:
    """The first list in which a record may still get a place."""
    return max((int(line.said["begins"]) for line in lines.read(file()) if "begins" in line.said), default=0)
