"""How the browser of the tests is started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import browser

SWITCH = "--disable-features="


def ancestors(process: int) -> list[int]:
    """Whoever started it, and whoever started that one."""
    found = []
    while process > 1:
        process = int((Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[1])
        found.append(process)
    return found


def chromiums() -> list[list[str]]:
    """The command lines of the browsers that this process has started, without those of the programs they start."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            ours = b"--remote-debugging-pipe" in words and os.getpid() in ancestors(int(process.name))
        except OSError:
            continue  # it has just ended, or is somebody else's
        if ours and not any(word.startswith(b"--type=") for word in words):
            found.append([word.decode() for word in words])
    return found


@pytest.mark.browser
def test_what_playwright_switches_off_stays_off() -> None:
    with browser.launched():
        started = chromiums()
    assert started
    for words in started:
        *earlier, last = [set(word.removeprefix(SWITCH).split(",")) for word in words if word.startswith(SWITCH)]
        assert earlier
        assert set().union(*earlier) | set(browser.OF_THE_ADDRESS_BAR) == last
