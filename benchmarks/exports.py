"""CPU of the list of 3,000 people as CSV, against a streaming export written by hand for the same cells."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from lms.people.states import all_states

from .desk import COORDINATOR
from .probes import Probe, ask, cpu_per_request
from .results import Result
from .seed import PASSWORD, Filled
from .servers import serving
from .visitor import Visitor

SIZE = 3_000
MOST = 1.2
# Whoever takes more lists than that within five minutes has to wait: fewer rounds, of longer work each.
ROUNDS, REQUESTS = 4, 5


def measure(_folder: Path, filled: Filled) -> list[Result]:
    """Both exports in turn, each on granian with one worker, after one look at whether they say the same."""
    edition = filled.editions[SIZE]
    states = json.dumps([{"code": state.code, "name": state.names["en"]} for state in all_states()])
    by_hand = {**filled.env, "BENCH_STATES": states}
    with ExitStack() as stack:
        below = stack.enter_context(
            serving("benchmarks.by_hand:create_app", by_hand, path=f"/by-hand/{edition}", factory=True)
        )
        ours = stack.enter_context(serving("wsgi:app", filled.env, path="/healthz"))
        coordinator = Visitor(ours)
        coordinator.sign_in(COORDINATOR, PASSWORD)
        probes = [
            Probe("CSV by hand", below, lambda _n: ("GET", f"/by-hand/{edition}", None, {})),
            Probe(
                "CSV of the list",
                ours,
                lambda _n: ("GET", f"/editions/{edition}/people.csv", None, coordinator.headers()),
            ),
        ]
        _say_the_same(probes)
        cpu = cpu_per_request(probes, rounds=ROUNDS, requests=REQUESTS)
    mine, theirs = cpu["CSV of the list"], cpu["CSV by hand"]
    return [
        Result(f"CSV of {SIZE:,} people, by hand", theirs, "ms CPU"),
        Result(f"CSV of {SIZE:,} people", mine, "ms CPU"),
        Result(f"CSV of {SIZE:,} people, against one by hand", mine / theirs, "times", MOST),
    ]


def _say_the_same(probes: list[Probe]) -> None:
    bodies = []
    for probe in probes:
        connection = probe.server.connect()
        status, body = ask(connection, probe.make(0))
        connection.close()
        if status != probe.expect:
            raise AssertionError(f"{probe.name} answered {status}")
        bodies.append(body.decode("utf-8-sig").splitlines())
    different = [(hand, mine) for hand, mine in zip(*bodies, strict=True) if hand != mine]
    if different:
        raise AssertionError(f"the two exports differ in {len(different)} lines, such as {different[0]}")
