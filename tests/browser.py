"""A real browser for the journeys.

with browser.launched() as chromium:
    context = chromium.new_context(base_url=..., locale="en-GB")
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playwright.sync_api import Browser, Playwright, sync_playwright

from tools import chromium

# Quiet: nothing but the page under test may ask the network for anything.
ARGUMENTS = (
    "--no-sandbox",  # as root, and in containers, Chromium does not start with it
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)


class NoBrowser(Exception):
    """There is no Chromium here; the message says how to get one."""


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium without a window, for as long as the block lasts; raises NoBrowser."""
    executable = chromium.find()
    if executable is None:
        raise NoBrowser(f"No Chromium: {chromium.HOW_TO_GET_IT}")
    browser = _playwright().chromium.launch(executable_path=executable, args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@cache
def _playwright() -> Playwright:
    """One for the process: a second one beside it is refused, and test files come in any order."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started
