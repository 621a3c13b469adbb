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

# Chromium heeds the last such list alone, so what Playwright switches off stands here as well.
OF_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
# Two pages behind the address bar that nobody sees: loading them took more of a core than the page under test.
OF_THE_ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
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
    f"--disable-features={','.join((*OF_PLAYWRIGHT, *OF_THE_ADDRESS_BAR))}",
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
