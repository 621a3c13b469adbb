"""Where reports of letters that came back lie: one on standard input, or a Maildir."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import BinaryIO

from lms.kernel.values import dataclass

from .reports import MOST_BYTES, Unread

_UNREAD: Mapping[Unread, tuple[str, str]] = {
    Unread.TOO_LARGE: ("message is larger than a report may be", "messages are larger than a report may be"),
    Unread.NOT_A_REPORT: ("message is no report of a letter", "messages are no reports of letters"),
    Unread.NO_STATUS: ("report does not say what became of a letter", "reports do not say what became of a letter"),
    Unread.NOT_OURS: ("report is about no letter of ours", "reports are about no letter of ours"),
    Unread.ARRIVED: ("report says that a letter arrived", "reports say that a letter arrived"),
}


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}." if number else ""


@dataclass
class Told:
    """What came of reading reports, in numbers."""

    permanent: int = 0
    temporary: int = 0
    known: int = 0
    unread: Counter[Unread] = field(default_factory=Counter)

    def sentences(self) -> list[str]:
        """In words that name nobody."""
        said = [
            _counted(self.permanent, "letter came back for good", "letters came back for good"),
            _counted(self.temporary, "letter came back for now", "letters came back for now"),
            _counted(self.known, "report was known already", "reports were known already"),
            *(_counted(self.unread[why], *_UNREAD[why]) for why in Unread),
        ]
        return [sentence for sentence in said if sentence]


@dataclass(frozen=True)
class Found:
    """A message in a Maildir, not read yet."""

    path: Path
    folder: Path

    def raw(self) -> bytes:
        """Its bytes, one more than may be read at most, so that too much is seen without reading it."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(MOST_BYTES + 1)

    def mark_read(self) -> None:
        """Move it among those that were seen (S), where no later run looks at it."""
        name = self.path.name.partition(":2,")[0]
        flags = "".join(sorted(set(self.path.name.partition(":2,")[2]) | {"S"}))
        self.path.rename(self.folder / "cur" / f"{name}:2,{flags}")


def from_stream(stream: BinaryIO) -> bytes:
    """One message, as a mail server pipes it; not more than one byte beyond what may be read."""
    return stream.read(MOST_BYTES + 1)


def unread_in(folder: Path) -> Iterator[Found]:
    """What lies in a Maildir and was not seen, oldest name first; links and folders are passed by."""
    for place in ("new", "cur"):
        for path in sorted((folder / place).iterdir()):
            seen = "S" in path.name.partition(":2,")[2]
            if not seen and not path.name.startswith(".") and path.is_file() and not path.is_symlink():
                yield Found(path, folder)


def is_maildir(folder: Path) -> bool:
    """Whether a folder is one: with new, cur and tmp."""
    return all((folder / name).is_dir() for name in ("new", "cur", "tmp"))
