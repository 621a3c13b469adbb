"""Eight people who save answers at the same time on SQLite: whether any is refused, and how long each waits."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from lms.demo.cast import cast

from .machine import others_share, syncs
from .probes import ask
from .quizzes import Quiz, open_quiz
from .results import Result
from .seed import PASSWORD, Filled
from .servers import Server, serving
from .visitor import Visitor

WRITERS, ANSWERS, WARM_UP = 8, 150, 10
STAGES = ("reading", "half-way", "asked", "signed-in")


@dataclass(frozen=True)
class Writer:
    """A signed-in participant with an open try of their own."""

    server: Server
    visitor: Visitor
    quiz: Quiz

    def save(self, run: str, answers: int) -> list[float | None]:
        """Seconds until each answer was acknowledged; None for one that was not."""
        with closing(self.server.connect()) as connection:
            return [self._one(connection, run, number) for number in range(answers)]

    def _one(self, connection: HTTPConnection, run: str, number: int) -> float | None:
        method, path, body, headers = self.quiz.answer(number, run)
        began = time.perf_counter()
        status, _body = ask(connection, (method, path, body, {**headers, **self.visitor.headers()}))
        return time.perf_counter() - began if status == 200 else None


def addresses() -> list[str]:
    """The participants of the demonstration who are on their way, by how likely a quiz is open to them."""
    ranked = [who for who in cast().participants if who.stage in STAGES]
    return [who.address for who in sorted(ranked, key=lambda who: STAGES.index(who.stage))]


def sign_in_writers(server: Server, number: int) -> list[Writer]:
    """That many participants, each at a try of their own."""
    return [_writer(server, address) for address in addresses()[:number]]


def _writer(server: Server, address: str) -> Writer:
    visitor = Visitor(server)
    visitor.sign_in(address, PASSWORD)
    quiz = open_quiz(visitor)
    visitor.close()
    return Writer(server, visitor, quiz)


def measure(folder: Path, filled: Filled) -> list[Result]:
    """Eight writers, each sending the next answer as soon as the last is acknowledged."""
    with serving("wsgi:app", filled.env, path="/healthz") as server, ThreadPoolExecutor(WRITERS) as pool:
        writers = sign_in_writers(server, WRITERS)
        list(pool.map(lambda writer: writer.save("warm", WARM_UP), writers))
        began, others = time.perf_counter(), others_share(server.cpu)
        waits = [wait for each in pool.map(lambda writer: writer.save("eight", ANSWERS), writers) for wait in each]
        seconds, busy = time.perf_counter() - began, others()
        alone = [wait for wait in writers[0].save("alone", ANSWERS) if wait is not None]
    return [*_results(waits, seconds), *_beside(alone, syncs(folder), busy)]


def _results(waits: Sequence[float | None], seconds: float) -> list[Result]:
    taken = [wait for wait in waits if wait is not None]
    return [
        Result("8 writers on SQLite, answers not taken", len(waits) - len(taken), "answers", 0),
        Result("8 writers on SQLite, 95 of 100 acknowledged within", percentile(taken, 95) * 1000, "ms", 50),
        Result("8 writers on SQLite, answers acknowledged", len(taken) / seconds, "per second"),
    ]


def _beside(alone: Sequence[float], disk: Sequence[float], busy: float) -> list[Result]:
    """What helps to read the figures above on a busy machine."""
    return [
        Result("1 writer on SQLite, 95 of 100 acknowledged within", percentile(alone, 95) * 1000, "ms"),
        Result("this machine's processors, taken by others meanwhile", busy, "of 100"),
        Result("this disk, writing 4 kB and waiting for it, median", statistics.median(disk) * 1000, "ms"),
        Result("this disk, writing 4 kB and waiting for it, 95 of 100", percentile(disk, 95) * 1000, "ms"),
    ]


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` of a hundred do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * share // 100) - 1)]
