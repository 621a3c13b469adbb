"""What the pages of drafts show, worked out beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from flask import url_for
from flask_babel import LazyString
from sqlalchemy.orm import Session

from lms.catalogue.queries import Published
from lms.catalogue.rules.course_files import UnitFile
from lms.catalogue.rules.texts import named_in
from lms.kernel.values import dataclass
from lms.web.dates import short_moment
from lms.web.languages import gettext as _
from lms.web.languages import language_name, ngettext
from lms.web.languages import lazy_gettext as _l

from .models import Draft, DraftAct, DraftEvent, DraftState
from .queries import is_open, last_saves
from .rules.drafting import may
from .wording import kind_name
from .workspace import Workspace

STATES: Mapping[DraftState, tuple[str, LazyString]] = {
    DraftState.DRAFT: ("part", _l("Being written")),
    DraftState.IN_REVIEW: ("part", _l("In review")),
    DraftState.PUBLISHED: ("done", _l("Published")),
    DraftState.ABANDONED: ("none", _l("Given up")),
}
ACTS: Mapping[DraftAct, LazyString] = {
    DraftAct.OPENED: _l("Begun"),
    DraftAct.RENAMED: _l("Given another title"),
    DraftAct.SENT: _l("Sent to the reviewers"),
    DraftAct.TAKEN_BACK: _l("Taken back from review"),
    DraftAct.BROUGHT_UP: _l("Brought up to a newer version"),
    DraftAct.ABANDONED: _l("Given up"),
    DraftAct.TAKEN_UP: _l("Taken up again"),
    DraftAct.PUBLISHED: _l("Published"),
}


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list: where it stands, who began it, and when something was saved last."""

    draft: Draft
    url: str
    begun: str
    saved: str
    open: bool

    @property
    def status(self) -> tuple[str, LazyString]:
        """The sign and the words for its state."""
        return STATES[self.draft.state]


def lines_of(
    session: Session, slug: str, drafts: Sequence[Draft], names: Mapping[int, str], zone: str | None
) -> list[DraftLine]:
    """Several drafts of a course, as lists show them; one statement."""
    saves = last_saves(session, [draft.id for draft in drafts])
    return [
        DraftLine(
            draft=draft,
            url=url_for("authoring.draft", slug=slug, draft=draft.public_id),
            begun=_begun(draft, names, zone or "UTC"),
            saved=_saved(saves.get(draft.id), zone or "UTC"),
            open=is_open(draft),
        )
        for draft in drafts
    ]


def _begun(draft: Draft, names: Mapping[int, str], zone: str) -> str:
    at = short_moment(draft.begun_at, zone)
    if draft.begun_by is None:
        return str(_("Taken from files, %(at)s", at=at))
    return str(_("Begun by %(name)s, %(at)s", name=names[draft.begun_by], at=at))


def _saved(last: tuple[dt.datetime, int] | None, zone: str) -> str:
    if last is None:
        return str(_("Nothing is written in it yet."))
    at, files = last
    return str(
        ngettext("Last saved %(at)s; %(num)s file written in.", "Last saved %(at)s; %(num)s files written in.", files,
                 at=short_moment(at, zone))
    )  # fmt: skip


@dataclass(frozen=True)
class DraftsPage:
    """The drafts of a course."""

    slug: str
    course: str
    lines: Sequence[DraftLine]

    @property
    def open(self) -> list[DraftLine]:
        """Those that are written or reviewed."""
        return [line for line in self.lines if line.open]

    @property
    def closed(self) -> list[DraftLine]:
        """Those that were published or given up."""
        return [line for line in self.lines if not line.open]


@dataclass(frozen=True)
class ChangedText:
    """A file that the draft changes: what it is called, what happened to it, and where it is written."""

    title: str
    detail: str
    what: str
    url: str | None


@dataclass(frozen=True)
class DraftPage:
    """One draft: its state, what it changes, and everything that was done to it."""

    work: Workspace
    line: DraftLine
    events: Sequence[DraftEvent]
    names: Mapping[int, str]
    newest: Published | None
    language: str
    zone: str

    @property
    def course(self) -> str:
        """The title of the course."""
        return self.work.title(self.language)

    @property
    def behind(self) -> Published | None:
        """The version that was published since, which the draft is not laid over."""
        newer = self.newest is not None and self.newest.version_id != self.work.draft.base_id
        return self.newest if newer and self.line.open else None

    def may(self, act: str) -> bool:
        """Whether this can be done to it now."""
        return may(DraftAct(act), self.work.draft.state)

    @property
    def history(self) -> list[tuple[str, str, str]]:
        """What was done, by whom and when, the newest first."""
        return [
            (
                str(ACTS[event.act]),
                self.names[event.person_id] if event.person_id else _("from files"),
                short_moment(event.at, self.zone),
            )
            for event in reversed(self.events)
        ]

    @property
    def changed(self) -> list[ChangedText]:
        """Every text that is not as in the published version, in the order of the course."""
        paths = set(self.work.files.changed())
        found = [self._of_unit(unit, text) for unit, text in self._texts() if text.path in paths]
        known = {text.path for _unit, text in self._texts()}
        return [*found, *(self._of_file(path) for path in sorted(paths - known))]

    def _texts(self) -> Iterator[tuple[UnitFile, UnitFile]]:
        for module, unit in self.work.course.units():
            for text in (unit, *module.translations_of(unit)):
                yield unit, text

    def _of_unit(self, unit: UnitFile, text: UnitFile) -> ChangedText:
        translation = text is not unit
        return ChangedText(
            title=named_in(unit.front.get("title"), self.language, unit.key),
            detail=language_name(text.language) if translation else kind_name(unit.kind),
            what=self._what(text.path),
            url=self._written_at(unit.key, text.language if translation else None),
        )

    def _written_at(self, unit: str, language: str | None) -> str:
        where = {"slug": self.work.slug, "draft": self.work.draft.public_id, "unit": unit, "text": language}
        return url_for("authoring.edit_unit", **where)  # type: ignore[arg-type]

    def _of_file(self, path: str) -> ChangedText:
        title, detail, url = file_in_words(self.work, path, self.language)
        return ChangedText(title=title, detail=detail, what=self._what(path), url=url)

    def _what(self, path: str) -> str:
        files = self.work.files
        if path not in files.base:
            return str(_("new"))
        return str(_("changed") if path in files.texts else _("taken out"))


FILES: Mapping[str, LazyString] = {
    "course.yaml": _l("The course itself"),
    "module.yaml": _l("A module itself"),
    "glossary.yaml": _l("Glossary"),
    "sources.yaml": _l("Sources"),
    "media.yaml": _l("Pictures and documents"),
}
PAGES: Mapping[str, str] = {
    "course.yaml": "outline_course",
    "glossary.yaml": "draft_terms",
    "sources.yaml": "draft_sources",
    "media.yaml": "media",
}


def file_in_words(work: Workspace, path: str, language: str) -> tuple[str, str, str | None]:
    """What a file is that is no text of a unit: its name, more of it, and the page where it is changed."""
    at, name = {"slug": work.slug, "draft": work.draft.public_id}, path.rpartition("/")[2]
    title = str(FILES.get(name, path))
    if path in PAGES:
        return title, "", url_for(f"authoring.{PAGES[path]}", **at)  # type: ignore[arg-type]
    module = next((one for one in work.course.modules if one.path == path), None)
    if module is None or not module.fields.get("key"):
        return title, "" if title == path else path, None
    named = named_in(module.fields.get("title"), language, module.key)
    return title, named, url_for("authoring.outline_module", module=module.key, **at)  # type: ignore[arg-type]
