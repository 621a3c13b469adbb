"""Heads of the chain, noted in a file outside the database: without them a cut tail leaves no trace."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from lms.kernel.settings import present_settings


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
    path = file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"sequence": sequence, "seal": seal, "at": at}) + "\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _drop_torn_line(handle)
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    _keep_name(path.parent)


def read() -> Anchors:
    """Every head in the file. A line that was torn by a power cut at the very end is written again by its job."""
    try:
        text = file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return Anchors()
    heads: dict[int, str] = {}
    unreadable, contradicting = [], []
    whole, _, _torn = text.rpartition("\n")
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            found = json.loads(line)
            sequence, seal = int(found["sequence"]), str(found["seal"])
        except (ValueError, KeyError, TypeError):
            unreadable.append(number)
            continue
        if heads.setdefault(sequence, seal) != seal:
            contradicting.append(number)
    return Anchors(heads, tuple(unreadable), tuple(contradicting))


def _drop_torn_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    tail = os.pread(handle, min(size, 4096), max(0, size - 4096))
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn:
        os.ftruncate(handle, size - torn)


def _keep_name(folder: Path) -> None:
    """A new file's name is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
