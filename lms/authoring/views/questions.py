"""Which questions people miss: how many answered each on their first try, never who, nothing of fewer than five."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from lms.authoring.queries import StoredText, stored_texts, taught
from lms.catalogue import queries as catalogue
from lms.catalogue.kinds.questions import public_question
from lms.catalogue.queries import Published
from lms.catalogue.rules.outline import Outline, OutlineModule, OutlineUnit
from lms.catalogue.rules.texts import localised
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.learning.queries import told_in
from lms.learning.rules.answers import in_words
from lms.learning.rules.telling import Count, Instead, Told
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.plugins.unit_kind import Question
from lms.seminars.queries import EditionRow, editions_of_course
from lms.web.access import Permission, requires
from lms.web.languages import gettext as _
from lms.web.languages import language
from lms.web.render import render

_MOST_MISSED = 5
_NOTHING = Told()


@dataclass(frozen=True)
class AskedLine:
    """A question with what may be told of it; `count` is None where there is no number."""

    number: int
    question: Question
    language: str
    url: str
    count: Count | None
    most_given: Instead | None

    @property
    def instead(self) -> str:
        """The wrong answer given most often, as a line of text; nothing where it is not told or says nothing new."""
        if self.most_given is None or self.question.kind == "true-false":
            return ""
        return in_words(public_question(self.question, 0), json.loads(self.most_given.answer), {})


@dataclass(frozen=True)
class QuizLine:
    """A unit with questions that can be right or wrong."""

    unit: OutlineUnit
    module: OutlineModule
    url: str
    questions: Sequence[AskedLine]


@dataclass(frozen=True)
class QuestionsPage:
    """The questions of the newest version, in the order of the course."""

    slug: str
    course: Published
    outline: Outline
    texts: Mapping[int, StoredText]
    told: Mapping[tuple[int, str, str], Told]
    editions: Sequence[EditionRow]
    edition: EditionRow | None

    @property
    def title(self) -> str:
        """The course, for who looks."""
        return localised(self.course.title, language())

    @property
    def editions_to_choose(self) -> list[tuple[str, str, bool]]:
        """(public id, title, whether it is the one on the page)."""
        return [(one.public_id, one.title, one is self.edition) for one in self.editions]

    @cached_property
    def quizzes(self) -> list[QuizLine]:
        """Every unit that asks something to be scored."""
        found = ((module, unit, self._questions(unit)) for module, unit in self.outline.units())
        return [QuizLine(unit, module, self._url(unit), lines) for module, unit, lines in found if lines]

    @cached_property
    def most_missed(self) -> list[AskedLine]:
        """The questions that the greatest share of people missed, of those with a number."""
        return sorted(self._told_of, key=lambda line: -line.count.missed if line.count else 0)[:_MOST_MISSED]

    @property
    def worth_a_list(self) -> bool:
        """Whether there are more questions with a number than those."""
        return len(self._told_of) > _MOST_MISSED

    @property
    def _told_of(self) -> list[AskedLine]:
        return [line for quiz in self.quizzes for line in quiz.questions if line.count]

    def _url(self, unit: OutlineUnit, **more: Any) -> str:
        return url_for("authoring.unit", slug=self.slug, unit=unit.key, **more)

    def _questions(self, unit: OutlineUnit) -> list[AskedLine]:
        kind, text = unit_kinds().get(unit.kind), self.texts.get(unit.revision_id)
        if kind is None or text is None:
            return []
        asked = enumerate(kind.questions(text.document), 1)
        return [self._line(unit, number, question) for number, question in asked if question.scored]

    def _line(self, unit: OutlineUnit, number: int, question: Question) -> AskedLine:
        found = self.told.get((unit.id, question.id, question.substance), _NOTHING)
        return AskedLine(
            number=number,
            question=question,
            language=unit.language,
            url=self._url(unit, _anchor=f"q-{question.id}"),
            count=found.count(self.edition.id if self.edition else None),
            # Of one edition it would tell, beside that of all, what the others answered.
            most_given=None if self.edition else found.most_given,
        )


def _page(session: Session, slug: str, wanted: str) -> QuestionsPage:
    course = taught(session, me().grants, slug)
    outline = catalogue.outline(session, course.version_id)
    editions = editions_of_course(session, course.course_id)
    edition = next((one for one in editions if one.public_id == wanted), None)
    if wanted and edition is None:
        raise NotFound(_("This course has no such edition."))
    asking = [unit.revision_id for _module, unit in outline.units() if unit.questions]
    told = told_in(session, course.course_id)
    return QuestionsPage(slug, course, outline, stored_texts(session, asking), told, editions, edition)


@requires(Permission.AUTHOR)
def questions(slug: str) -> str:
    """Question by question, for all editions together or with `edition` for one of them."""
    return render("lms/authoring/questions.html", page=_page(db.session(), slug, request.args.get("edition", "")))
