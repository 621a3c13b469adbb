"""The sources of a draft: listed and searched, added, changed, and taken out while no text cites them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import request

from lms.authoring.outline_forms import SeenForm, SourceForm, choices
from lms.authoring.outline_pages import Called, OutlinePage, called
from lms.authoring.rules.outlining import added
from lms.authoring.rules.pointers import Place, citing
from lms.authoring.rules.reference_lists import (
    named,
    put_source,
    remove_source,
    remove_uncited,
)
from lms.authoring.services.outline import Look
from lms.authoring.wording import SOURCE_KINDS
from lms.authoring.workspace import Workspace
from lms.catalogue.rules.checking import overdue
from lms.catalogue.rules.course_files import CourseFiles, Fields
from lms.kernel.clock import now
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, keeps_typed, requires
from lms.web.languages import language, unmarked
from lms.web.render import render

from .outline_acts import Answer, attempt, looked, outline_page, simply, told, work_on

HERE = "authoring.draft_sources"
NAMES = ("title", "author", "kind", "date", "url", "language", "accessed", "note")


@dataclass(frozen=True)
class SourceLine:
    """A source in the list: how often it is cited, and whether its page was looked at within a year."""

    fields: Fields
    times: int
    old: bool

    @property
    def key(self) -> str:
        """Its id."""
        return str(self.fields.get("id", ""))

    @property
    def title(self) -> Called:
        """What it is called, in the language it is in."""
        return Called(str(self.fields.get("title") or self.key), str(self.fields.get("language") or language()))

    @property
    def accessed(self) -> str:
        """The day somebody last looked at its page, as the file has it."""
        return str(self.fields.get("accessed", ""))

    @property
    def about(self) -> str:
        """Its author, kind and date, in one line."""
        kind = self.fields.get("kind", "")
        parts = [self.fields.get("author"), SOURCE_KINDS.get(kind, kind), self.fields.get("date")]
        return ", ".join(str(part) for part in parts if part)

    def says(self, words: Collection[str]) -> bool:
        """Whether all these words are somewhere in it."""
        text = unmarked(" ".join(str(value) for value in self.fields.values()))
        return all(word in text for word in words)


@dataclass(frozen=True)
class SourcesPage:
    """The sources of a draft, of which some may be asked for."""

    outline: OutlinePage
    asked: str
    which: str
    today: dt.date

    @cached_property
    def places(self) -> Mapping[str, Sequence[Place]]:
        """Where each source is cited."""
        return citing(self.outline.work.course, self.outline.work.kinds)

    @cached_property
    def lines(self) -> list[SourceLine]:
        """Every source, in the order of its file. A translation cites what its original cites, and is not counted."""
        own = self.outline.work.course.fields.get("language", "")
        return [
            SourceLine(
                source,
                sum(place.language in ("", own) for place in self.places.get(str(source.get("id")), ())),
                overdue(source, self.today),
            )
            for source in self.outline.work.course.sources
        ]

    @property
    def keys(self) -> list[str]:
        """The lines of the page, by what they are called in addresses."""
        return [line.key for line in self.lines]

    @property
    def uncited(self) -> list[SourceLine]:
        """Those that no text cites."""
        return [line for line in self.lines if line.key not in self.places]

    @property
    def old(self) -> list[SourceLine]:
        """Those on the web that nobody has looked at for a year."""
        return [line for line in self.lines if line.old]

    @property
    def among(self) -> list[SourceLine]:
        """Those of the tab that is open."""
        return {"uncited": self.uncited, "old": self.old}.get(self.which, self.lines)

    @cached_property
    def shown(self) -> list[SourceLine]:
        """Those of them that the words asked for are in."""
        return [line for line in self.among if line.says(unmarked(self.asked).split())]


def _look(key: str) -> Look:
    def look(course: CourseFiles) -> Any:
        return next((dict(source) for source in course.sources if source.get("id") == key), None)

    return look


def _ids(course: CourseFiles) -> list[str]:
    return [str(source.get("id")) for source in course.sources]


@requires(Permission.AUTHOR)
def draft_sources(slug: str, draft: str) -> str:
    """The sources, searched by words, or those that nobody cites or that were looked at long ago."""
    return _list(slug, draft)


def _list(slug: str, draft: str, refused: SeenForm | None = None) -> str:
    outline = outline_page(work_on(slug, draft))
    page = SourcesPage(outline, request.args.get("q", "").strip(), request.args.get("which", ""), now().date())
    form = looked(refused or SeenForm(formdata=None), outline.work, _ids)
    return render("lms/authoring/draft_sources.html", page=page, plain=form, told=told(HERE), form=refused)


@requires(Permission.AUTHOR)
def new_source(slug: str, draft: str) -> str:
    """A form for a new source."""
    return _entry(slug, draft, "")


@requires(Permission.AUTHOR)
def draft_source(slug: str, draft: str, source: str) -> str:
    """One source, to be changed; with the texts that cite it."""
    return _entry(slug, draft, source)


def _entry(slug: str, draft: str, key: str, refused: SeenForm | None = None) -> str:
    work = work_on(slug, draft)
    fields = _fields(work, key)
    plain = _form({name: fields.get(name, "") for name in NAMES}, sent=False)
    shown: dict[str, SeenForm] = {"source": plain, "remove": SeenForm(formdata=None, prefix="remove-")}
    if refused is not None:
        shown["remove" if refused._prefix else "source"] = refused
    page = SourcesPage(outline_page(work), "", "", now().date())
    return render(
        "lms/authoring/draft_source.html",
        page=page,
        key=key,
        used=used_in(page.outline, named(page.places.get(key, ()))),
        forms={name: looked(one, work, _look(key)) for name, one in shown.items()},
        form=refused,
    )


def used_in(page: OutlinePage, keys: Sequence[str]) -> list[tuple[Called, str | None]]:
    """Units and terms by their keys: what they are called, and where units are written."""
    lines = {line.unit.key: line for module in page.modules for line in module.units}
    terms = {str(term.get("key")): term.get("term") for term in page.work.course.terms}
    return [
        (lines[key].title, lines[key].editor) if key in lines else (called(terms.get(key), key), None) for key in keys
    ]


def _fields(work: Workspace, key: str) -> Fields:
    found = next((source for source in work.course.sources if key and source.get("id") == key), None)
    if key and found is None:
        raise NotFound
    return found or {"kind": "report"}


def _form(data: Mapping[str, Any] | None = None, *, sent: bool) -> SourceForm:
    form = SourceForm() if sent else SourceForm(formdata=None, data=data)
    form.kind.choices = choices([(kind, str(words)) for kind, words in SOURCE_KINDS.items()])
    return form


@requires(Permission.AUTHOR)
@keeps_typed("note", "title")
def add_source(slug: str, draft: str) -> Answer:
    """A source more; it gets the next id."""
    return _put(slug, draft, "", "added")


@requires(Permission.AUTHOR)
@keeps_typed("note", "title")
def set_source(slug: str, draft: str, source: str) -> Answer:
    """A source as it is now known."""
    return _put(slug, draft, source, "saved")


def _put(slug: str, draft: str, key: str, did: str) -> Answer:
    _fields(work_on(slug, draft), key)
    form = _form(sent=True)
    fields = {name: str(form[name].data or "") for name in NAMES}
    return attempt(
        slug, draft, form, _look(key), did, simply(lambda course: put_source(course, fields, key)),
        lambda refused: _entry(slug, draft, key, refused),
        lambda before, after: key or added(_ids(before), _ids(after)), back=HERE,
    )  # fmt: skip


@requires(Permission.AUTHOR)
def remove_draft_source(slug: str, draft: str, source: str) -> Answer:
    """A source out of the list, if no text cites it."""
    _fields(work_on(slug, draft), source)
    return attempt(
        slug, draft, SeenForm(prefix="remove-"), _look(source), "removed",
        simply(lambda course: remove_source(course, unit_kinds(), source)),
        lambda refused: _entry(slug, draft, source, refused), lambda _before, _after: "", back=HERE,
    )  # fmt: skip


@requires(Permission.AUTHOR)
def remove_uncited_sources(slug: str, draft: str) -> Answer:
    """Every source that no text cites out of the list; a version may have none of them."""
    work_on(slug, draft)
    return attempt(
        slug, draft, SeenForm(), _ids, "removed", simply(lambda course: remove_uncited(course, unit_kinds())),
        lambda refused: _list(slug, draft, refused), lambda _before, _after: "", back=HERE,
    )  # fmt: skip
