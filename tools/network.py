"""The tests without a network: what is claimed of a record must hold when nothing of ours can be reached."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys

from tools.prepare import PYTHON, ROOT

# From linux/sockios.h and linux/if.h.
_SET_FLAGS, _UP = 0x8914, 0x1
# Root of the machine needs no more; others a namespace of users in which they stay who they are, as PostgreSQL wants.
_WAYS = (("unshare", "-n"), ("unshare", "-cn", "--keep-caps"))


def cut() -> tuple[str, ...]:
    """What a program is started with so that it reaches this machine alone; nothing where that is not to be had here.

    A server of databases that is named rather than started may be elsewhere, so with one nothing is cut off.
    """
    if os.environ.get("TEST_DATABASE_URL"):
        return ()
    return next((words for way in _WAYS if _works(words := (*way, str(PYTHON), "-m", "tools.network"))), ())


def _works(words: tuple[str, ...]) -> bool:
    try:
        return subprocess.run([*words, "true"], cwd=ROOT, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        fcntl.ioctl(asked, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP))


if __name__ == "__main__":
    _raise_loopback()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606
