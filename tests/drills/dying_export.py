"""`flask lms records export` into one folder after another; each process is ended by SIGKILL at a random moment.

    python -m tests.drills.dying_export FOLDER TIMES SEED

The first one is left to end by itself, to learn how long it takes; `cut-1`, `cut-2`, … are not.
"""

from __future__ import annotations

import importlib
import os
import random
import signal
import sys
import time
from pathlib import Path

from lms.app import create_app

# Once for all of them: it takes longer to load than to use.
importlib.import_module("lms.records.certificates.setting")


def begun(folder: Path) -> int:
    """The process of an export that begins now."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        app = create_app()
        os.write(tell, b".")
        result = app.test_cli_runner().invoke(args=["lms", "records", "export", str(folder)])
        os._exit(result.exit_code)
    os.read(ready, 1)
    return child


def main(folder: Path, times: int, seed: int) -> int:
    """Nothing but how the undisturbed one ended."""
    chance, child, since = random.Random(seed), begun(folder / "whole"), time.monotonic()
    _child, ended = os.waitpid(child, 0)
    takes = time.monotonic() - since
    for number in range(1, times + 1):
        child = begun(folder / f"cut-{number}")
        time.sleep(chance.uniform(0, takes))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
