"""The chain of the ledger: what is sealed, how, and where a chain breaks first.

A mark is an HMAC-SHA256 (RFC 2104) over one entry, made when it is written: what SQL alone puts in is never sealed. A
seal is an HMAC-SHA256 over its number, the seal before it and the whole entry. Both keys lie outside the database, and
the head of the chain is noted outside it too, because a cut tail leaves a chain that is whole in itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lms.kernel.values import dataclass

GENESIS = "0" * 64
"""What stands before the first seal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger, every column of it."""

    id: int
    record: str
    act: str
    subject: str
    edition: str
    version_hash: str
    dated: dt.date
    commitment: str
    facts: Mapping[str, Any]
    created_at: dt.datetime
    mark: str


@dataclass(frozen=True, slots=True)
class Link:
    """One seal with the entry it seals; no entry where that row is gone."""

    sequence: int
    entry_id: int
    previous: str
    seal: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain is not as it was made."""

    sequence: int
    problem: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of marks and of seals."""

    marking: bytes
    sealing: bytes


def canonical(value: Any) -> bytes:
    """The one way to write a JSON value: keys sorted, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commit_to(name: Any, salt: str) -> str:
    """The salted commitment to a name: it can be proved later, and nobody without the salt can guess it."""
    return hashlib.sha256(salt.encode() + canonical(name)).hexdigest()


def mark(key: bytes, entry: Entry) -> str:
    """The mark of an entry that was written by us. The row number is the database's, so it stands only in the seal."""
    return _hmac(key, _content(entry))


def seal(key: bytes, sequence: int, previous: str, entry: Entry) -> str:
    """The seal that puts an entry at a place in the chain."""
    return _hmac(key, [sequence, previous, entry.id, entry.mark, *_content(entry)])


def genuine(keys: Keys, entry: Entry) -> bool:
    """Whether an entry carries our mark."""
    return hmac.compare_digest(mark(keys.marking, entry), entry.mark)


def breaks(keys: Keys, links: Iterable[Link], anchors: Mapping[int, str]) -> Iterator[Break]:
    """Walk the chain from its beginning, as it comes; `anchors` are the heads noted outside the database.

    Where a seal is only not the one that was noted, the chain goes on behind it, and so do we: of such places the first
    is told, and then the first where the chain itself is broken, if it is.
    """
    sequence, previous, differs = 0, GENESIS, False
    for link in links:
        problem = _problem(keys, link, sequence + 1, previous)
        if problem:
            yield Break(sequence + 1, problem)
            return
        if anchors.get(link.sequence, link.seal) != link.seal and not differs:
            differs = True
            said = "the seal is not the one that was noted outside the database: the chain was written again"
            yield Break(link.sequence, said)
        sequence, previous = link.sequence, link.seal
    last = max(anchors, default=0)
    if sequence < last:
        yield Break(sequence + 1, f"the chain ends at {sequence}, but {last} was noted outside the database")


def first_break(keys: Keys, links: Iterable[Link], anchors: Mapping[int, str]) -> Break | None:
    """The first of them."""
    return next(breaks(keys, links, anchors), None)


def _problem(keys: Keys, link: Link, expected: int, previous: str) -> str | None:
    if link.sequence != expected:
        return f"seal {expected} is missing; the next one there is {link.sequence}"
    if link.entry is None:
        return f"entry {link.entry_id}, which it seals, is missing"
    if link.previous != previous:
        return f"the seal before it is not the one that entry {link.entry_id} was sealed after"
    if not hmac.compare_digest(link.seal, seal(keys.sealing, expected, previous, link.entry)):
        return f"the seal does not fit entry {link.entry_id}: one of them was altered, moved or made with another key"
    return None


def _content(entry: Entry) -> list[Any]:
    return [
        entry.record,
        entry.act,
        entry.subject,
        entry.edition,
        entry.version_hash,
        entry.dated.isoformat(),
        entry.commitment,
        entry.facts,
        entry.created_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
    ]


def _hmac(key: bytes, content: list[Any]) -> str:
    return hmac.new(key, canonical(content), hashlib.sha256).hexdigest()
