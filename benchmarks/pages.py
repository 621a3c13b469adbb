"""CPU per request of the pages people use most, as ratios to the floor in the same run; and their size on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from . import desk, papers
from .pair import both, floor_probe
from .probes import Probe, Request, cpu_per_request
from .quizzes import first_unit, open_quiz
from .results import Result
from .seed import PASSWORD, Filled
from .servers import Server
from .visitor import Visitor

SMALL, LARGE = 30, 3000
BOUNDS = {
    "unit page": 7,
    "home": 8,
    "saving an answer": 8,
    papers.PAGE: 7,
    **{desk.named(page, size): desk.MOST for page in desk.PAGES for size in (SMALL, LARGE)},
}


def measure(folder: Path, filled: Filled) -> list[Result]:
    """All pages in turn."""
    with both(folder, filled) as (below, ours):
        reader = Visitor(ours)
        reader.sign_in("reader@lemkin.example", PASSWORD)
        taker = _quiz_taker(ours)
        quiz = open_quiz(taker)
        unit = first_unit(reader)
        probes = [
            floor_probe(below),
            Probe("unit page", ours, lambda n: ("GET", unit, None, reader.headers())),
            Probe("home", ours, lambda n: ("GET", "/", None, reader.headers())),
            Probe("saving an answer", ours, lambda n: _with(quiz.answer(n, "bench"), taker.headers())),
            Probe(papers.PAGE, ours, papers.looks(filled)),
            *desk.probes(ours, filled),
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
    return [*found, *desk.growth(cpu, SMALL, LARGE, 2)]
