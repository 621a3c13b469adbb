"""Who is in the demonstration, read from its file."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from lms.kernel.values import dataclass
from lms.records.signatories.rules import Signatory

DOMAIN = "lemkin.example"


@dataclass(frozen=True)
class Character:
    """One made-up person and how far they have come."""

    key: str
    name: str
    locale: str
    zone: str
    latin: str = ""
    role: str = ""
    state: str = ""
    sector: str = ""
    institution: str = ""
    function: str = ""
    stage: str = ""
    deferred: bool = False
    """Whether a place in the edition that is over was put off to the open one."""

    @property
    def address(self) -> str:
        """An address in a domain that cannot exist."""
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True)
class Word:
    """What one of them calls a term in a language of theirs, and what a trainer answered, if anything."""

    by: str
    term: str
    language: str
    word: str
    remark: str = ""
    answer: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Error:
    """An error that one of them reports in a text, and what a trainer answered, if anything."""

    by: str
    unit: str
    wrong: str
    answer: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Rewording:
    """A sentence of a text, and what a trainer writes instead."""

    by: str
    before: str
    after: str


@dataclass(frozen=True)
class Remark:
    """What a reviewer says of the passage that has these words."""

    by: str
    about: str
    words: str


@dataclass(frozen=True)
class Signature:
    """The sign-off that a reviewer has given."""

    by: str
    kind: str


@dataclass(frozen=True)
class Writing:
    """A draft in review: what it changes in one text, and how far its review has come."""

    title: str
    unit: str
    changes: tuple[Rewording, ...]
    remark: Remark
    signed: Signature


@dataclass(frozen=True)
class Membership:
    """What one of the alumni shows of themselves in the community: fields with their audiences, and words."""

    by: str
    shows: dict[str, str]
    languages: str = ""
    subjects: str = ""


@dataclass(frozen=True)
class Past:
    """An edition from before this system, and who was in it."""

    title: str
    starts_on: dt.date
    ends_on: dt.date
    source: str
    confirmed: bool
    people: tuple[Character, ...]


@dataclass(frozen=True)
class AskedFor:
    """That one member has asked another for an introduction."""

    by: str
    to: str
    message: str


@dataclass(frozen=True)
class StateNetwork:
    """A network of states, by their codes."""

    name: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class Cast:
    """Everyone, and the password they share."""

    password: str
    staff: tuple[Character, ...]
    participants: tuple[Character, ...]
    alumni: tuple[Character, ...]
    words: tuple[Word, ...]
    errors: tuple[Error, ...]
    writing: Writing
    members: tuple[Membership, ...]
    networks: tuple[StateNetwork, ...]
    introductions: tuple[AskedFor, ...]
    past: tuple[Past, ...]
    signatories: tuple[Signatory, ...]
    """Who signs certificates."""

    @property
    def before(self) -> tuple[Character, ...]:
        """Who was in an edition from before this system."""
        return tuple(who for past in self.past for who in past.people)


@lru_cache(maxsize=1)
def cast() -> Cast:
    """The made-up people of the demonstration."""
    document: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "people.yaml").read_text(encoding="utf-8"))
    groups = {name: tuple(Character(**row) for row in document[name]) for name in ("staff", "participants", "alumni")}
    words = tuple(Word(**row) for row in document["words"])
    errors = tuple(Error(**row) for row in document["errors"])
    return Cast(
        password=document["password"],
        words=words,
        errors=errors,
        writing=_writing(document["writing"]),
        members=tuple(Membership(**row) for row in document["members"]),
        networks=tuple(StateNetwork(row["name"], tuple(row["states"])) for row in document["networks"]),
        introductions=tuple(AskedFor(**row) for row in document["introductions"]),
        past=tuple(_past(row) for row in document["past"]),
        signatories=tuple(Signatory(**row) for row in document["signatories"]),
        **groups,
    )


def _past(document: dict[str, Any]) -> Past:
    return Past(**{**document, "people": tuple(Character(**row) for row in document["people"])})


def _writing(document: dict[str, Any]) -> Writing:
    return Writing(
        title=document["title"],
        unit=document["unit"],
        changes=tuple(Rewording(**change) for change in document["changes"]),
        remark=Remark(**document["remark"]),
        signed=Signature(**document["signed"]),
    )
