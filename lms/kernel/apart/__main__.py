"""The process apart: confines itself before it knows what it is given, and answers with a verdict and what was made."""

from __future__ import annotations

import importlib
import json
import resource
import sys
from typing import Any

from lms.kernel.apart import TOO_HEAVY, Limits, Rejected


def _confine(limits: Limits) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.processor),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # One that is started by another one has at most what that has.
        already = resource.getrlimit(kind)[1]
        least = most if already == resource.RLIM_INFINITY else min(most, already)
        resource.setrlimit(kind, (least, least))


def _made(function: str, limits: Limits, options: dict[str, Any]) -> tuple[dict[str, Any] | None, bytes]:
    """Why not, or None and the answer."""
    module, _, name = function.partition(":")
    try:
        made = getattr(importlib.import_module(module), name)(sys.stdin.buffer.read(), **options)
    except Rejected as rejected:
        return {"reason": rejected.reason, "values": rejected.values}, b""
    except MemoryError:
        return {"reason": TOO_HEAVY, "values": {}}, b""
    return ({"reason": TOO_HEAVY, "values": {}}, b"") if len(made) > limits.answer else (None, made)


def main() -> None:
    """One question on standard input: a line of JSON that says what to do, and behind it the bytes to do it with."""
    asked = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**asked["limits"])
    _confine(limits)
    verdict, answer = _made(asked["function"], limits, asked["options"])
    sys.stdout.buffer.write(json.dumps(verdict).encode() + b"\n")
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
