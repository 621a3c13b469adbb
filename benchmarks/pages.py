"""CPU per request of the pages people use most, as ratios to the floor in the same run; and their size on the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from . import floor
from .probes import Probe, Request, cpu_per_request
from .quizzes import first_unit, open_quiz
from .results import Result
from .seed import PASSWORD, Filled
from .servers import Server, serving
from .visitor import Visitor

SMALL, LARGE = 30, 3000
BOUNDS = {"unit page": 7, "home": 8, "saving an answer": 8, "coordinator's page, 3,000 people": 12}


@contextmanager
def both(folder: Path, filled: Filled) -> Iterator[tuple[Server, Server]]:
    """The floor and ours, each on granian with one worker."""
    engine = create_engine(f"sqlite:///{folder / 'floor.sqlite'}")
    floor.fill(engine)
    engine.dispose()
    with ExitStack() as stack:
        plain = {"FLOOR_DATABASE": str(engine.url)}
        below = stack.enter_context(serving("benchmarks.floor:create_app", plain, path="/floor/s1", factory=True))
        ours = stack.enter_context(serving("wsgi:app", filled.env, path="/healthz"))
        yield below, ours


def measure(folder: Path, filled: Filled) -> list[Result]:
    """All pages in turn."""
    with both(folder, filled) as (below, ours):
        reader, coordinator = Visitor(ours), Visitor(ours)
        reader.sign_in("reader@lemkin.example", PASSWORD)
        coordinator.sign_in("coordinator@lemkin.example", PASSWORD)
        taker = _quiz_taker(ours)
        quiz = open_quiz(taker)
        unit = first_unit(reader)
        few, many = (f"/editions/{filled.editions[size]}" for size in (SMALL, LARGE))
        probes = [
            Probe("floor", below, lambda n: ("GET", f"/floor/s{n % floor.ROWS}", None, {})),
            Probe("unit page", ours, lambda n: ("GET", unit, None, reader.headers())),
            Probe("home", ours, lambda n: ("GET", "/", None, reader.headers())),
            Probe("saving an answer", ours, lambda n: _with(quiz.answer(n, "bench"), taker.headers())),
            Probe("coordinator's page, 30 people", ours, lambda n: ("GET", few, None, coordinator.headers())),
            Probe("coordinator's page, 3,000 people", ours, lambda n: ("GET", many, None, coordinator.headers())),
        ]
        cpu = cpu_per_request(probes)
        return [*_ratios(cpu), Result("web worker's memory", ours.largest_rss(), "MB", 120)]


def _quiz_taker(ours: Server) -> Visitor:
    visitor = Visitor(ours)
    visitor.sign_in("sofia@lemkin.example", PASSWORD)
    return visitor


def _with(request: Request, headers: Mapping[str, str]) -> Request:
    method, path, body, own = request
    return method, path, body, {**own, **headers}


def _ratios(cpu: Mapping[str, float]) -> list[Result]:
    below = cpu["floor"]
    found = [Result("floor", below, "ms CPU")]
    for name, spent in cpu.items():
        if name != "floor":
            found.append(Result(name, spent, "ms CPU"))
            found.append(Result(f"{name}, against the floor", spent / below, "times", BOUNDS.get(name)))
    growth = cpu["coordinator's page, 3,000 people"] / cpu["coordinator's page, 30 people"]
    return [*found, Result("coordinator's page, from 30 to 3,000 people", growth, "times", 2)]
