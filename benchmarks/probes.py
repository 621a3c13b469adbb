"""Requests in turn against the floor and against us, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import http.client
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .servers import Server

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
    """Milliseconds of CPU per request: the median over interleaved rounds, after one round that warms up."""
    spent: dict[str, list[float]] = defaultdict(list)
    sent: dict[str, int] = defaultdict(int)
    for number in range(rounds + 1):
        for probe in probes:
            before = probe.server.cpu()
            _send(probe, sent[probe.name], requests)
            sent[probe.name] += requests
            if number:
                spent[probe.name].append((probe.server.cpu() - before) / requests * 1000)
    return {name: statistics.median(values) for name, values in spent.items()}


def _send(probe: Probe, start: int, requests: int) -> None:
    connection = probe.server.connect()
    for number in range(start, start + requests):
        status, body = ask(connection, probe.make(number))
        if status != probe.expect:
            raise AssertionError(f"{probe.name} answered {status}, not {probe.expect}: {body[:300]!r}")
    connection.close()


def ask(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    """Status and body of one request."""
    method, path, body, headers = request
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    return answer.status, answer.read()
