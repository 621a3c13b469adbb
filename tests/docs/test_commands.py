"""Every command that the documentation shows is run, in the order of its page, in an instance of its own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```", re.M | re.S)
ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")
OURS = re.compile(r"^(?:[A-Z_]+=\S+ )*(?:flask (?:--app wsgi )?lms\b|mkdir\b)")
# What cannot be run here, each with its reason; everything else that begins with `flask lms` is run.
NOT_RUN = {
    "flask lms work": "does not end by itself; tests/kernel and tests/integrations run it",
    "flask lms people first-administrator": "asks questions, and is refused where people are; tests/people runs it",
}
SECONDS = 240


def commands(page: Path) -> list[str]:
    """The lines of console blocks after `$ `, and the lines of sh blocks, that are commands of ours."""
    found: list[str] = []
    for kind, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        lines = block.replace("\\\n", " ").splitlines()
        typed = [line[2:] for line in lines if line.startswith("$ ")] if kind == "console" else lines
        found += [line.split(" #")[0].strip() for line in typed if OURS.match(line)]
    return found


def run(command: str, instance: Path) -> subprocess.CompletedProcess[str]:
    """Run one command as a person would, in the instance's folder."""
    words = shlex.split(command)
    settings = dict(word.split("=", 1) for word in iter(lambda: _taken(words), ""))
    words = [sys.executable, "-m", "flask", *words[1:]] if words[0] == "flask" else words
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "DATABASE_", "FLASK_"))}
    env |= {"LMS_ENV": "development", "FLASK_APP": str(ROOT / "wsgi.py"), "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(words, cwd=instance, env=env, capture_output=True, text=True, timeout=SECONDS)


def _taken(words: list[str]) -> str:
    return words.pop(0) if words and ASSIGNMENT.fullmatch(words[0]) else ""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance as a person has it who set it up, with the demonstration data. Nothing has worked on it yet: a worker
    makes the first key, which the pages make themselves."""
    folder = tmp_path_factory.mktemp("instance")
    shutil.copytree(ROOT / "courses", folder / "courses")
    done = run("flask lms setup", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_every_command_of_a_page_works_in_the_order_it_is_shown(page: Path, ready: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    shutil.copytree(ready, instance)
    for command in commands(page):
        if command not in NOT_RUN:
            done = run(command, instance)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_what_is_not_run_has_a_reason_and_stands_in_a_page() -> None:
    shown = {command for page in PAGES for command in commands(page)}
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [command for command in NOT_RUN if command not in shown and f"`{command}`" not in text] == []
    assert shown - set(NOT_RUN)
