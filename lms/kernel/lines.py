"""Files of JSON lines outside the database, for what must outlive it: appended to, and never changed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .settling import settle_one
from .values import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line by its number; `said` is empty when it cannot be read."""

    number: int
    said: dict[str, Any]


def append(path: Path, said: dict[str, Any]) -> None:
    """Append a line and wait until it is on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _drop_torn_line(handle)
        os.write(handle, (json.dumps(said) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    settle_one(path.parent)  # a new file's name is on the disk only when its folder is


def read(path: Path) -> list[Line]:
    """Every whole line; none without a file. One torn by a power cut at the very end is left for its job to repeat."""
    try:
        whole, _, _torn = path.read_text(encoding="utf-8").rpartition("\n")
    except FileNotFoundError:
        return []
    return [Line(number, _said(line)) for number, line in enumerate(whole.splitlines(), 1)]


def _said(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _drop_torn_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    tail = os.pread(handle, min(size, 4096), max(0, size - 4096))
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn:
        os.ftruncate(handle, size - torn)
