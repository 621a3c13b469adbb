"""The system as people meet it: processes of its own, on a home of its own, stopped by the group they are in."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0  # seconds: a busy machine needed 136 for its first run
HOST = "127.0.0.1"
LAST_ACCOUNT = "evaluator@lemkin.example"
SERVER = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning")


class Running:
    """Programs working on one home; their words go to its log."""

    def __init__(self, home: Path, port: int, *, path: str = "") -> None:
        self.home, self.port, self.path = home, port, path
        self.log = home.with_name(f"{home.name}.log")
        self.programs: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """What people type, without a slash at the end."""
        return f"http://{HOST}:{self.port}{self.path}"

    @property
    def env(self) -> dict[str, str]:
        """The environment without what the person at the keyboard has set for the system."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "DATABASE_", "FLASK_"))
        }
        return {**kept, "LMS_HOME": str(self.home), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}

    def start(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """One more program, in a group of its own."""
        with self.log.open("ab") as log:
            program = subprocess.Popen(
                words, cwd=ROOT, env={**self.env, **more}, stdout=log, stderr=log, start_new_session=True
            )
        self.programs.append(program)
        return program

    def make_run(self) -> subprocess.Popen[bytes]:
        """What `make run` calls; back when the accounts are printed."""
        program = self.start(sys.executable, "-m", "tools", "run")
        self.wait_for(lambda: LAST_ACCOUNT in self.log.read_text())
        return program

    def serve(self, app: str = "wsgi", *, worker: bool = False) -> None:
        """The server alone, or with the worker beside it: quicker than `make run` where all is set up already."""
        settings = {"LMS_ENV": "development", "LMS_PUBLIC_URL": f"http://{HOST}:{self.port}"}
        granian = str(Path(sys.executable).with_name("granian"))
        self.start(granian, *SERVER, "--host", HOST, "--port", str(self.port), f"{app}:app", **settings)
        if worker:
            self.start(sys.executable, "-m", "flask", "--app", app, "lms", "work", **settings)
        self.wait_for(self.answers)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`flask lms …` on this home."""
        all_words = (sys.executable, "-m", "flask", "--app", "wsgi", "lms", *words)
        env = {**self.env, "LMS_ENV": "development"}
        return subprocess.run(all_words, cwd=ROOT, env=env, check=False, capture_output=True, text=True)

    def answers(self) -> bool:
        """Whether the server is up."""
        with suppress(OSError):
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            connection.request("GET", f"{self.path}/healthz")
            found = connection.getresponse().status == 200
            connection.close()
            return found
        return False

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Until it holds; fails with the log when a program has ended, or after `PATIENCE`."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            alive = all(program.poll() is None for program in self.programs)
            if not alive or time.monotonic() > deadline:
                raise AssertionError(f"it did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask each program to end as an operator would; after that, end its group."""
        for program in self.programs:
            if program.poll() is None:
                program.terminate()
        for program in self.programs:
            with suppress(subprocess.TimeoutExpired):
                program.wait(20)
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait(20)


def free_port() -> int:
    """A port nobody listens on, below those the system gives to outgoing connections."""
    for _try in range(50):
        port = random.randint(20000, 31999)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise AssertionError("no free port was found")


def programs_of(home: Path) -> Sequence[str]:
    """The command lines of all processes that were started for this home."""
    mark, found = f"LMS_HOME={home}\0".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found
