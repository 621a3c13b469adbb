"""One Chromium for each worker of the tests, and homes that are copies of what the first `make run` made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import browser
from tests.first_run import FirstRun
from tests.journeys.crawl import Gallery, opened
from tests.journeys.running import Running, free_port

_numbers = count()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Whoever opens it asks for as little motion as possible unless they say otherwise: with it, half the time of a
    journey goes into scrolling smoothly to what is clicked. Once, from the invitation to the record, all moves."""
    with browser.launched() as launched:
        launched.new_context = partial(launched.new_context, reduced_motion="reduce")  # type: ignore[method-assign]
        yield launched


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
    with opened(chromium, new_home()) as shared:
        yield shared
