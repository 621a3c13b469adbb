"""How hard a text is to read, by one measure for every language written in words with spaces between them."""

from __future__ import annotations

import re

LONG = 6
_SENTENCE_END = re.compile(r"(?<![.!?:;])[.!?:;]+(?:\s|$)|\n+")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")


def lix(text: str) -> int:
    """The readability index LIX: mean words per sentence plus the percentage of words longer than six letters.

    About 30 is easy, 40 a newspaper, 50 an official text, 60 hard to read. 0 for a text without words. A line's end
    ends a sentence. Source: C. H. Björnsson, Läsbarhet, Stockholm 1968.
    """
    words = _WORD.findall(text)
    if not words:
        return 0
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    long = sum(len(word) > LONG for word in words)
    return round(len(words) / sentences + 100 * long / len(words))


def count_words(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))
