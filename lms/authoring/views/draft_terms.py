"""The glossary of a draft: listed and searched, added, changed, and taken out while no text names a term."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import request

from lms.authoring.outline_forms import (
    DEFINITION,
    NAME,
    SeenForm,
    TermForm,
    choices,
    in_languages,
    text_field,
    texts_in,
)
from lms.authoring.outline_pages import Called, OutlinePage, called, languages_of
from lms.authoring.rules.outlining import added
from lms.authoring.rules.pointers import Place, using
from lms.authoring.rules.reference_lists import named, put_term, remove_term
from lms.authoring.services.outline import Look
from lms.authoring.workspace import Workspace
from lms.catalogue.rules.alphabet import order
from lms.catalogue.rules.course_files import CourseFiles, Fields
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, keeps_typed, requires
from lms.web.languages import language, language_name, unmarked
from lms.web.render import render

from .draft_sources import used_in
from .outline_acts import Answer, attempt, looked, outline_page, simply, told, work_on

HERE = "authoring.draft_terms"


@dataclass(frozen=True)
class TermLine:
    """A term in the list."""

    fields: Fields
    times: int

    @property
    def key(self) -> str:
        """Its key."""
        return str(self.fields.get("key", ""))

    @property
    def name(self) -> Called:
        """What it is called."""
        return called(self.fields.get("term"), self.key)

    @property
    def definition(self) -> Called:
        """What it means."""
        return called(self.fields.get("definition"), "")

    @property
    def unsure(self) -> bool:
        """Whether no source of it was found yet."""
        return bool(self.fields.get("needs_review"))

    @property
    def others(self) -> list[tuple[str, str, str, str]]:
        """Its names in the other languages: the language in words, its code, the name, and how sure it is."""
        names, standing = self.fields.get("term", {}), self.fields.get("status", {})
        return [
            (language_name(code), code, text, standing.get(code, ""))
            for code, text in names.items()
            if code != self.name.language
        ]

    def says(self, words: Collection[str]) -> bool:
        """Whether all these words are somewhere in its names and definitions."""
        texts = [*self.fields.get("term", {}).values(), *self.fields.get("definition", {}).values(), self.key]
        return all(word in unmarked(" ".join(map(str, texts))) for word in words)


@dataclass(frozen=True)
class TermsPage:
    """The glossary of a draft, of which some terms may be asked for."""

    outline: OutlinePage
    asked: str

    @cached_property
    def places(self) -> Mapping[str, Sequence[Place]]:
        """Where each term is named."""
        return using(self.outline.work.course, self.outline.work.kinds)

    @cached_property
    def lines(self) -> list[TermLine]:
        """Every term, in the alphabet of the page."""
        own = self.outline.work.course.fields.get("language", "")
        lines = [
            TermLine(term, sum(place.language == own for place in self.places.get(str(term.get("key")), ())))
            for term in self.outline.work.course.terms
        ]
        return sorted(lines, key=lambda line: (order(line.name.text, language()), line.key))

    @property
    def keys(self) -> list[str]:
        """The lines of the page, by what they are called in addresses."""
        return [line.key for line in self.lines]

    def name_of(self, key: str) -> str:
        """What one of them is called."""
        return next(line.name.text for line in self.lines if line.key == key)

    @cached_property
    def shown(self) -> list[TermLine]:
        """Those that were asked for."""
        return [line for line in self.lines if line.says(unmarked(self.asked).split())]


def _look(key: str) -> Look:
    def look(course: CourseFiles) -> Any:
        return next((dict(term) for term in course.terms if term.get("key") == key), None)

    return look


@requires(Permission.AUTHOR)
def draft_terms(slug: str, draft: str) -> str:
    """The glossary, searched by words in any of its languages."""
    page = TermsPage(outline_page(work_on(slug, draft)), request.args.get("q", "").strip())
    return render("lms/authoring/draft_terms.html", page=page, told=told(HERE))


@requires(Permission.AUTHOR)
def new_term(slug: str, draft: str) -> str:
    """A form for a new term."""
    return _entry(slug, draft, "")


@requires(Permission.AUTHOR)
def draft_term(slug: str, draft: str, term: str) -> str:
    """One term, to be changed; with the texts that name it."""
    return _entry(slug, draft, term)


def _entry(slug: str, draft: str, key: str, refused: SeenForm | None = None) -> str:
    work = work_on(slug, draft)
    fields = _fields(work, key)
    shown = {"term": _form(work, fields, sent=False), "remove": SeenForm(formdata=None, prefix="remove-")}
    if refused is not None:
        shown["remove" if refused._prefix else "term"] = refused
    page, languages = TermsPage(outline_page(work), ""), _languages(work, fields)
    return render(
        "lms/authoring/draft_term.html",
        page=page,
        key=key,
        names=[text_field("term", code) for code in languages],
        definitions=[text_field("definition", code) for code in languages],
        used=used_in(page.outline, named(page.places.get(key, ()))),
        forms={name: looked(one, work, _look(key)) for name, one in shown.items()},
        form=refused,
    )


def _fields(work: Workspace, key: str) -> Fields:
    found = next((term for term in work.course.terms if key and term.get("key") == key), None)
    if key and found is None:
        raise NotFound
    return found or {}


def _languages(work: Workspace, fields: Fields) -> list[str]:
    """The languages of the course and of the whole glossary: a term may be known in more than the texts are."""
    known = languages_of(work.course)
    named_in = {code for term in work.course.terms for code in term.get("term", {})}
    return [*known, *sorted(named_in - set(known))]


def _form(work: Workspace, fields: Fields, *, sent: bool) -> SeenForm:
    languages = _languages(work, fields)
    made = in_languages(TermForm, languages, {"term": NAME, "definition": DEFINITION})
    standing = fields.get("status", {})
    data: dict[str, Any] = {
        "official": [code for code in languages if standing.get(code) == "official"],
        "cites": "\n".join(fields.get("cites", ())),
    }
    for name in ("term", "definition"):
        data |= {text_field(name, code): fields.get(name, {}).get(code, "") for code in languages}
    form = made() if sent else made(None, data=data)
    form["official"].choices = choices([(code, language_name(code)) for code in languages[1:]])
    return form


@requires(Permission.AUTHOR)
@keeps_typed("definition.*", "term.*")
def add_term(slug: str, draft: str) -> Answer:
    """A term more; its key is made of its name."""
    return _put(slug, draft, "", "added")


@requires(Permission.AUTHOR)
@keeps_typed("definition.*", "term.*")
def set_term(slug: str, draft: str, term: str) -> Answer:
    """A term as it is now to be understood."""
    return _put(slug, draft, term, "saved")


def _put(slug: str, draft: str, key: str, did: str) -> Answer:
    work = work_on(slug, draft)
    form, languages = _form(work, _fields(work, key), sent=True), _languages(work, {})
    cites = [" ".join(line.split()) for line in str(form["cites"].data or "").splitlines() if line.strip()]

    def act(course: CourseFiles) -> CourseFiles:
        return put_term(
            course,
            names=texts_in(form, "term", languages),
            definitions=texts_in(form, "definition", languages),
            official=list(form["official"].data or ()),
            cites=cites,
            key=key,
        )

    return attempt(
        slug, draft, form, _look(key), did, simply(act), lambda refused: _entry(slug, draft, key, refused),
        lambda before, after: key or added(_keys(before), _keys(after)), back=HERE,
    )  # fmt: skip


def _keys(course: CourseFiles) -> list[str]:
    return [str(term.get("key")) for term in course.terms]


@requires(Permission.AUTHOR)
def remove_draft_term(slug: str, draft: str, term: str) -> Answer:
    """A term out of the glossary, if no text names it."""
    _fields(work_on(slug, draft), term)
    return attempt(
        slug, draft, SeenForm(prefix="remove-"), _look(term), "removed",
        simply(lambda course: remove_term(course, unit_kinds(), term)),
        lambda refused: _entry(slug, draft, term, refused), lambda _before, _after: "", back=HERE,
    )  # fmt: skip
