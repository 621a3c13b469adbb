"""Two people changed the same data: what both of them wrote, and the places where they must choose.

Three-way merging after diff3 (Khanna, Kunal, Pierce, "A Formal Investigation of Diff3", 2007), made for course files:
fields are merged one by one, entries of lists by their names, texts paragraph by paragraph. Data is what a course file
holds: fields, lists, texts, numbers and truths. A field that is not there is None, which no course file can say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import SequenceMatcher
from typing import Any

from lms.kernel.values import dataclass

Where = tuple[str | int, ...]

# By these fields an entry of a list is found again: a question, a term, a line of the course's modules.
_NAMES = ("id", "key", "use", "module")
_BLANK = re.compile(r"\n{2,}")


@dataclass(frozen=True, slots=True)
class Clash:
    """A place where both sides said something else; `mine` or `theirs` is None where that side took it away.

    `where` names fields and entries; in a text of paragraphs and in a list without names its last member is the number
    of the paragraph or entry in the base. Where only the order of a list is disputed, both sides are lists of names.
    """

    where: Where
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The data of both sides; where they clash it says what mine says, unless theirs was asked for."""

    data: Any
    clashes: tuple[Clash, ...] = ()


def merge(base: Any, mine: Any, theirs: Any, *, take_theirs: Collection[Where] = ()) -> Merged:
    """Both sides' changes to `base`; at the places `take_theirs` (see Clash.where) a clash is decided for theirs."""
    merging = _Merging(frozenset(take_theirs))
    data = merging.value((), base, mine, theirs)
    return Merged(data, tuple(merging.clashes))


@dataclass
class _Merging:
    """Walks through three values at once and keeps the clashes it meets."""

    take_theirs: Collection[Where]
    clashes: list[Clash] = field(default_factory=list)

    def value(self, where: Where, base: Any, mine: Any, theirs: Any) -> Any:
        """One value of any type."""
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        sides = (mine, theirs)
        if all(isinstance(side, Mapping) for side in sides):
            return self.fields(where, base if isinstance(base, Mapping) else {}, mine, theirs)
        if all(isinstance(side, list | tuple) for side in sides):
            return self.entries(where, base if isinstance(base, list | tuple) else (), mine, theirs)
        if all(isinstance(side, str) for side in sides):
            return self.text(where, base if isinstance(base, str) else "", mine, theirs)
        return theirs if self.clash(where, base, mine, theirs) else mine

    def clash(self, where: Where, base: Any, mine: Any, theirs: Any) -> bool:
        """Note the place; answers whether theirs is to stand there."""
        self.clashes.append(Clash(where, base, mine, theirs))
        return where in self.take_theirs

    def fields(self, where: Where, *three: Mapping[str, Any]) -> dict[str, Any]:
        """Fields by name; mine first, then what only theirs has."""
        _, mine, theirs = three
        merged = {
            name: self.value((*where, name), *(side.get(name) for side in three))
            for name in dict.fromkeys([*mine, *theirs])
        }
        return {name: value for name, value in merged.items() if value is not None}

    def entries(self, where: Where, *three: Sequence[Any]) -> list[Any]:
        """A list: by the names of its entries if all have one, else by what stands beside what."""
        named = [_by_name(side) for side in three]
        if all(side is not None for side in named):
            return self.named(where, *(side or {} for side in named))
        return self.sequence(where, *(list(side) for side in three))

    def named(self, where: Where, *three: Mapping[str, Any]) -> list[Any]:
        """Entries found by their names."""
        order = self.order(where, *(list(side) for side in three))
        merged = [self.value((*where, name), *(side.get(name) for side in three)) for name in order]
        return [value for value in merged if value is not None]

    def order(self, where: Where, base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
        """The names of both sides, in the order of the side that changed it."""
        common = set(base) & set(mine) & set(theirs)
        before, ours, others = ([name for name in side if name in common] for side in (base, mine, theirs))
        if ours == before and others != before:
            return _woven(theirs, mine)
        if others not in (before, ours) and self.clash(where, base, mine, theirs):
            return _woven(theirs, mine)
        return _woven(mine, theirs)

    def sequence(self, where: Where, base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
        """Entries without names; what both sides added at one place is kept, mine first."""
        merged: list[Any] = []
        for start, was, ours, others in _chunks(base, mine, theirs):
            if not was and ours != others:
                merged += [*ours, *(one for one in others if one not in ours)]
            elif len(was) == len(ours) == len(others):
                pairs = enumerate(zip(was, ours, others, strict=True), start)
                merged += [self.value((*where, number), *three) for number, three in pairs]
            else:
                merged += self.chunk((*where, start), was, ours, others)
        return merged

    def text(self, where: Where, base: str, mine: str, theirs: str) -> str:
        """A text of one paragraph whole, any other paragraph by paragraph."""
        three = [_paragraphs(side) for side in (base, mine, theirs)]
        if max(map(len, three)) <= 1:
            return theirs if self.clash(where, base or None, mine, theirs) else mine
        merged: list[str] = []
        for start, *sides in _chunks(*three):
            if len({len(side) for side in sides}) == 1:
                for number, one in enumerate(zip(*sides, strict=True), start):
                    merged += self.chunk((*where, number), *([paragraph] for paragraph in one), shown="\n\n".join)
            else:
                merged += self.chunk((*where, start), *sides, shown="\n\n".join)
        return "\n\n".join(merged)

    def chunk(self, where: Where, *three: list[Any], shown: Callable[[list[Any]], Any] = list) -> list[Any]:
        """A run of neighbours that at least one side changed; a clash names it as `shown` says it."""
        base, mine, theirs = three
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        return theirs if self.clash(where, *(shown(side) if side else None for side in three)) else mine


def _by_name(entries: Sequence[Any]) -> dict[str, Any] | None:
    """The entries by their names, or None where one has no name or shares it."""
    names = [_name(entry) for entry in entries]
    if None in names or len(set(names)) != len(names):
        return None
    return {str(name): entry for name, entry in zip(names, entries, strict=True)}


def _name(entry: Any) -> str | None:
    if isinstance(entry, Mapping):
        return next((entry[name] for name in _NAMES if isinstance(entry.get(name), str)), None)
    return entry if isinstance(entry, str) and len(entry.split()) == 1 else None


def _woven(frame: Sequence[str], others: Sequence[str]) -> list[str]:
    """The names of `frame` in its order, with each name only `others` has behind the one it stood behind there."""
    woven, place = list(frame), 0
    known = set(frame)
    own = known - set(others)
    for name in others:
        if name in known:
            place = woven.index(name) + 1
            continue
        while place < len(woven) and woven[place] in own:
            place += 1
        woven.insert(place, name)
        place += 1
    return woven


def _paragraphs(text: str) -> list[str]:
    return [block for block in _BLANK.split(text.strip("\n")) if block]


Chunk = tuple[int, list[Any], list[Any], list[Any]]


def _chunks(base: list[Any], mine: list[Any], theirs: list[Any]) -> Iterator[Chunk]:
    """The three lists in runs, each with its place in base: what all share, and what stands between that."""
    a = b = c = 0
    for start, end, ours, others in [*_shared(base, mine, theirs), (len(base), len(base), len(mine), len(theirs))]:
        if (a, b, c) != (start, ours, others):
            yield a, base[a:start], mine[b:ours], theirs[c:others]
        if start < end:
            same = base[start:end]
            yield start, same, same, same
        a, b, c = end, ours + end - start, others + end - start


def _shared(base: list[Any], mine: list[Any], theirs: list[Any]) -> Iterator[tuple[int, int, int, int]]:
    """Runs that stand in all three: from and to in base, and where they begin in mine and in theirs."""
    left, right = _matches(base, mine), _matches(base, theirs)
    while left and right:
        (a, ours, length), (b, others, width) = left[0], right[0]
        start, end = max(a, b), min(a + length, b + width)
        if start < end:
            yield start, end, ours + start - a, others + start - b
        del (left if a + length < b + width else right)[0]


def _matches(base: list[Any], other: list[Any]) -> list[tuple[int, int, int]]:
    one, two = ([json.dumps(entry, sort_keys=True) for entry in side] for side in (base, other))
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks if block.size]
