"""Programme and practical page: plain text with headings, lists and links, taken apart so that templates can show it.

A line "## Arrival" is a heading, "- Passport" an item, an address beginning with http(s):// a link; a blank line ends a
paragraph. There is no markup to let through, so nothing has to be cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from lms.kernel.values import dataclass

BlockKind = Literal["heading", "list", "text"]
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


@dataclass(frozen=True)
class Run:
    """Some words of a line; `url` where they are a link."""

    text: str
    url: str | None = None


@dataclass(frozen=True)
class Block:
    """A heading, a list or a paragraph, line by line."""

    kind: BlockKind
    lines: tuple[tuple[Run, ...], ...]


def blocks(text: str) -> list[Block]:
    """The text in blocks, in order."""
    lines = [line.strip() for line in text.splitlines()]
    found = []
    for kind, group in groupby(lines, key=_kind_of):
        together = tuple(tuple(_runs(_words(line))) for line in group)
        if kind == "heading":
            found += [Block("heading", (line,)) for line in together]
        elif kind:
            found.append(Block(kind, together))
    return found


def _kind_of(line: str) -> BlockKind | None:
    if not line:
        return None
    if line.startswith("#"):
        return "heading"
    return "list" if line.startswith(("- ", "* ")) else "text"


def _words(line: str) -> str:
    if line.startswith("#"):
        return line.lstrip("#").strip()
    return line[2:].strip() if line.startswith(("- ", "* ")) else line


def _runs(line: str) -> Iterator[Run]:
    end = 0
    for match in _LINK.finditer(line):
        if match.start() > end:
            yield Run(line[end : match.start()])
        yield Run(match[0], match[0])
        end = match.end()
    if end < len(line):
        yield Run(line[end:])
