"""What may be asked of the process apart, from ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from lms.catalogue.rules.media import Medium
from lms.kernel.apart import Limits, Rejected, run_apart
from lms.kernel.values import dataclass

from .parcel import packed, unpacked

_CONVERSION = "lms.catalogue.media.conversion"
_FOR_ONE = Limits(processor=10, patience=20.0)
_FOR_MANY = Limits(processor=60, patience=120.0)


@dataclass(frozen=True)
class Made:
    """A file in the form in which it is kept, with the narrower sizes of a picture by their width."""

    medium: Medium
    data: bytes = field(repr=False)
    narrower: Mapping[int, bytes] = field(repr=False)


def converted(data: bytes) -> Made:
    """A picture or PDF brought into that form. Raises Rejected; `words_for` says why in words."""
    return _made(run_apart(f"{_CONVERSION}:converted", data, limits=_FOR_ONE))


def sized(files: Sequence[bytes]) -> list[Made]:
    """Files that are in that form already, as they are. One process for all of them. Raises Rejected."""
    if not files:
        return []
    said, pieces = unpacked(run_apart(f"{_CONVERSION}:sized", packed(None, files), limits=_FOR_MANY))
    narrower = iter(pieces)
    return [
        Made(_medium(facts), data, {width: next(narrower) for width in facts["widths"]})
        for facts, data in zip(said, files, strict=True)
    ]


def judged(files: Sequence[bytes]) -> list[Medium | Rejected]:
    """Each file's facts, or why it is not in that form. One process for all of them."""
    if not files:
        return []
    try:
        said, _ = unpacked(run_apart(f"{_CONVERSION}:judged", packed(None, files), limits=_FOR_MANY))
    except Rejected as no:
        return [no for _ in files]
    return [Rejected(one["reason"], **one["values"]) if "reason" in one else _medium(one) for one in said]


def _made(parcel: bytes) -> Made:
    facts, (data, *narrower) = unpacked(parcel)
    return Made(_medium(facts), data, dict(zip(facts["widths"], narrower, strict=True)))


def _medium(facts: Mapping[str, Any]) -> Medium:
    return Medium(**{name: value for name, value in facts.items() if name != "widths"})
