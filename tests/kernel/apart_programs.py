"""What the tests let run apart."""

from __future__ import annotations

import json
import os
import signal
import time

from lms.kernel.apart import Rejected


def turned(data: bytes, *, times: int = 1) -> bytes:
    """The bytes from behind, some times over."""
    return data[::-1] * times


def refusing(data: bytes) -> bytes:
    """Says no."""
    raise Rejected("not-this", name=data.decode(), size=len(data))


def at_fault(data: bytes) -> bytes:
    """Has a fault of its own."""
    raise KeyError("a mistake of ours")


def hungry(data: bytes) -> bytes:
    """Takes memory until there is no more."""
    held = [data]
    while True:
        held.append(b"x" * (16 * 1024 * 1024))


def busy(data: bytes) -> bytes:
    """Works for ever."""
    while True:
        data = data[::-1]


def idle(data: bytes) -> bytes:
    """Waits for ever."""
    time.sleep(600)
    return data


def killed(data: bytes) -> bytes:
    """Ends as when a system short of memory ends it."""
    os.kill(os.getpid(), signal.SIGKILL)
    return data


def surroundings(data: bytes) -> bytes:
    """What it can see of the process that asked."""
    return json.dumps(dict(os.environ)).encode()


def writing(data: bytes) -> bytes:
    """Leaves a file behind."""
    with open(data.decode(), "wb") as file:  # noqa: PTH123 - the plainest way to try
        file.write(b"left behind")
    return b"written"
