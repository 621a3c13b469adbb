"""What somebody sees who tries a unit of a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from markupsafe import Markup

from lms.catalogue.files.shape import shape_mistakes
from lms.catalogue.kinds.questions import public_question
from lms.catalogue.rules.mistakes import Mistake
from lms.kernel.values import dataclass
from lms.learning.rules.answers import Given, scoreable
from lms.learning.views.asked import Asked, Explained, explained
from lms.learning.views.wording import own_sector_first
from lms.people.models import Sector
from lms.plugins.unit_kind import Question, Score, UnitRefused, UnitSource
from lms.web.languages import language

from .checking import placed
from .preview import Preview, preview
from .unit_checks import Remark, remark_of
from .unit_writing import Writing

SEED = "trial"


def blocking(writing: Writing) -> list[Remark]:
    """What is wrong with the questions themselves, so that no answer to them could be scored."""
    kind, text = writing.kind, writing.unit.original
    if kind is None or text.broken:
        return []
    wrong = shape_mistakes(text.path, text.document, kind.schema)
    if not wrong:
        try:
            kind.parse(UnitSource(text.key, text.language, text.front, text.body, text.body_line, text.document.line))
        except UnitRefused as refused:
            return [
                remark_of(writing, placed(text, Mistake(text.path, one.line, one.what, one.cure)))
                for one in refused.mistakes
            ]
    return [remark_of(writing, placed(text, one)) for one in wrong]


@dataclass(frozen=True)
class TrialPage:
    """The unit, and the answers that were given where it asks something."""

    writing: Writing
    wrong: Sequence[Remark]
    given: Mapping[str, Given] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    closed: bool = False

    @cached_property
    def found(self) -> Preview | None:
        """The text as readers would see it."""
        kind, text = self.writing.kind, self.writing.text
        return preview(self.writing.unit, text.file, kind) if kind and text and self.writing.as_fields else None

    @property
    def title(self) -> str:
        """In the language of the text."""
        return self.writing.unit.title(self.writing.language)

    @property
    def minutes(self) -> int:
        """How long it takes."""
        minutes = self.writing.unit.original.front.get("minutes")
        return minutes if isinstance(minutes, int) else 0

    @property
    def advice(self) -> list[tuple[Sector, str, Markup]]:
        """The paragraphs for each kind of institution."""
        return own_sector_first(self.found.text.for_your_institution, next(iter(Sector))) if self.found else []

    @cached_property
    def questions(self) -> list[Asked]:
        """Each with the answer that was given, and once all are there with what is said of it."""
        asked = self.found.questions if self.found else ()
        return [
            Asked(
                number,
                public_question(one, SEED),
                self.given.get(one.id, []),
                one.id in self.missing,
                self._explained(one) if self.closed else None,
            )
            for number, one in enumerate(asked, 1)
        ]

    def _explained(self, question: Question) -> Explained | None:
        if self.found is None:
            return None
        return explained(question, self.found.text, self.given.get(question.id, []), self._passage(question.passage))

    def _passage(self, passage: str) -> str | None:
        key, _hash, anchor = passage.partition("#")
        known = key == self.writing.unit.key or (key and self.writing.unit.neighbour(key))
        return self.writing.url_of(key, "try_unit", _anchor=anchor) if known else None

    @cached_property
    def score(self) -> Score:
        """What the answers are worth."""
        kind = self.writing.kind
        if kind is None or self.found is None:
            return Score(0, 0)
        return kind.score(self.found.text.data, scoreable(self.found.questions, self.given))

    @property
    def language(self) -> str:
        """That of the page."""
        return language()
