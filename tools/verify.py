"""`make test`, `make check`, `make bench`, `make pictures` and `make catalogues`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools import chromium, network, prepare
from tools.memory import passing_folder
from tools.prepare import PYTHON, ROOT, Missing

SENTENCES_TO_READ = 20
ROOM = 6 * 2**30  # for what tests write: two gigabytes when it was measured
# By file, in the order of tests/conftest.py, which puts those that take long first.
TWO_AT_A_TIME = ("-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
POSTGRES_CURE = "apt install postgresql   (or name a server in TEST_DATABASE_URL)"


def test(arguments: list[str]) -> int:
    """Every test; what this machine cannot run is named at the end, and on a build server is an error.

    Sentences of the courses are shown before with what they cite: whether a source says so is for people to see.
    """
    prepare.for_development()
    missing = dict(_missing())
    if missing and os.environ.get("CI"):
        raise Missing("\n".join(f"{name} is missing: {cure}" for name, cure in missing.items()))
    _python("-m", "tools.citations", str(SENTENCES_TO_READ))
    without = " and ".join(f"not {name}" for name in missing)
    chosen = ("-m", without) if without and "-m" not in arguments else ()
    with passing_folder(ROOM) as folder:
        apart = network.cut()
        code = _run(*apart, str(PYTHON), "-m", "pytest", *TWO_AT_A_TIME, *chosen, *arguments, **_quick(folder))
    print(
        f"The tests ran {'with the network cut' if apart else 'with a network, which cannot be cut here'}.", flush=True
    )
    for name, cure in missing.items():
        print(f"Skipped: every test that needs {name}. To run them: {cure}", flush=True)
    return code


def _quick(folder: Path) -> dict[str, str]:
    """What tests write, and what Python makes of the sources: hundreds of programs that tests start read it again."""
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    return {"PYTEST_DEBUG_TEMPROOT": str(folder), **bytecode}


def _missing() -> Iterable[tuple[str, str]]:
    """The pytest mark of each part this machine lacks, with the one command that provides it."""
    if chromium.find_or_bring() is None:
        yield "browser", chromium.HOW_TO_GET_IT
    if not _python_can_start_postgres():
        yield "postgres", POSTGRES_CURE


def _python_can_start_postgres() -> bool:
    return subprocess.run([PYTHON, "-m", "tests.postgres"], cwd=ROOT, check=False).returncode == 0


def check(_arguments: list[str]) -> int:
    """Style, form, types and the shape of the house; every finding is shown, not only the first kind."""
    prepare.for_development()
    # The types take one core for as long as the shape takes the other.
    with subprocess.Popen([str(PYTHON), "-m", "mypy"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as types:
        codes = [
            _python("-m", "ruff", "check", "."),
            _python("-m", "ruff", "format", "--check", "."),
            _python("-m", "pytest", "-q", "tests/shape"),
        ]
        print(types.communicate()[0], end="", flush=True)
    return int(any((*codes, types.returncode)))


def bench(arguments: list[str]) -> int:
    """The measurements of benchmarks/."""
    prepare.for_development()
    return _python("-m", "benchmarks", *arguments)


def pictures(_arguments: list[str]) -> int:
    """The pictures of the documentation, taken anew."""
    prepare.for_development()
    if chromium.find_or_bring() is None:
        raise Missing(f"Pictures need a browser: {chromium.HOW_TO_GET_IT}")
    return _python("-m", "tools.pictures")


def catalogues(arguments: list[str]) -> int:
    """The texts of the code into the catalogue of every language, and of those named that have none yet."""
    prepare.for_development()
    return _python("-m", "tools.catalogues", "update", *arguments)


def _python(*words: str, **environment: str) -> int:
    return _run(str(PYTHON), *words, **environment)


def _run(*words: str, **environment: str) -> int:
    return subprocess.run(words, cwd=ROOT, check=False, env={**os.environ, **environment}).returncode
