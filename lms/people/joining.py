"""Two entries for one person become one. Each context says what of its own moves over, and what forbids it.

What hangs on the entry that goes is sealed under that entry's key. What may be written anew is sealed anew under the
key of the entry that stays; what is only ever appended stays as it is, and opens with the former key, which the entry
that stays holds from then on. A column that nobody has spoken for forbids the joining of whoever stands in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.kernel.db import Base
from lms.kernel.secrets import seal, unseal
from lms.kernel.values import dataclass

PERSON = "lms_person"


@dataclass(frozen=True)
class Joining:
    """What a mover needs: ids and keys of both entries, by whom and when. `kept` holds the places chosen where both
    have one in the same edition."""

    stays: int
    goes: int
    key: bytes = field(repr=False)
    former_key: bytes = field(repr=False)
    at: dt.datetime
    by: str
    kept: frozenset[int] = frozenset()

    def resealed(self, sealed: bytes | None, place: str) -> bytes | None:
        """The same text, for the same place, under the key of the entry that stays."""
        return seal(self.key, unseal(self.former_key, sealed, place), place) if sealed else None


@dataclass(frozen=True)
class Told:
    """One line of the preview, in the reader's language: what both have of a part, and what becomes of it."""

    part: str
    stays: str
    goes: str
    becomes: str


Teller = Callable[[Session, int, int], Iterable[Told]]
Mover = Callable[[Session, Joining], None]
_movers: dict[str, Mover] = {}
_kept: set[str] = set()
_bound: dict[str, Callable[[], str]] = {}
_tellers: list[Teller] = []
_objections: list[Callable[[Session, int, int], Sequence[str]]] = []


def moves(*columns: InstrumentedAttribute[Any]) -> Callable[[Mover], Mover]:
    """Register what brings the rows of these columns over to the entry that stays."""

    def register(mover: Mover) -> Mover:
        _movers.update({_name(column): mover for column in columns})
        return mover

    return register


def binds(sentence: Callable[[], str], *columns: InstrumentedAttribute[Any]) -> None:
    """Register columns whose rows stay under the name they were written under: whoever stands there is not joined
    into another entry, and the sentence says so."""
    _bound.update({_name(column): sentence for column in columns})


def keeps(*columns: InstrumentedAttribute[Any]) -> None:
    """Register columns whose rows stay with the entry that goes, as history: it leads on to the one that stays."""
    _kept.update(_name(column) for column in columns)


def objects(
    objection: Callable[[Session, int, int], Sequence[str]],
) -> Callable[[Session, int, int], Sequence[str]]:
    """Register what else may forbid it: given the ids of who stays and who goes, the sentences that say why."""
    _objections.append(objection)
    return objection


def tells(teller: Teller) -> Teller:
    """Register what the preview says of a context's part, given the ids of who stays and who goes. Of what is private
    it says the same whether or not there is any."""
    _tellers.append(teller)
    return teller


def told(session: Session, stays: int, goes: int) -> list[Told]:
    """Every line of the preview."""
    return [line for teller in _tellers for line in teller(session, stays, goes)]


def columns() -> Iterator[Column[Any]]:
    """Every column of the schema that refers to a person."""
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            if key.column.table.name == PERSON:
                yield key.parent


def spoken_for() -> Mapping[str, str]:
    """What happens with the rows of each column that somebody has spoken for."""
    return {**dict.fromkeys(_movers, "moves"), **dict.fromkeys(_kept, "keeps"), **dict.fromkeys(_bound, "binds")}


def why_not(session: Session, stays: int, goes: int) -> list[str]:
    """Every reason why these two cannot be joined, in words."""
    found = []
    for column in columns():
        name = str(column)
        if name in _movers or name in _kept:
            continue
        if session.execute(select(column).where(column == goes).limit(1)).first():
            found.append(_bound[name]() if name in _bound else name)
    return list(dict.fromkeys([*found, *(why for object_ in _objections for why in object_(session, stays, goes))]))


def move_all(session: Session, joining: Joining) -> None:
    """Everything, each mover once."""
    for mover in dict.fromkeys(_movers.values()):
        mover(session, joining)
        session.flush()  # the next one reads what this one has moved


def _name(column: InstrumentedAttribute[Any]) -> str:
    return f"{column.class_.__tablename__}.{column.key}"
