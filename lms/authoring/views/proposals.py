"""Words that readers proposed for the terms of a course, and the answers to them; never who proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from flask import flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.authoring.queries import taught
from lms.catalogue import queries as catalogue
from lms.catalogue.queries import Published
from lms.catalogue.rules.glossary import Glossary, GlossaryTerm
from lms.catalogue.rules.texts import localised, spoken
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.values import dataclass
from lms.learning.forms import ProposalAnswerForm
from lms.learning.queries import ProposedWord, proposal_in_course, proposed_words
from lms.learning.rules.proposals import Outcome
from lms.learning.services import answer_proposal as answer_word
from lms.people.sign_in import me
from lms.web.access import Permission, keeps_typed, requires
from lms.web.languages import language, language_name
from lms.web.render import render

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class InLanguage:
    """The words for one term in one language, the newest first, and what the glossary says there now."""

    language: str
    present: str
    standing: str
    words: Sequence[ProposedWord]

    @property
    def name(self) -> str:
        """The language, in that of the page."""
        return language_name(self.language)


@dataclass(frozen=True)
class OfTerm:
    """The words for one term, by language; a term that has left the glossary goes by its key."""

    term: GlossaryTerm | None
    key: str
    languages: Sequence[InLanguage]

    @property
    def name(self) -> str:
        """What the term is called on the page."""
        return self.term.named(language()) if self.term else self.key

    @property
    def spoken_in(self) -> str:
        """The language of that name."""
        return spoken(self.term.names, language()) if self.term else language()


@dataclass(frozen=True)
class ProposalsPage:
    """The words of a course, by term and language."""

    words: Sequence[ProposedWord]
    glossary: Glossary
    refused: tuple[str, ProposalAnswerForm] | None

    @cached_property
    def terms(self) -> list[OfTerm]:
        """By term, and for each by language: where the newest word is stands first."""
        together: dict[str, dict[str, list[ProposedWord]]] = {}
        for word in self.words:
            together.setdefault(word.term, {}).setdefault(word.language, []).append(word)
        return [self._of_term(key, languages) for key, languages in together.items()]

    def _of_term(self, key: str, languages: Mapping[str, Sequence[ProposedWord]]) -> OfTerm:
        term = self.glossary.term(key)
        names, standings = (term.names, term.standings) if term else ({}, {})
        found = [
            InLanguage(code, names.get(code, ""), standings.get(code, ""), words) for code, words in languages.items()
        ]
        return OfTerm(term, key, found)

    def form(self, word: ProposedWord) -> ProposalAnswerForm:
        """The form to answer a word with; as it was sent, where that was refused."""
        if self.refused and self.refused[0] == word.public_id:
            return self.refused[1]
        return ProposalAnswerForm(formdata=None, prefix=word.public_id)


def _taught(slug: str) -> Published:
    return taught(db.session(), me().grants, slug)


def _page(slug: str, refused: tuple[str, ProposalAnswerForm] | None = None) -> str:
    course, session = _taught(slug), db.session()
    answered = refused is None and request.args.get("show") == "answered"
    words = proposed_words(session, course.course_id, answered=answered)
    page = ProposalsPage(words, catalogue.glossary(session, course.version_id), refused)
    return render(
        "lms/authoring/proposals.html",
        slug=slug,
        course=localised(course.title, language()),
        page=page,
        answered=answered,
        zone=me().zone or "UTC",
        taken_up=Outcome.TAKEN_UP,
        form=refused[1] if refused else None,
    )


@requires(Permission.AUTHOR)
def proposals(slug: str) -> str:
    """What waits for an answer, or with `show=answered` what has had one."""
    return _page(slug)


@requires(Permission.AUTHOR)
@keeps_typed("*-reason")
def answer_proposal(slug: str, proposal: str) -> Answer:
    """Take up or decline a word, for everyone who said the same."""
    proposal_in_course(db.session(), _taught(slug).course_id, proposal)
    form = ProposalAnswerForm(prefix=proposal)
    try:
        if form.validate_on_submit():
            _told(_answer(slug, proposal, form))
            return redirect(url_for("authoring.proposals", slug=slug), 303)
    except (Refused, Conflict) as no:
        form.refuse(no)
        return _page(slug, (proposal, form)), no.status
    return _page(slug, (proposal, form)), 422


def _answer(slug: str, proposal: str, form: ProposalAnswerForm) -> int:
    with unit_of_work() as session:
        return answer_word(
            session,
            course_id=_taught(slug).course_id,
            public_id=proposal,
            outcome=Outcome(form.outcome.data),
            reason=form.reason.data or "",
            by=me().subject,
            at=now(),
        )


def _told(people: int) -> None:
    if people:
        said = ngettext("Answered. One person reads it.", "Answered. %(num)s people read it.", people)
        flash(said, "done")
