"""Heads of the chain, noted in a file outside the database: without them a cut tail leaves no trace."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from lms.kernel import lines
from lms.kernel.settings import present_settings
from lms.kernel.values import dataclass


@dataclass(frozen=True, slots=True)
class Anchors:
    """The heads noted so far, and the lines of the file that say nothing."""

    heads: dict[int, str] = field(default_factory=dict)
    unreadable: tuple[int, ...] = ()
    contradicting: tuple[int, ...] = ()


def file() -> Path:
    """One JSON line for each head: sequence, seal, time."""
    return present_settings().home / "anchors" / "ledger.jsonl"


def note(sequence: int, seal: str, at: str) -> None:
    """Append a head and wait until it is on the disk."""
    lines.append(file(), {"sequence": sequence, "seal": seal, "at": at})


def go_on_after(sequence: int, at: str) -> None:
    """Say that from this number on another chain goes on: an older backup was restored, and what was noted of later
    numbers until now is lost."""
    lines.append(file(), {"goes_on_after": sequence, "at": at})


def read() -> Anchors:
    """Every head in the file that counts. A line that was torn by a power cut at the very end is written again by its
    job."""
    heads: dict[int, str] = {}
    unreadable: list[int] = []
    contradicting: dict[int, int] = {}
    for line in lines.read(file()):
        try:
            if "goes_on_after" in line.said:
                last = int(line.said["goes_on_after"])
                heads = {number: seal for number, seal in heads.items() if number <= last}
                contradicting = {place: number for place, number in contradicting.items() if number <= last}
                continue
            sequence, seal = int(line.said["sequence"]), str(line.said["seal"])
        except (ValueError, KeyError, TypeError):
            unreadable.append(line.number)
            continue
        if heads.setdefault(sequence, seal) != seal:
            contradicting[line.number] = sequence
    return Anchors(heads, tuple(unreadable), tuple(contradicting))
