"""`make run`: prepare, set up the data, then keep the server and the worker running until told to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from types import FrameType
from typing import Any

from tools import prepare
from tools.prepare import BIN, PYTHON, ROOT, Missing

HOST = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 15
# Checking a password takes 19 MB for a moment. glibc gives such a block back only while the size from which blocks go
# back at once stays fixed; and each of the threads would keep an arena of its own. With that size the room at the end
# of the heap is fixed too, at 128 kB, which a page of the desk gave back and asked for again: a tenth of its time.
# Docstrings are for those who read the code: without them a worker is 9 MB smaller, and without the columns of every
# expression another.
MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "262144",
    "MALLOC_TRIM_THRESHOLD_": "2097152",
    "PYTHONOPTIMIZE": "2",
    "PYTHONNODEBUGRANGES": "1",
}

Child = subprocess.Popen[bytes]


def run(_arguments: list[str]) -> int:
    """0 after a clean stop by Ctrl-C or SIGTERM; 1 if the server or the worker ended by itself."""
    port = _free_port()
    prepare.for_running()
    env = {"LMS_ENV": "development", "LMS_PUBLIC_URL": f"http://{HOST}:{port}", **os.environ}
    _flask(env, "setup")
    stop = _stop_on_signals()
    children: dict[str, Child] = {}
    try:
        children["server"] = _start({**MEMORY, **env}, *_server(port))
        children["worker"] = _start(env, PYTHON, *_lms("work"))
        if _wait_until_it_answers(port, children, stop):
            _print_the_way_in(env, port, stop)
        ended = _watch(children, stop)
    finally:
        _stop_all(list(children.values()))
    if ended:
        print(f"\nThe {ended} ended by itself; its last lines are above.", file=sys.stderr)
    return 1 if ended else 0


def _free_port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Missing(f"PORT is a number from 1 to 65535; it is {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            raise Missing(f"Port {text} cannot be used ({error.strerror}). Another one: make run PORT=8001") from error
    return int(text)


def _lms(*words: str) -> tuple[str, ...]:
    return ("-m", "flask", "--app", "wsgi", "lms", *words)


def _flask(env: dict[str, str], *words: str) -> None:
    done = subprocess.run([PYTHON, *_lms(*words)], cwd=ROOT, env=env, check=False)
    if done.returncode:
        raise Missing(f"This failed: flask --app wsgi lms {' '.join(words)}")


def _server(port: int) -> tuple[Any, ...]:
    shape = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws")
    return (BIN / "granian", *shape, "--host", HOST, "--port", str(port), "--log-level", "warning", "wsgi:app")


def _start(env: dict[str, str], *words: object) -> Child:
    """In a process group of its own: Ctrl-C reaches us alone, and we stop both in order."""
    return subprocess.Popen([str(word) for word in words], cwd=ROOT, env=env, start_new_session=True)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), ask)
    return stop


def _ended(children: dict[str, Child]) -> str | None:
    return next((name for name, child in children.items() if child.poll() is not None), None)


def _wait_until_it_answers(port: int, children: dict[str, Child], stop: threading.Event) -> bool:
    deadline = time.monotonic() + SECONDS_TO_START
    while not stop.is_set() and not _ended(children):
        if _answers(port):
            return True
        if time.monotonic() > deadline:
            raise Missing(f"The server did not answer within {SECONDS_TO_START} seconds.")
        stop.wait(0.1)
    return False


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _print_the_way_in(env: dict[str, str], port: int, stop: threading.Event) -> None:
    print(f"\nOpen http://{HOST}:{port}/   (Ctrl-C stops it)", flush=True)
    if env["LMS_ENV"] != "development":
        return
    answer = subprocess.run([PYTHON, *_lms("demo", "--json")], cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE)
    if stop.is_set():
        return  # Ctrl-C ended that command too
    if answer.returncode:
        raise Missing("This failed: flask --app wsgi lms demo --json")
    accounts = json.loads(answer.stdout)["accounts"]
    width = max((len(account["role"]) for account in accounts), default=0)
    wide = max((len(account["email"]) for account in accounts), default=0)
    for account in accounts:
        print(f"  {account['role']:{width}}  {account['email']:{wide}}  {account['password']}", flush=True)


def _watch(children: dict[str, Child], stop: threading.Event) -> str | None:
    """Wait; the name of the child that ended by itself, or None if we were asked to stop."""
    while not stop.wait(0.3):
        if ended := _ended(children):
            return ended
    return None


def _stop_all(children: list[Child]) -> None:
    """Ask each to finish what it holds; what has not ended in time is ended, with everything it started."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"Process {child.pid} did not stop when asked; ending it.", file=sys.stderr)
        _end_group(child)


def _end_group(child: Child) -> None:
    if hasattr(os, "killpg"):
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # the whole group is gone: the usual, clean end
    child.kill()
    child.wait()
