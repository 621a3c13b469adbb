"""One Chromium for each worker of the tests, and homes that are copies of what the first `make run` made."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import browser
from tests.journeys.crawl import Gallery
from tests.journeys.running import Running, free_port, programs_of

_numbers = count()


@dataclass(frozen=True)
class FirstRun:
    """What the first `make run` on an empty home printed and left."""

    home: Path
    port: int
    output: str
    code: int
    left_over: tuple[str, ...]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.launched() as launched:
        yield launched


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


@pytest.fixture(scope="session")
def new_home(first_run: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Each call gives a copy of the demonstration of its own."""

    def copy() -> Path:
        home = tmp_path_factory.mktemp("homes") / f"home{next(_numbers)}"
        shutil.copytree(first_run.home, home)
        return home

    return copy


@pytest.fixture(scope="module")
def house(new_home: Callable[[], Path]) -> Iterator[Running]:
    """A server on a demonstration that the tests of one file share; no worker changes anything beside them."""
    running = Running(new_home(), free_port())
    try:
        running.serve()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def gallery(chromium: Browser, new_home: Callable[[], Path]) -> Iterator[Gallery]:
    """What the tests that only look share."""
    running = Running(new_home(), free_port())
    try:
        running.serve()
        shared = Gallery(chromium, running)
        yield shared
        shared.close()
    finally:
        running.stop()
