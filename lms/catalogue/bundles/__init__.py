"""A course as one file: its folder as a .zip, packed alike everywhere, and unpacked as if it came from an enemy.

Nothing is written to the disk, and nothing that a header says is believed. What is wrong is told by `Rejected`, whose
reasons are `REASONS`; whoever answers a person has a sentence for each.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from lms.kernel.apart import Rejected
from lms.kernel.values import dataclass

from .directory import Entry, content, directory
from .names import folded, name_of, shown
from .reasons import MOST_BYTES, MOST_FILES, MOST_PACKED, REASONS, too_large_packed

__all__ = ["MOST_BYTES", "MOST_FILES", "MOST_PACKED", "REASONS", "Bundle", "pack", "unpack"]
COURSE = "course.yaml"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644
_UNIX = 3
# Archives within archives, and what passes for one: by the end of the name, and by how the content begins.
_NESTED_NAMES = (
    ".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".lz4", ".br", ".7z", ".rar", ".tar", ".jar", ".cab", ".iso",
)  # fmt: skip
_NESTED_BEGINNINGS = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\xfd7zXZ\x00", b"(\xb5/\xfd", b"7z\xbc\xaf", b"Rar!\x1a\x07",
    *(b"BZh%d1AY&SY" % level for level in range(1, 10)),
)  # fmt: skip
_TAR_AT, _TAR_MARKS = 257, (b"ustar\x00", b"ustar  \x00")


@dataclass(frozen=True)
class Bundle:
    """The files of a course by their paths inside it, and the folder they stood in ("" where they stood at the top)."""

    folder: str
    files: Mapping[str, bytes]


def pack(files: Mapping[str, bytes], folder: str) -> bytes:
    """The files in one folder; the same files give the same bytes, whenever and by whomever they are packed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{path}", _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE << 16
            archive.writestr(entry, files[path], zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def unpack(packed: bytes) -> Bundle:
    """What `pack` packed, or anybody else. Hidden files, and what macOS adds, are left out. Raises Rejected."""
    if len(packed) > MOST_PACKED:
        raise too_large_packed()
    entries = directory(packed)
    names = _names(entries)
    files = {name: content(packed, entry, shown(name)) for name, entry in names.items()}
    for name, inside in files.items():
        if name.lower().endswith(_NESTED_NAMES) or _is_archive(inside):
            raise Rejected("nested", name=shown(name))
    top = _top(files)
    return Bundle(top.rstrip("/"), {name.removeprefix(top): files[name] for name in sorted(files)})


def _names(entries: list[Entry]) -> dict[str, Entry]:
    """The files that are meant, by name."""
    taken: set[str] = set()
    folders: set[str] = set()
    found = {}
    for entry in entries:
        name = name_of(entry.raw_name)
        one = folded(name)
        if one in taken:
            raise Rejected("twice", name=shown(name))
        taken.add(one)
        folders.update(one[:at] for at, letter in enumerate(one) if letter == "/")
        if not name.endswith("/") and not _left_alone(name):
            found[name] = entry
    for name in found:
        if folded(name) in folders:
            raise Rejected("twice", name=shown(name))
    return found


def _left_alone(name: str) -> bool:
    return name.startswith("__MACOSX/") or any(part.startswith(".") for part in name.split("/"))


def _is_archive(inside: bytes) -> bool:
    return inside.startswith(_NESTED_BEGINNINGS) or inside.startswith(_TAR_MARKS, _TAR_AT)


def _top(names: Mapping[str, object]) -> str:
    """The folder that holds the course, with its slash; "" where that is the archive itself."""
    if COURSE in names:
        return ""
    holding = [name.removesuffix(COURSE) for name in names if name.endswith(f"/{COURSE}") and name.count("/") == 1]
    if not holding:
        raise Rejected("no-course")
    if any(not name.startswith(holding[0]) for name in names):
        raise Rejected("several-folders")
    return holding[0]
