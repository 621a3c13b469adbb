"""A signature line, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lms.kernel.values import dataclass

MOST = 2
"""So many lines have room on the sheet."""
LONGEST_NAME, LONGEST_TITLE = 120, 160
EVERYWHERE = ""
"""Stands for all editions that have no signatories of their own, where otherwise an edition's id stands."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, and as what."""

    name: str
    title: str


def plain(signatories: Iterable[Signatory]) -> list[list[str]]:
    """The lines as they are kept."""
    return [[one.name, one.title] for one in signatories]


def signed_by(said: Mapping[str, Any]) -> tuple[Signatory, ...]:
    """The lines that were taken along with a record; none with those from before there were any."""
    return tuple(Signatory(name, title) for name, title in said.get("signed_by", ()))
