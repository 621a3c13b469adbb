"""Free text before it is signed or set: one line, without what readers of signed texts do not agree about."""

from __future__ import annotations

import unicodedata

MOST = 200


def clean(text: str) -> str:
    """The text on one line, in the composed form of its letters, without control characters, blanks joined, at most so
    long; a dash where nothing is left."""
    one_line = " ".join("".join(char if _kept(char) else " " for char in unicodedata.normalize("NFC", text)).split())
    return one_line[:MOST].rstrip() or "–"


def _kept(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Zl", "Zp"}
