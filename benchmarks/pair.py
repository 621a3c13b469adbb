"""The floor and ours side by side: two servers that are measured in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from . import floor
from .probes import Probe
from .seed import Filled
from .servers import Server, serving


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


def floor_probe(below: Server) -> Probe:
    """What everything else is measured against."""
    return Probe("floor", below, lambda n: ("GET", f"/floor/s{n % floor.ROWS}", None, {}))
