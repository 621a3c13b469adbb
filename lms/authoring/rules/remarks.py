"""Remarks on passages of a draft: which words each is about, and where these stand by now."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Collection, Mapping, Sequence

from lms.catalogue.rules.passages import Passage, found_again
from lms.kernel.values import dataclass

LONGEST_REMARK, LONGEST_WHERE = 2000, 300


class CommentAct(enum.StrEnum):
    """What became of a remark."""

    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a remark is about: a passage of a file with its words as they were."""

    path: str
    where: str
    about: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words of a remark stand by now: a file, and the passage in it; None where they are gone."""

    path: str
    passage: int | None


def passage_id(passage: Passage) -> str:
    """Names the words of a passage, for a form."""
    return hashlib.sha256(f"{passage.where}\n{passage.text}".encode()).hexdigest()[:16]


def passage_named(passages: Sequence[Passage], name: str) -> Passage | None:
    """The passage that a form means; None where it reads otherwise by now."""
    return next((one for one in passages if passage_id(one) == name), None)


def anchor_of(path: str, passage: Passage) -> Anchor:
    """What a remark on this passage keeps."""
    return Anchor(path, passage.where[:LONGEST_WHERE], passage.text)


def place_now(anchor: Anchor, texts: Mapping[str, Sequence[Passage]]) -> Place | None:
    """Where the words of a remark stand in a draft's texts (path → passages); None where the text itself is gone."""
    path = path_now(anchor.path, texts)
    return Place(path, found_again(anchor.about, anchor.where, texts[path])) if path else None


def path_now(path: str, paths: Collection[str]) -> str | None:
    """The same file, in another module's folder too."""
    if path in paths:
        return path
    name = path.rpartition("/")[2]
    return next((other for other in paths if other.rpartition("/")[2] == name), None)
