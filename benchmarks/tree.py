"""A server with two workers that is killed again and again, and started again as an operator's supervisor would."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import servers
from .servers import Server

WATCH_EVERY = 0.05
EVERY_NTH_ALL = 4
"""Of so many kills one takes the whole process group, the others a worker."""


@dataclass
class Deaths:
    """What was done to the server."""

    workers: int = 0
    trees: int = 0
    restarts: int = 0
    """Of the whole server; granian gives up by itself when one worker dies twice within seconds."""

    @property
    def kills(self) -> int:
        """How often kill -9 was sent."""
        return self.workers + self.trees


@dataclass
class Keeper:
    """One thread that starts the server, watches it, and kills it when so many answers are acknowledged."""

    env: Mapping[str, str]
    port: int
    progress: Callable[[], int]
    thresholds: list[int]
    deaths: Deaths = field(default_factory=Deaths)
    finished: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.process = self._start()

    def run(self) -> None:
        """Until `finished`; no kill is left out, the clients are to outlast them all."""
        while not self.finished.wait(WATCH_EVERY):
            if self.process.poll() is not None:
                self._again()
            elif self.thresholds and self.progress() >= self.thresholds[0]:
                self._kill()

    def stop(self) -> None:
        """The last kill takes everything."""
        self._kill_all()

    def _start(self) -> servers.Process:
        return servers.start("wsgi:app", self.env, self.port, workers=2, respawn=True)

    def _again(self) -> None:
        self._kill_all()
        self.process = self._start()
        self.deaths.restarts += 1

    def _kill(self) -> None:
        if (self.deaths.kills + 1) % EVERY_NTH_ALL == 0:
            self._kill_all()
            self.deaths.trees += 1
        elif workers := [pid for pid in Server(self.port, self.process.pid).processes() if self._works(pid)]:
            with suppress(ProcessLookupError):
                os.kill(random.choice(workers), signal.SIGKILL)
            self.deaths.workers += 1
        else:
            return  # all of them are being started: the next look finds one
        self.thresholds.pop(0)

    def _works(self, pid: int) -> bool:
        """The first process only watches over the others."""
        return pid != self.process.pid and holds_the_application(pid)

    def _kill_all(self) -> None:
        # The group in one call: killed one by one, the first process starts another worker in between.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


def holds_the_application(pid: int) -> bool:
    """Whether this process has come so far that it can be in the middle of a change."""
    try:
        return "/site-packages/sqlalchemy/" in (Path("/proc") / str(pid) / "maps").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


@contextmanager
def kept(env: Mapping[str, str], progress: Callable[[], int], thresholds: list[int]) -> Iterator[Keeper]:
    """A server that is watched and killed until the block ends."""
    keeper = Keeper(env, servers.free_port(), progress, thresholds)
    watch = threading.Thread(target=keeper.run, name="keeper")
    watch.start()
    try:
        servers.wait(Server(keeper.port, keeper.process.pid), "/healthz")
        yield keeper
    finally:
        keeper.finished.set()
        watch.join()
        keeper.stop()
