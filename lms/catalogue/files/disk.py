"""A course's folder on the disk: collected as bytes, and written so that a crash leaves the old file or the new one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from lms.catalogue.rules.mistakes import Mistake

ORIGINALS = ".originals"
MOST_FILES = 2000
MOST_BYTES = 32 * 1024 * 1024


class Unreadable(Exception):
    """The folder cannot be taken; holds the reasons."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = list(mistakes)
        super().__init__("; ".join(map(str, self.mistakes)))


def collect(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` by its path inside it; hidden files are left out. Raises Unreadable."""
    if not folder.is_dir():
        raise Unreadable([Mistake(str(folder), 1, "there is no such folder", "give the folder that holds course.yaml")])
    found: dict[str, bytes] = {}
    wrong: list[Mistake] = []
    total = 0
    for path in sorted(_walk(folder)):
        name = _name(path, folder)
        if path.is_symlink():
            wrong.append(Mistake(name, 1, "this is a link to another place", "put the file itself here"))
            continue
        if not path.is_file() or not os.access(path, os.R_OK):
            wrong.append(Mistake(name, 1, "this is no file that can be read", "take it away, or let it be read"))
            continue
        total += path.stat().st_size
        if total > MOST_BYTES or len(found) >= MOST_FILES:
            raise Unreadable(
                [Mistake(name, 1, "the course is too large", f"keep it under {MOST_FILES} files and 32 MB")]
            )
        found[name] = path.read_bytes()
    if wrong:
        raise Unreadable(wrong)
    return found


def names(folder: Path) -> list[str]:
    """What stands under `folder`, by its path inside it; hidden files are left out."""
    return sorted(_name(path, folder) for path in _walk(folder))


def _name(path: Path, folder: Path) -> str:
    # A name that is no UTF-8 must still be fit to be printed.
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")


def _walk(folder: Path) -> Iterable[Path]:
    for root, folders, names in os.walk(folder, followlinks=False):
        links = [name for name in folders if Path(root, name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".") and name not in links]
        yield from (Path(root, name) for name in (*names, *links) if not name.startswith("."))


def save(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Write the files that differ, whole or not at all; answers with their paths."""
    changed = []
    for name, inside in files.items():
        target = folder / name
        if target.is_file() and target.read_bytes() == inside:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".part")
        partial.write_bytes(inside)
        partial.replace(target)
        changed.append(name)
    return changed


def set_aside(name: str, folder: Path) -> str:
    """Move a file beside where it stands into a hidden folder, which no course contains; answers with its new path."""
    old = folder / name
    new = old.parent / ORIGINALS / old.name
    new.parent.mkdir(exist_ok=True)
    old.replace(new)
    return new.relative_to(folder).as_posix()


def course_folders(path: Path) -> list[Path]:
    """`path` itself if it holds a course.yaml, else the folders in it that do."""
    if (path / "course.yaml").is_file() or not path.is_dir():
        return [path]
    return sorted(folder for folder in path.iterdir() if (folder / "course.yaml").is_file()) or [path]
