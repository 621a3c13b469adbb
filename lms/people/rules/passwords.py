"""What a password must be: long, and not one that everybody would try. No rules about kinds of characters."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

SHORTEST = 12
LONGEST = 512
_FEWEST_DIFFERENT = 5
_FEWEST_OWN_LETTERS = 4
_PLAIN = str.maketrans("0134578@$!|", "oleastbasil")

CONTEXT_WORDS = (
    *("raphael", "lemkin", "seminar", "genocide", "prevention", "prevent", "auschwitz", "birkenau", "institute"),
    *("ministry", "minister", "foreign", "affairs", "justice", "defence", "defense", "interior", "education"),
    *("human", "rights", "participant", "coordinator", "trainer", "alumni", "learning", "course", "password"),
)


class PasswordMistake(enum.Enum):
    """Why a password cannot be taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    CONTEXT = "context"


def normal(password: str) -> str:
    """One form for what keyboards send in several."""
    return unicodedata.normalize("NFC", password)


def mistake_in_password(
    password: str, *, common: frozenset[str], own_words: Iterable[str] = ()
) -> PasswordMistake | None:
    """What is wrong with a password; `own_words` are the person's own name and address."""
    if len(normal(password)) < SHORTEST:
        return PasswordMistake.SHORT
    if len(password) > LONGEST:
        return PasswordMistake.LONG
    folded = password.casefold()
    if is_common(folded, common):
        return PasswordMistake.COMMON
    return PasswordMistake.CONTEXT if _only_context(folded, own_words) else None


def is_common(folded: str, common: frozenset[str]) -> bool:
    """A known password, one with digits around it, one written twice, or a run of few characters."""
    if len(set(folded)) < _FEWEST_DIFFERENT or _is_run(folded):
        return True
    plain = folded.translate(_PLAIN)
    cores = {core for text in (folded, plain) for core in (text, text.strip("0123456789 .!?_-*#"))}
    cores.add(folded.strip("0123456789 .!?_-*#@$").translate(_PLAIN))
    return any(core in common or _repeated(core) in common for core in cores)


def _is_run(folded: str) -> bool:
    steps = {ord(right) - ord(left) for left, right in pairwise(folded)}
    return len(steps) == 1


def _repeated(text: str) -> str:
    """The shortest text of which this is a repetition."""
    return next((text[:size] for size in range(1, len(text)) if text[:size] * (len(text) // size) == text), text)


def _only_context(folded: str, own_words: Iterable[str]) -> bool:
    own = [word for text in own_words for word in re.findall(r"\w{3,}", text.casefold())]
    rest = folded
    for word in sorted({*CONTEXT_WORDS, *own}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return sum(char.isalpha() for char in rest) < _FEWEST_OWN_LETTERS and rest != folded
