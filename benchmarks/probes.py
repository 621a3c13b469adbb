"""Requests in turn against the floor and against us, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import http.client
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .servers import Server

SECONDS, FEWEST = 2, 5
"""How long a round of one probe goes on, and how many requests it has however long these take."""
Request = tuple[str, str, bytes | None, Mapping[str, str]]
"""Method, path, body, headers."""


@dataclass(frozen=True)
class Probe:
    """One kind of request to one server; `make` gives the n-th of them, `expect` is the answer's status."""

    name: str
    server: Server
    make: Callable[[int], Request]
    expect: int = 200


def cpu_per_request(probes: Sequence[Probe], *, rounds: int = 5, requests: int = 100) -> dict[str, float]:
    """Milliseconds of CPU per request: the median over interleaved rounds, after one round that warms up. A round of
    what is slow has fewer requests."""
    spent: dict[str, list[float]] = defaultdict(list)
    sent: dict[str, int] = defaultdict(int)
    for number in range(rounds + 1):
        for probe in probes:
            before = probe.server.cpu()
            done = _send(probe, sent[probe.name], requests)
            sent[probe.name] += done
            if number:
                spent[probe.name].append((probe.server.cpu() - before) / done * 1000)
    return {name: statistics.median(values) for name, values in spent.items()}


def _send(probe: Probe, start: int, requests: int) -> int:
    """Send so many, or as many as are answered in time; says how many that were."""
    connection, began, number = probe.server.connect(), time.monotonic(), start
    while number < start + requests and (number < start + FEWEST or time.monotonic() < began + SECONDS):
        status, body = ask(connection, probe.make(number))
        if status != probe.expect:
            raise AssertionError(f"{probe.name} answered {status}, not {probe.expect}: {body[:300]!r}")
        number += 1
    connection.close()
    return number - start


def ask(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    """Status and body of one request."""
    method, path, body, headers = request
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    return answer.status, answer.read()
