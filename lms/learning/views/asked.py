"""Questions made ready for the page: nothing of their answers before the try is closed, everything after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.catalogue.kinds.questions import PublicQuestion, is_right, public_question
from lms.catalogue.queries import UnitText
from lms.catalogue.rules.outline import OutlineUnit
from lms.kernel.values import dataclass
from lms.learning.queries import TryRow, quiz
from lms.learning.rules.answers import Given, Quiz, answer_of, ask_the_same, in_words
from lms.plugins.manager import unit_kinds
from lms.plugins.unit_kind import Question

from .way import Way

IN_PAIRS = frozenset({"matching", "ordering"})


@dataclass(frozen=True, slots=True)
class Mark:
    """What the page says of one option after checking: right or wrong, and in which words."""

    mark: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What is shown of a question once its try is closed."""

    right: bool | None
    explanation: str
    passage: str | None
    sources: tuple[Markup, ...]
    marks: Mapping[str, Mark]
    rows: tuple[tuple[str, str, str], ...]
    """For matching and ordering: the item, what the person put there, what belongs there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the page with the person's answer."""

    number: int
    question: PublicQuestion
    given: Given
    missing: bool
    explained: Explained | None

    @property
    def chosen(self) -> frozenset[str]:
        """The ids of the chosen options."""
        return (
            frozenset(str(part) for part in self.given)
            if self.question.kind not in {"matching", "ordering"}
            else frozenset()
        )

    @property
    def placed(self) -> dict[str, str]:
        """What was put beside each left side, or the place each item was given."""
        return dict(self.given) if self.question.kind in IN_PAIRS else {}

    @property
    def text(self) -> str:
        """What was written in answer to a reflection."""
        return str(self.given[0]) if self.question.kind == "reflection" and self.given else ""

    @property
    def field(self) -> str:
        """The id of its first input, where an error's link leads."""
        first = self.question.options[0].id if self.question.options else "text"
        return f"q-{self.question.id}-{first}"


def yes_no() -> dict[str, str]:
    """The words for the two options of a true-false question."""
    return {"true": _("True"), "false": _("False")}


def quiz_of(session: Session, revision_id: int) -> Quiz:
    """A quiz with its answers, as it was published."""
    return quiz(session, unit_kinds(), revision_id)


def shown_revision(way: Way, unit: OutlineUnit, tried: TryRow) -> int:
    """The revision whose words are shown: in the reader's language; and in the words the try was begun with, where the
    text was corrected since and no translation asks the same."""
    wanted = way.revision(unit)
    if tried.revision_id == unit.revision_id:
        return wanted
    if wanted == unit.revision_id:
        return tried.revision_id
    begun, translated = (quiz_of(way.session, revision_id) for revision_id in (tried.revision_id, wanted))
    return wanted if ask_the_same(begun, translated) else tried.revision_id


def asked(
    way: Way,
    paper: Quiz,
    text: UnitText,
    tried: TryRow,
    given: Mapping[str, Given],
    missing: frozenset[str] = frozenset(),
) -> list[Asked]:
    """Every question of a try, in the author's order, its options in the order of this try."""
    return [
        Asked(
            number,
            public_question(question, tried.seed),
            given.get(question.id, []),
            question.id in missing,
            explained(question, text, given.get(question.id, []), _passage(way, question.passage))
            if tried.closed
            else None,
        )
        for number, question in enumerate(paper.questions, 1)
    ]


def explained(question: Question, text: UnitText, given: Given, passage: str | None) -> Explained:
    """What is to be said of an answer; `passage` is the address of what the text says."""
    found = (text.cited(cite) for cite in question.cites)
    right = is_right(question, answer_of(question, given)) if question.scored else None
    return Explained(
        right=right,
        explanation=question.explanation,
        passage=passage,
        sources=tuple(source.html for source in found if source),
        marks=_marks(question, frozenset(str(part) for part in given)),
        rows=_rows(question, given),
    )


def _passage(way: Way, passage: str) -> str | None:
    key, _hash, anchor = passage.partition("#")
    found = way.standing.find(key) if key else None
    return way.url(found[1].unit, _anchor=anchor) if found and found[0].open else None


def _marks(question: Question, chosen: frozenset[str]) -> dict[str, Mark]:
    if question.kind in IN_PAIRS or not question.scored:
        return {}
    several = question.kind == "many-of-many"
    marks = {}
    for option in question.options:
        if option.id in chosen:
            right = _("Belongs here") if several else _("Your answer, right")
            wrong = _("Does not belong here") if several else _("Your answer, not this one")
            marks[option.id] = Mark("right", right) if option.correct else Mark("wrong", wrong)
        elif option.correct:
            marks[option.id] = Mark("wrong", _("Belongs here too")) if several else Mark("right", _("The right answer"))
    return marks


def _rows(question: Question, given: Given) -> tuple[tuple[str, str, str], ...]:
    placed: dict[str, Any] = dict(given) if question.kind in IN_PAIRS else {}
    if question.kind == "matching":
        targets = {target.id: target.text for target in question.targets}
        return tuple(
            (left.text, targets.get(placed.get(left.id, ""), ""), targets[question.pairs[left.id]])
            for left in question.options
        )
    if question.kind == "ordering":
        return tuple((item.text, placed.get(item.id, ""), str(place)) for place, item in enumerate(question.options, 1))
    return ()


def both_in_words(
    paper: Quiz, seed: str, saved: Mapping[str, Given], sent: Mapping[str, Given]
) -> list[tuple[str, str, str]]:
    """Question, what was saved and what was sent, as lines of text, for those where the two differ."""
    rows = []
    for question in paper.questions:
        shown = public_question(question, seed)
        before, now = saved.get(question.id, []), sent.get(question.id, [])
        if before != now:
            rows.append((question.prompt, in_words(shown, before, yes_no()), in_words(shown, now, yes_no())))
    return rows
