"""Pictures and documents of a course: what media.yaml says of them, the sizes they are kept in, and their addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from lms.kernel.values import dataclass

HEAD = "media.yaml"
PICTURE, DOCUMENT = "picture", "document"
SUFFIXES = {PICTURE: ".webp", DOCUMENT: ".pdf"}
WIDEST = 1600
"""Pixels; a page shows a picture 720 wide, and screens have up to two pixels for one."""
NARROWER = (480, 960)
"""The widths a picture is kept in besides its own, for phones."""
LARGEST_PICTURE = 400_000
LARGEST_DOCUMENT = 5_000_000
MOST_ON_A_PAGE = 800_000
"""Bytes of all pictures of one unit, beyond which its author is told."""
FACTS = ("sha256", "bytes", "width", "height")
"""The fields of an entry that follow from its file; the last two of a picture only."""

_HASH = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"/media/[0-9a-f]{64}/[a-z0-9][a-z0-9-]{0,62}\.(?:webp|pdf)")
_MENTION = re.compile(r"media/([a-z0-9][a-z0-9-]{0,62})")


@dataclass(frozen=True, slots=True)
class Medium:
    """One file as it is kept: its kind, the hash that names it, its size in bytes, and of a picture in pixels."""

    kind: str
    sha256: str
    bytes: int
    width: int | None = None
    height: int | None = None

    def fields(self) -> dict[str, Any]:
        """The same as an entry of media.yaml says it."""
        found = {"sha256": self.sha256, "bytes": self.bytes, "width": self.width, "height": self.height}
        return {name: value for name, value in found.items() if value is not None}


def medium_of(entry: Mapping[str, Any]) -> Medium | None:
    """What an entry says of its file; None as long as it does not say all of it, each as it must be."""
    kind, sha256 = entry.get("kind"), str(entry.get("sha256", ""))
    numbers: list[Any] = [entry.get(name) for name in (FACTS[1:] if kind == PICTURE else FACTS[1:2])]
    if kind not in SUFFIXES or not _HASH.fullmatch(sha256) or not all(isinstance(one, int) for one in numbers):
        return None
    return Medium(kind, sha256, *numbers)


def path_of(entry: Mapping[str, Any]) -> str:
    """Where the file of an entry stands in the course's folder."""
    return f"media/{entry['id']}{SUFFIXES[entry['kind']]}"


def hash_of(data: bytes) -> str:
    """The name of some bytes."""
    return hashlib.sha256(data).hexdigest()


def widths_of(width: int) -> list[int]:
    """Every width that a picture of this width is kept in, its own last."""
    return [*(narrower for narrower in NARROWER if narrower < width), width]


def picture_address(sha256: str, width: int) -> str:
    """Where the house serves a picture; a host's prefix is put before it when the page is shown."""
    return f"/media/{sha256}/{width}{SUFFIXES[PICTURE]}"


def document_address(sha256: str, name: str) -> str:
    """Where the house serves a document; the last part is the name under which it is saved."""
    return f"/media/{sha256}/{name}{SUFFIXES[DOCUMENT]}"


def is_address(value: str) -> bool:
    """Whether this is such an address."""
    return _ADDRESS.fullmatch(value) is not None


def mentioned(address: str) -> str | None:
    """The id that a link or picture of a text names by media/<id>."""
    found = _MENTION.fullmatch(address)
    return found[1] if found else None
