"""A home as the first `make run` leaves it, with the demonstration in it: made once for all workers of the tests."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.running import Running, free_port, programs_of


@dataclass(frozen=True)
class FirstRun:
    """What the first `make run` on an empty home printed and left."""

    home: Path
    port: int
    output: str
    code: int
    left_over: tuple[str, ...]


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """`make run` on an empty home, asked to stop when it had printed the accounts; done once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, told = shared / "journeys", shared / "journeys" / "told.json"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(json.dumps(_run_first(folder / "first")))
        found: dict[str, Any] = json.loads(told.read_text())
    return FirstRun(folder / "first", found["port"], found["output"], found["code"], tuple(found["left_over"]))


def _run_first(home: Path) -> dict[str, Any]:
    running = Running(home, free_port())
    try:
        program = running.make_run()
        program.terminate()
        code = program.wait(30)
        left_over = programs_of(home)
    finally:
        running.stop()
    return {"port": running.port, "output": running.log.read_text(), "code": code, "left_over": left_over}
