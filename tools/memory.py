"""Folders for what need not last: in memory where that has room, so that nothing waits for a disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/", "dev", "shm")
DISK = Path("/", "tmp")  # not the place a person has named: the path of a socket must be short
NAME = "lms-test"


@contextmanager
def passing_folder(room: int) -> Iterator[Path]:
    """A new folder for as long as the block lasts, in memory if that has so many bytes free."""
    made = new_folder(room)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def new_folder(room: int) -> Path:
    """The same for whoever removes it themselves."""
    for place in (MEMORY, DISK):
        _remove_what_was_left(place)
    where = MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > room else DISK
    return Path(tempfile.mkdtemp(prefix=f"{NAME}-{os.getpid()}-", dir=where))


def _remove_what_was_left(place: Path) -> None:
    """Folders of programs that were killed: memory they hold is free only when they are gone."""
    for left in place.glob(f"{NAME}-*-*"):
        try:
            os.kill(int(left.name.split("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            continue  # somebody else's, and at work
