"""What the machine itself is like while we measure: its disk, and how much of it others take."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

SYNCS = 200
TICKS = os.sysconf("SC_CLK_TCK")


def syncs(folder: Path) -> list[float]:
    """Seconds that the disk takes to keep 4 kB, many times."""
    with (folder / "sync").open("wb") as file:
        return [_sync(file.fileno()) for _ in range(SYNCS)]


def _sync(handle: int) -> float:
    began = time.perf_counter()
    os.pwrite(handle, os.urandom(4096), 0)
    os.fsync(handle)
    return time.perf_counter() - began


def others_share(server_cpu: Callable[[], float]) -> Callable[[], float]:
    """Call what this gives at the end: of a hundred parts of all processors, those that neither we nor the server
    used, but somebody else."""
    began, busy, ours = time.perf_counter(), _busy(), _ours() + server_cpu()

    def share() -> float:
        mine = _ours() + server_cpu() - ours
        everything = (time.perf_counter() - began) * (os.cpu_count() or 1)
        return max(0.0, _busy() - busy - mine) / everything * 100

    return share


def _ours() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _busy() -> float:
    """Processor seconds that anybody used since the machine started, those of other machines on it (steal) included."""
    numbers = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle, waiting = numbers[3], numbers[4]
    return (sum(numbers) - idle - waiting) / TICKS
