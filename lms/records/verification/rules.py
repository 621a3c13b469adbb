"""A code as somebody typed it from paper."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.secrets import CODE_ALPHABET
from lms.kernel.values import dataclass
from lms.records.rules.public import CODE_LENGTH, fold_code

LIKE: Mapping[str, str] = {"0": "DQ", "O": "DQ", "1": "JT7", "I": "JT7", "L": "J7", "S": "82", "5": "62"}
"""What stands on the paper, most likely, where somebody read a letter that no code has."""


@dataclass(frozen=True, slots=True)
class TypedCode:
    """What was typed, folded; `misread` are the letters that no code has, with what they may be."""

    code: str
    misread: tuple[tuple[str, str], ...] = ()

    @property
    def missing(self) -> int:
        """How many letters are too few; below zero, too many."""
        return CODE_LENGTH - len(self.code)

    @property
    def whole(self) -> bool:
        """Whether there may be such a code at all."""
        return not self.missing and not self.misread


def read_code(text: str) -> TypedCode:
    """A code in any case, with or without blanks and hyphens."""
    code = fold_code(text)[: 4 * CODE_LENGTH]
    odd = dict.fromkeys(letter for letter in code if letter not in CODE_ALPHABET)
    return TypedCode(code, tuple((letter, LIKE.get(letter, "")) for letter in odd))
