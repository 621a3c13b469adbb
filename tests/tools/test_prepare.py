"""Set-up steps are done once, and again only when their inputs changed."""

from __future__ import annotations

import json
import re
import socket
import tomllib
from pathlib import Path

import pytest

from tools import chromium, prepare, serve

ROOT = prepare.ROOT


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout."""
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "STAMPS", tmp_path / "stamps")
    return tmp_path


def test_a_step_is_skipped_until_its_input_changes_or_its_result_is_gone(house: Path) -> None:
    source, result = house / "source", house / "result"
    source.write_text("one")
    done: list[str] = []

    def make() -> None:
        done.append(source.read_text())
        result.touch()

    def step() -> None:
        prepare.once("step", [source], make, label="Step", result=result)

    step()
    step()
    assert done == ["one"]
    source.write_text("two")
    step()
    step()
    assert done == ["one", "two"]
    result.unlink()
    step()
    assert done == ["one", "two", "two"]


def test_a_step_that_failed_is_done_again(house: Path) -> None:
    tries: list[int] = []

    def make() -> None:
        tries.append(1)
        raise prepare.Missing("not today")

    for _ in range(2):
        with pytest.raises(prepare.Missing, match="not today"):
            prepare.once("step", [], make, label="Step")
    assert len(tries) == 2


def test_a_failing_program_is_shown_with_its_last_words() -> None:
    with pytest.raises(prepare.Missing, match=r"(?s)no such luck.*This failed: sh -c"):
        prepare.command("sh", "-c", "echo no such luck; exit 3")


def test_a_taken_port_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((serve.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(prepare.Missing, match=rf"Port {port} cannot be used .*make run PORT="):
            serve.run([])


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(prepare.Missing, match="PORT is a number from 1 to 65535"):
        serve.run([])


def test_a_browser_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_EXE", "/somewhere/chromium")
    assert chromium.find() == Path("/somewhere/chromium")


def test_lock_files_name_no_registry() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        assert "://" not in lock.read_text(), lock.name
    for lock in (ROOT / "package-lock.json", ROOT / "tools/browser/package-lock.json"):
        packages = json.loads(lock.read_text())["packages"].values()
        assert not [package for package in packages if "resolved" in package], lock.name


def test_every_dependency_is_pinned_by_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    asked = {
        "requirements.txt": project["project"]["dependencies"] + groups["assets"],
        "requirements-dev.txt": project["project"]["dependencies"] + groups["assets"] + groups["dev"],
    }
    for lock, wanted in asked.items():
        pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==.*\\$", (ROOT / lock).read_text(), re.MULTILINE))
        assert {re.split(r"[\[>=<]", line)[0] for line in wanted} <= pinned
    assert _pins("requirements.txt") <= _pins("requirements-dev.txt")


def _pins(lock: str) -> set[str]:
    return set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE))
