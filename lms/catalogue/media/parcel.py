"""Several pieces of bytes as one, for the way into a process and out of it: a line of JSON, then the pieces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def packed(said: Any, pieces: Sequence[bytes]) -> bytes:
    """`said` is plain data for JSON."""
    return b"\n".join([json.dumps([said, [len(piece) for piece in pieces]]).encode(), b"".join(pieces)])


def unpacked(parcel: bytes) -> tuple[Any, list[bytes]]:
    """What `packed` was given."""
    head, _, rest = parcel.partition(b"\n")
    said, lengths = json.loads(head)
    pieces, at = [], 0
    for length in lengths:
        pieces.append(rest[at : at + length])
        at += length
    return said, pieces
