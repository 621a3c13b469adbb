"""A function of ours run apart: in a process of its own that has a bound of memory, of processor time and of patience.

What somebody uploads is read there. A file made to exhaust whoever reads it ends that process, and nobody else notices.
The process has none of our keys, no database, and can write no file.

    read = run_apart("lms.catalogue.bundles:unpacked", upload)      # bytes in, bytes out

The function takes the bytes, and options as keywords; it says no by raising `Rejected`, which reaches the caller.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import lms
from lms.kernel.errors import TooMany
from lms.kernel.values import dataclass

TOO_HEAVY = "too-heavy"
_MEBIBYTE = 1024 * 1024
# So many run at once for one of our processes; the next waits as long as it would wait for its answer.
AT_ONCE = 2
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may use; beyond any of them it ends."""

    memory: int = 512 * _MEBIBYTE
    """Bytes of address space."""
    processor: int = 5
    """Seconds at work."""
    patience: float = 10.0
    """Seconds by the clock."""
    answer: int = 48 * _MEBIBYTE
    """Bytes that it may hand back."""


class Rejected(Exception):
    """What was given is not taken: a reason by its key, with the values that its sentence names."""

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason, values)
        self.reason, self.values = reason, values


class Failed(RuntimeError):
    """The function itself is at fault; holds what it wrote on its way down."""


_DEFAULT = Limits()


def run_apart(function: str, data: bytes, *, limits: Limits = _DEFAULT, **options: Any) -> bytes:
    """What `function` ("package.module:name") makes of `data`; `options` are plain values for JSON.

    Raises Rejected as the function does, Rejected("too-heavy") when it ran into a limit, Failed for a fault of ours,
    TooMany where others keep every place.
    """
    if not _places.acquire(timeout=limits.patience):
        raise TooMany("Too many tries in a short time. Wait a few minutes, then try again.", retry_after=60)
    try:
        return _run(function, data, limits, options)
    finally:
        _places.release()


def _run(function: str, data: bytes, limits: Limits, options: Mapping[str, Any]) -> bytes:
    head = json.dumps({"function": function, "limits": asdict(limits), "options": options}).encode()
    command = [sys.executable, "-P", "-B", "-m", __name__]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_surroundings()
    )
    with process:
        try:
            out, err = process.communicate(head + b"\n" + data, timeout=limits.patience)
        except subprocess.TimeoutExpired:
            raise Rejected(TOO_HEAVY) from None
        finally:
            process.kill()
    verdict, _, answer = out.partition(b"\n")
    if process.returncode or not verdict:
        # Ended by a signal: of the processor's limit, or of a system short of memory.
        if process.returncode < 0 or b"MemoryError" in err:
            raise Rejected(TOO_HEAVY)
        raise Failed(err.decode("utf-8", "replace")[-2000:])
    said = json.loads(verdict)
    if said:
        raise Rejected(said["reason"], **said["values"])
    return answer


def _surroundings() -> dict[str, str]:
    """Where Python and our code are found, and nothing that is secret."""
    found = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return found | {"PYTHONPATH": os.pathsep.join([str(Path(lms.__file__).parents[1]), *filter(None, sys.path)])}
