"""What is to stand a power cut: it is on the disk before anybody is told that it is there."""

from __future__ import annotations

import os
from pathlib import Path


def settle(folder: Path) -> None:
    """Wait until every file below a folder, and every name, is on the disk."""
    for path in [*folder.rglob("*"), folder]:
        settle_one(path)


def settle_one(path: Path) -> None:
    """Wait until the content of a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
