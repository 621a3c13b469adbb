"""Real servers on a free port of this machine, and what they cost: CPU seconds and memory from /proc."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools.serve import MEMORY

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 60
Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Server:
    """A running server; `group` is its process group."""

    port: int
    group: int

    def processes(self) -> list[int]:
        """The server's processes: the first watches, the others work."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _group_of(entry) == self.group:
                found.append(int(entry.name))
        return sorted(found)

    def cpu(self) -> float:
        """CPU seconds used so far by all its threads, to the nanosecond; the threads live as long as the server."""
        threads = [task for pid in self.processes() for task in (Path("/proc") / str(pid) / "task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in threads) / 1e9

    def largest_rss(self) -> float:
        """Memory of the largest process, in megabytes."""
        sizes = [int((Path("/proc") / str(pid) / "statm").read_text().split()[1]) for pid in self.processes()]
        return max(sizes) * PAGE_SIZE / 1e6

    def connect(self, patience: float = 30) -> http.client.HTTPConnection:
        """A connection that is kept open over requests, and waits so many seconds for an answer."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)


def _group_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[2])
    except (FileNotFoundError, ProcessLookupError):
        return -1


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    target: str, env: Mapping[str, str], port: int, *, factory: bool = False, workers: int = 1, respawn: bool = False
) -> Process:
    """granian with four threads for each worker, as in production, in a process group of its own."""
    words = [
        *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", str(workers)),
        *("--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(port)),
        *(("--factory",) if factory else ()),
        *(("--respawn-failed-workers",) if respawn else ()),
        target,
    ]
    nowhere, everything = subprocess.DEVNULL, {**os.environ, **MEMORY, **env}
    return subprocess.Popen(words, cwd=ROOT, env=everything, start_new_session=True, stdout=nowhere, stderr=nowhere)


@contextmanager
def serving(
    target: str, env: Mapping[str, str], *, path: str, factory: bool = False, workers: int = 1
) -> Iterator[Server]:
    """A server with one worker until the block ends."""
    port = free_port()
    with start(target, env, port, factory=factory, workers=workers) as process:
        server = Server(port, process.pid)
        try:
            wait(server, path)
            yield server
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def wait(server: Server, path: str) -> None:
    """Until the server answers; raises TimeoutError."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        with closing(server.connect()) as connection, suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        time.sleep(0.1)
    raise TimeoutError(f"the server on port {server.port} does not answer {path}")
