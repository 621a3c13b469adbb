"""What those who finished a unit must know: its author says so by giving it, or a question of it, a new substance."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

UNIT = "unit"
_COUNTED = re.compile(r"(.*?)([0-9]{1,6})")
_FIRST = "s1"


def announced(data: Mapping[str, Any], published: Mapping[str, Any], said: Collection[str]) -> dict[str, Any]:
    """`data` with a substance other than the published one where the author said so, and with that one elsewhere.
    `said` holds `UNIT` and the ids of questions."""
    changed = {**data, **_settled(data, published, UNIT in said)}
    before = dict(_questions(published))
    if isinstance(data.get("questions"), list):
        changed["questions"] = [
            _question(entry, before.get(str(entry.get("id"))), said) if isinstance(entry, Mapping) else entry
            for entry in data["questions"]
        ]
    return changed


def _question(entry: Mapping[str, Any], was: Mapping[str, Any] | None, said: Collection[str]) -> Mapping[str, Any]:
    if was is None:
        return entry
    bare = {name: value for name, value in entry.items() if name != "substance"}
    return {**bare, **_settled(entry, was, entry["id"] in said)}


def _settled(now: Mapping[str, Any], was: Mapping[str, Any], new: bool) -> dict[str, Any]:
    old = was.get("substance")
    if not new:
        return {} if old is None else {"substance": old}
    present = now.get("substance")
    return {"substance": present if present not in (None, old, _FIRST if old is None else old) else following(old)}


def following(substance: object) -> str:
    """The next one: s2 after s1."""
    counted = _COUNTED.fullmatch(str(substance or _FIRST))
    return f"{counted[1]}{int(counted[2]) + 1}" if counted else f"{substance}-2"


def said_in(data: Mapping[str, Any], published: Mapping[str, Any]) -> frozenset[str]:
    """What the author has said so far."""
    before = dict(_questions(published))
    told = {
        name
        for name, entry in _questions(data)
        if name in before and entry.get("substance", _FIRST) != before[name].get("substance", _FIRST)
    }
    return frozenset(told | ({UNIT} if data.get("substance") != published.get("substance") else set()))


def _questions(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    entries = data.get("questions")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
            yield entry["id"], entry
