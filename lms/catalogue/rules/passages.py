"""A text as passages, and what of them changed between two of its versions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import SequenceMatcher
from typing import Any

from lms.kernel.values import dataclass

from .course_files import UnitFile
from .translation import FIXED
from .wordwise import Piece as Piece
from .wordwise import bag, key_of, likeness, pieces

Where = tuple[str | int, ...]

ALIKE = 0.5
"""From this likeness on, two passages are one that was reworded."""
# Of more pairs than this, only those are compared that stand near each other.
_MOST_COMPARED, _NEAR = 40_000, 60
_HEADING = re.compile(r"#+\s")
_ITEM = re.compile(r"\n(?=(?:[-*+]|\d{1,3}[.)])\s|\|)")
# By these an entry of a list is known, wherever it stands; the first one that it has.
_NAMES = ("id", "key", "use", "module")
# Names alone: whoever reads a text never sees them.
_NAMES_ONLY = frozenset({"id", "key"})


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, or one field that people read; `where` is the heading it stands under, or the field's name.

    `place` is where a field stands, lists counted from 1; `name` is the same with entries by their names, and says of
    fields in two versions that they are one. Both are empty for a paragraph.
    """

    where: str
    text: str
    place: Where = field(default=(), compare=False)
    name: Where = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Changed:
    """One passage that is not as it was; `moved` where it stands at another place than among the others before.

    `before` is the heading it stood under when that is another one.
    """

    where: str
    pieces: tuple[Piece, ...]
    moved: bool = False
    place: Where = field(default=(), compare=False)
    before: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        """ "added", "removed", "moved" (with the same words), or "changed"."""
        kinds = {piece.kind for piece in self.pieces}
        if kinds == {"ins"}:
            return "added"
        if kinds == {"del"}:
            return "removed"
        return "moved" if self.moved and kinds <= {"same"} else "changed"


def passages_of(unit: UnitFile) -> list[Passage]:
    """What a translation of this text has to follow, in the order of its file."""
    fields = {name: value for name, value in unit.front.items() if name not in FIXED}
    return [*_fields(fields, FIXED | _NAMES_ONLY), *_body(unit.body)]


def everything_of(unit: UnitFile) -> list[Passage]:
    """The same with what no translation says: title, minutes, right answers, sources, the anchors of headings."""
    return [*fields_of(unit.front), *_body(unit.body, raw=True)]


def fields_of(fields: Any) -> list[Passage]:
    """Every field of a file as a passage, but for the names of entries."""
    return list(_fields(fields, _NAMES_ONLY))


def _fields(value: Any, hidden: Collection[str], place: Where = (), name: Where = ()) -> Iterator[Passage]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            if key not in hidden:
                yield from _fields(member, hidden, (*place, key), (*name, key))
    elif isinstance(value, list | tuple):
        for number, member in enumerate(value, 1):
            yield from _fields(member, hidden, (*place, number), (*name, _name(member, number)))
    elif value is not None:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield Passage(" ".join(map(str, place)), text, place, name)


def _name(entry: Any, number: int) -> str | int:
    if isinstance(entry, Mapping):
        return next((entry[key] for key in _NAMES if isinstance(entry.get(key), str)), number)
    return number


def _body(body: str, *, raw: bool = False) -> Iterator[Passage]:
    """Paragraph by paragraph; of a list, entry by entry, and of a table, line by line."""
    under = ""
    for block in re.split(r"\n{2,}", body.strip()):
        heading = _heading(block)
        if heading is not None:
            under = heading
            yield Passage(under, block if raw else heading)
        else:
            yield from (Passage(under, part) for part in _ITEM.split(block) if part.strip())


def _heading(block: str) -> str | None:
    """The words of a heading without its marks and the name of its place; None for any other block."""
    if "\n" in block or not _HEADING.match(block):
        return None
    words = block.lstrip("#").strip()
    said, _mark, name = words.rpartition("{#")
    return said.rstrip() if _mark and name.find("}") == len(name) - 1 else words


def changes(before: Sequence[Passage], after: Sequence[Passage]) -> list[Changed]:
    """Every passage that was changed, added, taken out or moved, in the order of the later version."""
    pairs = _pairs(before, after)
    moved = _moved(before, after, pairs)
    came_from = {new: old for old, new in pairs.items()}
    found: list[tuple[tuple[float, int], Changed]] = []
    for new, passage in enumerate(after):
        old = came_from.get(new)
        if old is None:
            found.append(((new, 1), _alone("ins", passage)))
        elif new in moved or key_of(before[old].text) != key_of(passage.text):
            found.append(((new, 1), _both(before[old], passage, new in moved)))
    place = -1.0
    for old, passage in enumerate(before):
        if old not in pairs:
            found.append(((place + 0.5, old), _alone("del", passage)))
        elif pairs[old] not in moved:
            place = pairs[old]
    return [changed for _place, changed in sorted(found, key=lambda one: one[0])]


def _alone(kind: str, passage: Passage) -> Changed:
    return Changed(passage.where, (Piece(kind, passage.text),), place=passage.place)


def _both(old: Passage, new: Passage, moved: bool) -> Changed:
    before = old.where if old.where != new.where and not new.place else ""
    return Changed(new.where, pieces(old.text, new.text), moved, new.place, before)


# Which passage of the one version is which of the other -------------------------------------------------------------


def _pairs(before: Sequence[Passage], after: Sequence[Passage]) -> dict[int, int]:
    """Old place → new place: entries by their names, the same words in order, the same words elsewhere, like words."""
    pairs = _by_name(before, after)
    left, right = _loose(before, pairs), _loose(after, pairs.values())
    matcher = SequenceMatcher(None, [_key(before[i]) for i in left], [_key(after[j]) for j in right], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        pairs |= zip(left[a : a + size], right[b : b + size], strict=True)
    pairs |= _elsewhere(before, after, pairs)
    pairs |= _alike(before, after, pairs)
    return pairs


def _loose(passages: Sequence[Passage], paired: Collection[int]) -> list[int]:
    """Those that no name ties to one of the other version and that have found none yet."""
    taken = set(paired)
    return [number for number, one in enumerate(passages) if number not in taken and not _lasting(one)]


def _key(passage: Passage) -> tuple[Where, str]:
    """The same words in fields of different names are not the same."""
    return _sort(passage), key_of(passage.text)


def _sort(passage: Passage) -> Where:
    """What it is a passage of: its name without the numbers of entries."""
    return tuple(part for part in passage.name if isinstance(part, str))


def _lasting(passage: Passage) -> bool:
    """Whether the name says which passage it is: it has no number that another entry could come to bear."""
    return bool(passage.name) and all(isinstance(part, str) for part in passage.name)


def _by_name(before: Sequence[Passage], after: Sequence[Passage]) -> dict[int, int]:
    known = {passage.name: number for number, passage in enumerate(before) if _lasting(passage)}
    named = ((known.get(passage.name), number) for number, passage in enumerate(after) if _lasting(passage))
    return {old: new for old, new in named if old is not None}


def _elsewhere(before: Sequence[Passage], after: Sequence[Passage], pairs: Mapping[int, int]) -> dict[int, int]:
    """The same words at another place."""
    places: dict[tuple[Where, str], list[int]] = {}
    for new in _loose(after, pairs.values()):
        places.setdefault(_key(after[new]), []).append(new)
    found: dict[int, int] = {}
    for old in _loose(before, pairs):
        if places.get(_key(before[old])):
            found[old] = places[_key(before[old])].pop(0)
    return found


def _alike(before: Sequence[Passage], after: Sequence[Passage], pairs: Mapping[int, int]) -> dict[int, int]:
    """Reworded passages: the likest first, of equals the nearest."""
    left, right = _loose(before, pairs), _loose(after, pairs.values())
    words = {old: bag(before[old].text) for old in left}, {new: bag(after[new].text) for new in right}
    far = len(left) * len(right) > _MOST_COMPARED
    scored: list[tuple[float, int, int, int]] = []
    for i, old in enumerate(left):
        for j, new in enumerate(right):
            if (far and abs(i - j) > _NEAR) or _sort(before[old]) != _sort(after[new]):
                continue
            score = likeness(words[0][old], words[1][new])
            if score >= ALIKE:
                scored.append((-score, abs(i - j), old, new))
    return _best(scored)


def _best(scored: Iterable[tuple[float, int, int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _score, _distance, old, new in sorted(scored):
        if old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


def found_again(text: str, where: str, passages: Sequence[Passage]) -> int | None:
    """Which passage the words of an earlier text are now: the same words, else the likest, under the same heading if
    two are equally like; None where they are gone."""
    words = bag(text)
    scored = [
        (key_of(one.text) == key_of(text), likeness(words, bag(one.text)), one.where == where, -number)
        for number, one in enumerate(passages)
    ]
    best = max(scored, default=(False, 0.0, False, 0))
    return -best[3] if best[0] or best[1] >= ALIKE else None


# Which of them stand at another place -------------------------------------------------------------------------------


def _moved(before: Sequence[Passage], after: Sequence[Passage], pairs: Mapping[int, int]) -> set[int]:
    """New places of what moved: paragraphs and entries without names one by one, an entry with a name once."""
    loose = {old: new for old, new in pairs.items() if not _lasting(before[old])}
    found: set[int] = set()
    for sort in dict.fromkeys(_sort(before[old]) for old in loose):
        those = sorted((old, new) for old, new in loose.items() if _sort(before[old]) == sort)
        found |= _out_of_order([new for _old, new in those])
    return found | _moved_entries(before, after)


def _moved_entries(before: Sequence[Passage], after: Sequence[Passage]) -> set[int]:
    """The first passage of each entry that stands elsewhere in its list; entries within it go with it."""
    old, new = _orders(before), _orders(after)
    gone: set[Where] = set()
    for where, names in new.items():
        common = [name for name in old.get(where, ()) if name in names]
        places = {name: number for number, name in enumerate(names)}
        stray = _out_of_order([places[name] for name in common])
        gone |= {(*where, name) for name in common if places[name] in stray}
    first: dict[Where, int] = {}
    for number, passage in enumerate(after):
        entry = next((passage.name[:end] for end in range(1, len(passage.name)) if passage.name[:end] in gone), None)
        if entry is not None:
            first.setdefault(entry, number)
    return set(first.values())


def _orders(passages: Sequence[Passage]) -> dict[Where, dict[str | int, None]]:
    """The names of the entries of every list, in order."""
    found: dict[Where, dict[str | int, None]] = {}
    for passage in passages:
        for depth, (part, name) in enumerate(zip(passage.place, passage.name, strict=True)):
            if isinstance(part, int) and isinstance(name, str):
                found.setdefault(passage.name[:depth], {})[name] = None
    return found


def _out_of_order(numbers: Sequence[int]) -> set[int]:
    """Those that must move so that the others stand in order: what the longest rising run leaves out (patience)."""
    tails: list[int] = []
    ends: list[int] = []
    behind: list[int | None] = []
    for at, number in enumerate(numbers):
        pile = bisect_left(tails, number)
        behind.append(ends[pile - 1] if pile else None)
        tails[pile : pile + 1] = [number]
        ends[pile : pile + 1] = [at]
    kept: set[int] = set()
    at_end = ends[-1] if ends else None
    while at_end is not None:
        kept.add(numbers[at_end])
        at_end = behind[at_end]
    return set(numbers) - kept
