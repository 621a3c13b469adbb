"""The coordinator's desk: an edition's page and the first page of its list, for few people and for very many.

`measure_large` seeds editions of up to 300,000 people on SQLite and on PostgreSQL; `make bench SCALE=large` runs it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lms.app import create_app
from lms.dashboards.queries.lists import PAGE
from lms.kernel.db import db
from lms.kernel.settings import from_environment
from tests import postgres
from tests.conftest import statements

from . import crowd
from .pair import both, floor_probe
from .probes import Probe, cpu_per_request
from .results import Result
from .seed import PASSWORD, Filled
from .servers import Server
from .visitor import Visitor, hidden

COORDINATOR = "coordinator@lemkin.example"
SIZES = (30, 3_000, 300_000)
PAGES = {"coordinator's page": "", "first page of the list": "/people", "module by module": "/modules"}
FILTERS = {
    "by stage": "stage=pre-reading",
    "by sector": "sector=justice",
    "by step": "place=accepted",
    "by what is awaited": "awaiting=sign-in",
}
SHEET = "the morning sheet"
MOST, MOST_FILTERED, MOST_GROWTH, MOST_STATEMENTS, MOST_SECONDS = 12, 60, 1.5, 10, 300


def named(page: str, size: int) -> str:
    """What the figure of a page is called."""
    return f"{page}, {size:,} people"


def probes(ours: Server, filled: Filled) -> list[Probe]:
    """Both pages of every edition, as a coordinator asks for them."""
    coordinator = Visitor(ours)
    coordinator.sign_in(COORDINATOR, PASSWORD)
    return [
        _probe(ours, coordinator, named(page, size), f"/editions/{edition}{path}")
        for page, path in PAGES.items()
        for size, edition in filled.editions.items()
    ]


def _probe(ours: Server, coordinator: Visitor, name: str, path: str) -> Probe:
    return Probe(name, ours, lambda _n: ("GET", path, None, coordinator.headers()))


def growth(
    cpu: Mapping[str, float], few: int, many: int, bound: float, pages: Iterable[str] = tuple(PAGES)
) -> list[Result]:
    """How much more the pages cost for many than for few."""
    return [
        Result(
            f"{page}, from {few:,} to {many:,} people", cpu[named(page, many)] / cpu[named(page, few)], "times", bound
        )
        for page in pages
    ]


def measure_large(folder: Path) -> Iterator[list[Result]]:
    """Both databases in turn."""
    yield on("SQLite", folder / "large", "")
    with postgres.server(durable=True) as server:
        yield on("PostgreSQL", folder / "large-postgresql", server.create("large"))


def on(database: str, home: Path, url: str, rounds: int = 5) -> list[Result]:
    """The desk on one database, at this address or in a file of its own."""
    began = time.monotonic()
    filled = crowd.fill(home, SIZES, url)
    seeded = Result(f"seeding {SIZES[-1]:,} enrolments", time.monotonic() - began, "s", MOST_SECONDS)
    with both(home, filled) as (below, ours):
        every = [floor_probe(below), *probes(ours, filled), *_filtered(ours, filled)]
        cpu = cpu_per_request(every, rounds=rounds)
    results = [seeded, *_ratios(cpu), *growth(cpu, *SIZES[1:], MOST_GROWTH, (*PAGES, SHEET)), *_statements(filled)]
    return [Result(f"{database}: {one.name}", one.value, one.unit, one.bound) for one in results]


def _filtered(ours: Server, filled: Filled) -> list[Probe]:
    coordinator = Visitor(ours)
    coordinator.sign_in(COORDINATOR, PASSWORD)
    edition = f"/editions/{filled.editions[SIZES[-1]]}"
    people = f"{edition}/people"
    _status, page = coordinator.get(people)
    offered = {f"by {name}": f"{name}={_offered(page, name)[1]}" for name in ("state", "institution")}
    modules = {f"by module, {choice}": f"progress={choice}" for choice in _offered(page, "progress")}
    asked = {**FILTERS, **offered, **modules}
    lists = {f"the list of {SIZES[-1]:,}, {name}": f"{people}?{query}" for name, query in asked.items()}
    few = {**offered, **dict(list(modules.items())[:1])}
    narrowed = {f"the page of {SIZES[-1]:,}, {name}": f"{edition}?{query}" for name, query in few.items()}
    others = {
        f"the list of {SIZES[-1]:,}, its last page": f"{people}?page={-(-SIZES[-1] // PAGE)}",
        **{named(SHEET, size): f"/editions/{edition}/attention" for size, edition in filled.editions.items()},
    }
    return [_probe(ours, coordinator, name, path) for name, path in {**lists, **narrowed, **others}.items()]


def _offered(page: str, name: str) -> list[str]:
    choices = page[page.index(f'name="{name}"') :].split("</select>")[0]
    return [choice for choice in re.findall(r'<option value="([^"]*)"', choices) if choice]


def _ratios(cpu: Mapping[str, float]) -> list[Result]:
    below = cpu["floor"]
    return [
        Result(f"{name}, against the floor", spent / below, "times", _bound(name))
        for name, spent in cpu.items()
        if name != "floor"
    ]


def _bound(name: str) -> float | None:
    """What a page may cost: more where it shows some of the people only, and says a sentence or two of each."""
    return MOST_FILTERED if ", by " in name or name.startswith(SHEET) else MOST


def _statements(filled: Filled) -> list[Result]:
    """How many statements each page takes once the course is in memory, counted in a process of ours."""
    app = create_app(from_environment(filled.env))
    client = app.test_client()
    client.post("/sign-in", data={**hidden(client.get("/sign-in").text), "address": COORDINATOR, "password": PASSWORD})
    found = []
    with statements(app) as sent:  # in no context of ours: a request within one would know already who asks
        for page, path in PAGES.items():
            for size, edition in filled.editions.items():
                client.get(f"/editions/{edition}{path}")
                sent.clear()
                client.get(f"/editions/{edition}{path}")
                found.append(Result(f"{named(page, size)}, statements", len(sent), "", MOST_STATEMENTS))
    with app.app_context():
        db.engine.dispose()
    return found
