"""What a kind of unit (reading, quiz, ...) must be able to do: parse its file, render it, score answers; all pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol, runtime_checkable

from lms.kernel.values import dataclass

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class UnitMistake:
    """One thing wrong in a unit's file: the line (from 1), what it is, and how to put it right."""

    line: int
    what: str
    cure: str


class UnitRefused(Exception):
    """A kind cannot take this file; holds every mistake it found, so that an author sees them at once."""

    def __init__(self, *mistakes: UnitMistake) -> None:
        super().__init__("; ".join(mistake.what for mistake in mistakes))
        self.mistakes = mistakes


def _first_line(_where: Where) -> int:
    return 1


@dataclass(frozen=True, slots=True)
class UnitSource:
    """A unit's file after YAML: its fields, its Markdown body (empty for .yaml), and where each field stands."""

    key: str
    language: str
    front: Mapping[str, Any]
    body: str = ""
    body_line: int = 1
    line: Callable[[Where], int] = _first_line


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a unit, for the contents list."""

    id: str
    title: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Citation:
    """A source cited in a unit: its number on the page and its entry, already made HTML."""

    number: int
    source: str
    html: str


@dataclass(frozen=True, slots=True)
class DefinedTerm:
    """A glossary term used in a unit, with the definition the reader sees."""

    key: str
    term: str
    definition: str
    source: str


@dataclass(frozen=True, slots=True)
class RenderedUnit:
    """A unit made ready for the page; `html` is sanitised and safe."""

    html: str
    sections: tuple[Section, ...] = ()
    citations: tuple[Citation, ...] = ()
    terms: tuple[DefinedTerm, ...] = ()
    words: int = 0
    needs_review: int = 0


class RenderContext(Protocol):
    """Makes HTML from an author's text and remembers what was cited, defined and headed on the way."""

    @property
    def language(self) -> str:
        """The language the unit is written in."""

    def prose(self, markdown: str) -> str:
        """Paragraphs, lists, tables, headings, and at their places the figures of the unit's field `figures`."""

    def inline(self, markdown: str) -> str:
        """One line of text without a paragraph around it."""

    def figure(self, key: str) -> str:
        """One of the figures of the unit's field `figures`: for a kind without a body to place it in."""

    def heading(self, anchor: str, label: str) -> str:
        """A second-level heading whose words come from the catalogue of labels of the unit's language."""

    def rendered(self, html: str) -> RenderedUnit:
        """Sanitise `html` and hand it back with everything remembered."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose, match or put in order; `id` is opaque and the same in every language and version."""

    id: str
    text: str
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answer: for the server only, never for a page before the try is closed.

    `options` hold the choices; for matching they are the left sides and `targets` the right sides, with
    `pairs` saying which belongs to which; for ordering they stand in the right order.
    """

    id: str
    kind: str
    substance: str
    prompt: str
    options: tuple[Option, ...] = ()
    targets: tuple[Option, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)
    explanation: str = ""
    passage: str = ""
    cites: tuple[str, ...] = ()

    @property
    def scored(self) -> bool:
        """Whether the answer can be right or wrong."""
        return self.kind != "reflection"


@dataclass(frozen=True, slots=True)
class Score:
    """What a set of answers is worth: one point for each scored question answered exactly."""

    points: int
    total: int
    per_question: Mapping[str, bool] = field(default_factory=dict)

    @property
    def percent(self) -> int:
        """Whole percent, rounded down; 100 where nothing is scored."""
        return 100 * self.points // self.total if self.total else 100


@runtime_checkable
class UnitKind(Protocol):
    """A kind of unit. Every method is pure: no database, no request, no clock."""

    @property
    def key(self) -> str:
        """The word authors write after `kind:`."""

    @property
    def suffix(self) -> str:
        """`.md` for front matter with a Markdown body, `.yaml` for fields alone."""

    @property
    def anchors(self) -> Sequence[str]:
        """Anchors of the headings the kind adds by itself; an author cannot use them."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the fields; `format: prose` marks text in Markdown that must cite its sources."""

    def parse(self, source: UnitSource) -> dict[str, Any]:
        """Fields and body as plain JSON data. Raises UnitRefused."""

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        """The page of the unit; the same data gives the same HTML every time."""

    def questions(self, data: Mapping[str, Any]) -> Sequence[Question]:
        """The questions with their answers, in the author's order; empty where nothing is asked."""

    def score(self, data: Mapping[str, Any], answers: Mapping[str, Any]) -> Score:
        """What `answers` (question id → answer) are worth."""
