"""What the public may know a record by: its code on paper, the id of its credential, its place in a status list."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection

from lms.kernel.values import dataclass

from .ledger import canonical

CODE_LENGTH = 12
LIST_LENGTH = 131_072
"""Places of one status list: what Bitstring Status List v1.0 asks for at least, so that an index says little."""
LIST_FILL = LIST_LENGTH * 2 // 3
"""How many places of a list are given away; then a random free one is still found at once."""


@dataclass(frozen=True, slots=True)
class Public:
    """What is drawn for a record when it is issued, and never changed."""

    record: str
    code: str
    credential: str
    subject: str
    status_list: int
    status_index: int
    awarded_at: dt.datetime
    replaces: str | None = None


def fold_code(text: str) -> str:
    """A typed code as it is kept: any case, with or without blanks and hyphens."""
    return "".join(char for char in text.upper() if char.isascii() and char.isalnum())


def grouped(code: str) -> str:
    """A code as it is shown: "ABCD-EFGH-JKMN"."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def commitment_of(public: Public) -> str:
    """What the ledger's entry holds of it, so that the row of a record cannot be exchanged for another's."""
    said = [
        public.record,
        public.code,
        public.credential,
        public.subject,
        public.status_list,
        public.status_index,
        public.awarded_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        public.replaces,
    ]
    return hashlib.sha256(canonical(said)).hexdigest()


def drawn_for(committed: object, public: Public) -> bool:
    """Whether a public row is the one that the entry of its issue committed to. What was issued before there were codes
    got them later, and its entry says nothing of them."""
    return committed in (None, commitment_of(public))


def drawn(number: int, below: Callable[[int], int]) -> list[int]:
    """Different places of a list, enough for `number` free ones among them unless chance is very unkind. `below(n)`
    gives a random number from 0 to n - 1; at least a third of a list is free."""
    wanted, places = min(4 * number + 64, LIST_LENGTH), dict[int, None]()
    while len(places) < wanted:
        places[below(LIST_LENGTH)] = None
    return list(places)


def shares(used: int, number: int, current: int) -> list[tuple[int, int]]:
    """How many places each list gives, as (list, number), where `used` places of the current list are given away."""
    found, left = [], number
    while left:
        here = min(left, max(LIST_FILL - used, 0))
        if here:
            found.append((current, here))
        left, current, used = left - here, current + 1, 0
    return found


def free(places: Collection[int], taken: Collection[int], number: int) -> list[int]:
    """The first `number` of the places that nobody has."""
    given = set(taken)
    return [place for place in places if place not in given][:number]
