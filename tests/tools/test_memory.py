"""What need not last lies in memory, and what killed programs left there is removed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import memory


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A memory and a disk."""
    for name in ("MEMORY", "DISK"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(memory, name, tmp_path / name)
    return tmp_path / "MEMORY", tmp_path / "DISK"


def test_a_folder_is_in_memory_while_that_has_room_and_goes_with_the_block(places: tuple[Path, Path]) -> None:
    in_memory, on_disk = places
    for room, place in ((1, in_memory), (2**80, on_disk)):
        with memory.passing_folder(room) as folder:
            assert folder.parent == place
            (folder / "file").touch()
        assert not folder.exists()


def test_folders_of_programs_that_are_gone_are_removed_and_no_others(places: tuple[Path, Path]) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = places[0] / f"{memory.NAME}-{int(ended.stdout)}-abc"
    left.mkdir()
    living, foreign = memory.new_folder(1), places[0] / "somebody-1-else"
    foreign.mkdir()
    memory.new_folder(1)
    assert (left.exists(), living.exists(), foreign.exists()) == (False, True, True)
