"""Everything that stands on a certificate, as plain words: what `setting` sets, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from lms.kernel.values import dataclass


class Missing(Exception):
    """No face on this machine has a letter of this script."""

    def __init__(self, script: str) -> None:
        super().__init__(f"no letters for {script}")
        self.script = script


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text, the language it is read aloud in, and its direction."""

    text: str
    lang: str
    rtl: bool = False
    faces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the sentence, plain or strong."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One certificate. `square` is what the square code holds, `square_says` the same for whoever does not see it."""

    lang: str
    rtl: bool
    dated: tuple[int, int, int]
    title: str
    owner: str
    also: tuple[Spoken, ...]
    name: Spoken
    latin: str
    of: tuple[str, ...]
    footnote: str
    sentence: tuple[Piece, ...]
    ended: str
    square: str
    square_says: str
    check: str
    address: str
    code: str
    lines: tuple[str, ...]
    signs: tuple[tuple[str, str], ...] = ()
    """Who signs it, each with a title."""

    @property
    def texts(self) -> Iterator[str]:
        """Every text that is set, the name first."""
        yield from (self.name.text, self.latin, self.title, self.owner, *self.of, self.footnote, self.ended)
        yield from (piece.text for piece in self.sentence)
        yield from (spoken.text for spoken in self.also)
        yield from (self.check, self.address, self.code, *self.lines)
        yield from (text for one in self.signs for text in one)
