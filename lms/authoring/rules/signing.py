"""Two keys: which sign-offs a draft needs, how each stands, and who may give one."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.catalogue.rules.course_files import CourseFiles
from lms.kernel.values import dataclass

LANGUAGE = "language"
"""The kind that is given once for each language whose translation a draft changes."""
SHORTEST_REASON, LONGEST_REASON = 10, 1000
_CODE = re.compile("[a-z]{2,3}")


class SignOffAct(enum.StrEnum):
    """What a reviewer said of a draft; of each reviewer the last word on a kind counts."""

    GIVEN = "given"
    WITHHELD = "withheld"
    TAKEN_BACK = "taken-back"


class Standing(enum.StrEnum):
    """How a sign-off that is needed stands."""

    MISSING = "missing"
    EARLIER = "earlier"
    """Given, but the text has been changed since."""
    WITHHELD = "withheld"
    """Somebody holds it back, whoever else may have given it."""
    GIVEN = "given"


class Obstacle(enum.Enum):
    """Why somebody cannot give a sign-off, or a draft cannot be published."""

    NO_MANDATE = "no-mandate"
    NOT_IN_REVIEW = "not-in-review"
    NOT_NEEDED = "not-needed"
    TEXT_CHANGED = "text-changed"
    OWN_LANGUAGE = "own-language"
    LAST_BY_AUTHOR = "last-by-author"
    REASON = "reason"
    NOTHING_SAID = "nothing-said"
    MISSING = "missing"
    WITHHELD = "withheld"
    ONE_PERSON = "one-person"


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """One sign-off that a draft needs; `language` only for that kind."""

    kind: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said of the files with this hash."""

    need: Need
    act: SignOffAct
    person: int
    files_hash: str


@dataclass(frozen=True, slots=True)
class State:
    """A need with how it stands, and the last words that make it so."""

    need: Need
    standing: Standing
    words: tuple[Word, ...] = ()


def needs_of(kinds: Iterable[str], languages: Collection[str]) -> tuple[Need, ...]:
    """What a draft needs that changes translations into these languages."""
    return tuple(
        need
        for kind in kinds
        for need in ([Need(kind, code) for code in sorted(languages)] if kind == LANGUAGE else [Need(kind)])
    )


def states_of(needs: Iterable[Need], words: Sequence[Word], files_hash: str) -> list[State]:
    """How each need stands for the files with this hash; `words` in the order they were said."""
    last = last_words(words)
    return [_state(need, [word for word in last if word.need == need], files_hash) for need in needs]


def last_words(words: Sequence[Word]) -> list[Word]:
    """Of each person and need the last word, in the order they were said."""
    kept: dict[tuple[Need, int], Word] = {}
    for word in words:
        kept.pop((word.need, word.person), None)
        kept[word.need, word.person] = word
    return list(kept.values())


def in_force(words: Sequence[Word], reviewers: Collection[int], disabled: Collection[int]) -> list[Word]:
    """The words as they count. Whoever is no reviewer of the course any more could never take back a sign-off that they
    withhold: it counts as taken back. What was given stays given, but for that of somebody who is `disabled`."""
    return [
        replace(word, act=SignOffAct.TAKEN_BACK)
        if word.person in disabled or (word.act is SignOffAct.WITHHELD and word.person not in reviewers)
        else word
        for word in words
    ]


def _state(need: Need, last: Sequence[Word], files_hash: str) -> State:
    by = {act: [word for word in last if word.act is act] for act in SignOffAct}
    present = [word for word in by[SignOffAct.GIVEN] if word.files_hash == files_hash]
    if by[SignOffAct.WITHHELD]:
        return State(need, Standing.WITHHELD, tuple(by[SignOffAct.WITHHELD]))
    if present:
        return State(need, Standing.GIVEN, tuple(present))
    if by[SignOffAct.GIVEN]:
        return State(need, Standing.EARLIER, tuple(by[SignOffAct.GIVEN]))
    return State(need, Standing.MISSING)


def complete(states: Iterable[State]) -> bool:
    """Whether nothing is missing, old or withheld."""
    return all(state.standing is Standing.GIVEN for state in states)


@dataclass(frozen=True, slots=True)
class Asking:
    """A reviewer who says something of a draft: what is needed to judge it."""

    need: Need
    act: SignOffAct
    person: int
    mandate: bool
    """Whether the person is a reviewer of the course."""
    in_review: bool
    seen_hash: str
    """The files that the person looked at."""
    own_language: bool = False
    reason: str = ""


def obstacle_to(
    asking: Asking, needs: Sequence[Need], words: Sequence[Word], files_hash: str, authors: Collection[int]
) -> Obstacle | None:
    """Why this cannot be said; None where it can. `authors` are those who wrote the draft."""
    if not asking.mandate:
        return Obstacle.NO_MANDATE
    if not asking.in_review:
        return Obstacle.NOT_IN_REVIEW
    if asking.act is SignOffAct.TAKEN_BACK:
        return _no_way_back(asking, words)
    if asking.need not in needs:
        return Obstacle.NOT_NEEDED
    if asking.seen_hash != files_hash:
        return Obstacle.TEXT_CHANGED
    if asking.act is SignOffAct.WITHHELD:
        return None if _enough(asking.reason) else Obstacle.REASON
    if asking.need.kind == LANGUAGE and not asking.own_language:
        return Obstacle.OWN_LANGUAGE
    after = [*words, Word(asking.need, asking.act, asking.person, files_hash)]
    if asking.person in authors and complete(states_of(needs, after, files_hash)):
        return Obstacle.LAST_BY_AUTHOR
    return None


def _no_way_back(asking: Asking, words: Sequence[Word]) -> Obstacle | None:
    mine = [word for word in last_words(words) if (word.need, word.person) == (asking.need, asking.person)]
    if not mine or mine[0].act is SignOffAct.TAKEN_BACK:
        return Obstacle.NOTHING_SAID
    if mine[0].act is SignOffAct.GIVEN and not _enough(asking.reason):
        return Obstacle.REASON
    return None


def _enough(reason: str) -> bool:
    return len(reason.strip()) >= SHORTEST_REASON


def obstacle_to_publishing(
    needs: Sequence[Need], words: Sequence[Word], files_hash: str, authors: Collection[int]
) -> Obstacle | None:
    """Why the sign-offs do not suffice: something is withheld or missing, or all of it is one person's work."""
    states = states_of(needs, words, files_hash)
    if any(state.standing is Standing.WITHHELD for state in states):
        return Obstacle.WITHHELD
    if not complete(states):
        return Obstacle.MISSING
    given = [word for word in last_words(words) if word.act is SignOffAct.GIVEN and word.files_hash == files_hash]
    counted = [word.person for word in given if word.need in needs]
    if not counted or not set(counted) - set(authors):
        return Obstacle.ONE_PERSON
    return Obstacle.LAST_BY_AUTHOR if counted[-1] in authors else None


def authors_of(writers: Collection[int], sender: int | None) -> frozenset[int]:
    """Whose text it is: everyone who wrote in it; where it came from files and nobody did, who sent it to review."""
    return frozenset(writers) or frozenset({sender} if sender is not None else ())


# Which translations a draft changes ---------------------------------------------------------------------------------


def changed_languages(before: CourseFiles | None, after: CourseFiles) -> frozenset[str]:
    """The languages, other than the one the course is written in, in which anything reads otherwise or is new."""
    own = str(after.fields.get("language", ""))
    old, new = (_texts(course) if course else {} for course in (before, after))
    return frozenset(code for code in {*old, *new} if old.get(code) != new.get(code) and new.get(code)) - {own}


def _texts(course: CourseFiles) -> dict[str, dict[tuple[Any, ...], Any]]:
    """Everything that is said in each language, by its place."""
    found: dict[str, dict[tuple[Any, ...], Any]] = {}
    files: list[tuple[Any, Any]] = [("course", course.fields), ("terms", course.terms)]
    for module in course.modules:
        files.append((module.path, module.fields))
        files += [(unit.path, unit.front) for unit in module.units]
        for text in module.translations:
            # What it follows and how it stands is not said to a reader.
            words = {name: value for name, value in text.front.items() if name not in ("follows", "status")}
            found.setdefault(text.language, {})[(text.path,)] = (words, text.body)
    for name, fields in files:
        for code, place, words in _in_languages(fields, (name,)):
            found.setdefault(code, {})[place] = words
    return found


def _in_languages(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    """Texts that stand beside each other in several languages: fields that are all named by codes."""
    if isinstance(value, Mapping):
        codes = bool(value) and all(
            _CODE.fullmatch(str(name)) and isinstance(text, str) for name, text in value.items()
        )
        for name, member in value.items():
            if codes:
                yield str(name), place, member
            else:
                yield from _in_languages(member, (*place, name))
    elif isinstance(value, list | tuple):
        for number, member in enumerate(value):
            name = (member.get("key") or member.get("id") or number) if isinstance(member, Mapping) else number
            yield from _in_languages(member, (*place, name))
