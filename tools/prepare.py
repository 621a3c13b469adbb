"""From a bare checkout to an environment that can run; a step is skipped while its inputs are the same."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
STAMPS = VENV / "stamps"
OLDEST_NODE = (20, 19)


class Missing(Exception):
    """Something is not there; the message is a sentence that says what, and how to get it."""


def for_running() -> None:
    """Everything that `make run` needs."""
    _virtual_environment()
    _python_packages(ROOT / "requirements.txt")
    _built_files()


def for_development() -> None:
    """Everything that `make test`, `make check` and `make bench` need."""
    _virtual_environment()
    _python_packages(ROOT / "requirements-dev.txt")
    _built_files()
    node_packages("npm-verifiers", ROOT / "tests/records/verifiers")


def command(*words: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a program in the checkout; raises Missing with its last words if it fails."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        last_words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise Missing(f"{last_words}\n\nThis failed: {' '.join(str(word) for word in words)}")


def once(
    name: str, inputs: Iterable[Path], make: Callable[[], None], *, label: str, result: Path | None = None
) -> None:
    """Call `make` unless it succeeded before with the same inputs and its result is still there."""
    stamp, digest = STAMPS / name, _digest(inputs)
    if stamp.is_file() and stamp.read_text() == digest and (result is None or result.exists()):
        return
    print(f"{label} ...", flush=True)
    make()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(digest)


def _digest(inputs: Iterable[Path]) -> str:
    content = hashlib.sha256()
    for path in sorted(inputs):
        content.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return content.hexdigest()


def files(folder: Path, *patterns: str) -> list[Path]:
    """The files below a folder that match any of the patterns."""
    return [path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()]


def _virtual_environment() -> None:
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0:
        return
    print("Making .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if uv := shutil.which("uv"):
        command(uv, "venv", "--quiet", "--python", sys.executable, VENV)
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise Missing("This Python has no venv. On Debian or Ubuntu: apt install python3-venv")
    command(sys.executable, "-m", "venv", VENV)


def _python_packages(lock: Path) -> None:
    once(lock.name, [lock], lambda: _install(lock), label=f"Python packages of {lock.name}")


def _install(lock: Path) -> None:
    """With uv if there is one, and with pip where uv cannot reach what pip is configured for."""
    if uv := shutil.which("uv"):
        try:
            return command(uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock)
        except Missing:
            print("uv could not; with pip ...", flush=True)
    if subprocess.run([PYTHON, "-m", "pip", "--version"], check=False, capture_output=True).returncode:
        command(PYTHON, "-m", "ensurepip")
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    return command(*pip, "--only-binary", ":all:", "--require-hashes", "-r", lock)


def _built_files() -> None:
    node_packages("npm", ROOT)
    sources = [
        *files(ROOT / "lms/web/static_src", "*"),
        ROOT / "package-lock.json",
        ROOT / "tools/offline/package-lock.json",
        *files(ROOT / "tools", "assets*.py"),
    ]
    built = ROOT / "lms/web/static/dist/manifest.json"
    once("assets", sources, lambda: command(PYTHON, "-m", "tools.assets"), label="Assets", result=built)
    catalogues = [*files(ROOT / "lms", "*.po"), ROOT / "tools/catalogues.py"]
    once("catalogues", catalogues, lambda: command(PYTHON, "-m", "tools.catalogues"), label="Translations")


def node_packages(name: str, folder: Path) -> None:
    """The locked npm packages of a folder."""
    lock = folder / "package-lock.json"
    once(name, [lock], lambda: _npm_ci(folder), label=f"npm packages ({name})", result=folder / "node_modules")


def _npm_ci(folder: Path) -> None:
    env = node_environment()
    npm = shutil.which("npm", path=env["PATH"])
    if npm is None:
        raise Missing("npm was not found beside node. On Debian or Ubuntu: apt install npm")
    command(npm, "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", env=env)


def node_environment() -> dict[str, str]:
    """An environment whose PATH finds Node and npm: the system's if new enough, else a locked wheel."""
    if _node_is_new_enough():
        return dict(os.environ)
    lock = ROOT / "requirements-node.txt"
    once(
        lock.name,
        [lock],
        lambda: _install(lock),
        label="Node, because there is none from 20.19 on",
        result=BIN / "node",
    )
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def _node_is_new_enough() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "-p", "process.versions.node"], check=False, capture_output=True, text=True).stdout
    parts = answer.strip().split(".")[:2]
    return len(parts) == 2 and tuple(int(part) for part in parts) >= OLDEST_NODE
