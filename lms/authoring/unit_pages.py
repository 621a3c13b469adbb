"""The page on which a unit is written, worked out beforehand: its template only puts it on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from markupsafe import Markup

from lms.catalogue.kinds.questions import public_question
from lms.catalogue.rules.course_files import unit_path
from lms.kernel.clock import now
from lms.kernel.values import dataclass
from lms.learning.views.asked import Asked
from lms.learning.views.wording import own_sector_first
from lms.people.models import Sector
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.web.dates import clock_time, local_day, short_day
from lms.web.languages import gettext as _
from lms.web.languages import language, language_name, own_name

from .editing import form_of
from .labels import entry_name, hint_of, label_of, variety_name
from .manuscript import UnitDraft
from .preview import Preview, preview
from .queries import SavedState, saves_of
from .rules.announcing import said_in
from .rules.fields import Field, Where, name_of
from .unit_checks import ChecksPart, checks_of
from .unit_writing import Writing

_ANCHOR = re.compile(r"^#{2,3} .*\{#([a-z0-9-]+)\}$", re.M)
# What stands behind the text on its page.
_BEHIND = ("timeline", "figures", "for_your_institution", "scoring", "questions")


@dataclass(frozen=True)
class PreviewPart:
    """A text as its readers would see it, and who writes it sees it beside the form."""

    found: Preview | None

    @property
    def advice(self) -> list[tuple[Sector, str, Markup]]:
        """The paragraphs for each kind of institution."""
        return own_sector_first(self.found.text.for_your_institution, next(iter(Sector))) if self.found else []

    @cached_property
    def questions(self) -> list[Asked]:
        """The questions as they are asked."""
        asked = self.found.questions if self.found else ()
        return [Asked(n, public_question(one, "preview"), [], False, None) for n, one in enumerate(asked, 1)]

    def explanation(self, number: int) -> str:
        """What is said of a question after its answer was checked."""
        return self.found.questions[number - 1].explanation if self.found else ""


@dataclass(frozen=True)
class EditorPage:
    """The page on which a unit is written. `typed` is what a refused form said of numbers that are none."""

    writing: Writing
    client_key: str
    unread: Mapping[Where, str] = field(default_factory=dict)
    over_sent: tuple[int, int] | None = None
    """Of a form that is given back: what it was written over."""
    whole_sent: str | None = None
    """Of a form that is given back: the file that was sent as text."""

    @property
    def unit(self) -> UnitDraft:
        """What is written."""
        return self.writing.unit

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields above the text."""
        return tuple(one for one in self._all if one.key not in _BEHIND)

    @cached_property
    def fields_behind(self) -> tuple[Field, ...]:
        """The fields below the text."""
        return tuple(one for one in self._all if one.key in _BEHIND)

    @cached_property
    def _all(self) -> tuple[Field, ...]:
        kind = self.writing.kind
        return form_of(self.unit, kind, self.writing.language) if kind and self.writing.as_fields else ()

    @property
    def has_body(self) -> bool:
        """Whether it has a text beside its fields."""
        return self.unit.original.suffix == ".md"

    @property
    def owner(self) -> str:
        """Whose unsaved text the browser keeps."""
        return me().subject

    @property
    def as_fields(self) -> bool:
        """Whether it is shown as a form."""
        return self.writing.as_fields and self.whole_sent is None

    @property
    def body(self) -> str:
        """The text."""
        return self.writing.text.body if self.writing.text else ""

    @property
    def whole(self) -> str:
        """The file, where it cannot be read as fields."""
        if self.whole_sent is not None:
            return self.whole_sent
        text = self.writing.text if self.writing.text and self.writing.text.broken else self.unit.original
        return text.text

    @property
    def title(self) -> str:
        """The title in the language of the page, or of the course."""
        return self.unit.title(language())

    @property
    def own_title(self) -> str:
        """The title in the language of the text; empty where there is none yet."""
        titles = self.unit.original.front.get("title")
        return str(titles.get(self.writing.language, "")) if isinstance(titles, dict) else ""

    @property
    def over(self) -> int:
        """What a save is written over."""
        return self.over_sent[0] if self.over_sent else self.unit.files.over(self.writing.path)

    @property
    def over_original(self) -> int:
        """The same of the original, where it is a translation."""
        return self.over_sent[1] if self.over_sent else self.unit.files.over(self.unit.original.path)

    @property
    def follows_older(self) -> bool:
        """Whether it translates a text that has changed since."""
        text = self.writing.text
        return (
            not self.writing.is_original and text is not None and text.front.get("follows") != self.unit.original.hash
        )

    @property
    def may_renew(self) -> bool:
        """Whether there are readers who finished an older text."""
        return self.writing.is_original and self.unit.published is not None

    @cached_property
    def said(self) -> frozenset[str]:
        """What the author has said that they must know."""
        was = self.unit.published
        return said_in(self.unit.original.front, was.front) if was else frozenset()

    @cached_property
    def preview(self) -> PreviewPart:
        """The text as it is saved."""
        text, kind = self.writing.text, self.writing.kind
        return PreviewPart(preview(self.unit, text.file, kind) if text and kind and self.writing.as_fields else None)

    @cached_property
    def last(self) -> SavedState | None:
        """The last save of the text."""
        return next(iter(saves_of(self.writing.session, self.writing.draft, self.writing.path, 1)), None)

    @property
    def saved_words(self) -> str:
        """When it was saved, and by whom."""
        if self.last is None:
            return str(_("Not changed in this draft yet."))
        return saved_in_words(self.last.at, self._writer)

    @cached_property
    def _writer(self) -> str:
        person = self.last.person_id if self.last else None
        return names_of(self.writing.session, [person])[person] if person and person != me().person_id else ""

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """Its languages."""
        codes = [self.unit.language, *self.unit.translations]
        if self.writing.language not in codes:
            codes.append(self.writing.language)
        return [(own_name(code), self.writing.url_in(code), code == self.writing.language) for code in codes]

    @property
    def untranslated(self) -> list[tuple[str, str]]:
        """The languages of the course that it is not translated into yet."""
        taken = {self.unit.language, self.writing.language, *self.unit.translations}
        return [(language_name(code), self.writing.url_in(code)) for code in self.unit.languages if code not in taken]

    @cached_property
    def passages(self) -> list[str]:
        """Every heading of the draft that an explanation can lead to."""
        found = []
        for path, text in self.unit.files.texts.items():
            at = unit_path(path)
            if at and not at.language and at.suffix == ".md":
                found += [f"{at.key}#{anchor}" for anchor in _ANCHOR.findall(text)]
        return found

    @cached_property
    def cases(self) -> list[str]:
        """The case studies of the draft."""
        originals = ((unit_path(path), text) for path, text in self.unit.files.texts.items())
        return [at.key for at, text in originals if at and not at.language and "\nkind: case-study\n" in text]

    @property
    def sources(self) -> list[tuple[str, str]]:
        """What can be cited."""
        return [(str(one["id"]), str(one.get("title", ""))) for one in self.unit.sources]

    @cached_property
    def checks(self) -> ChecksPart:
        """What is to be mended."""
        return checks_of(self.writing, self.preview.found)

    def label(self, one: Field) -> str:
        """What a field is called."""
        return label_of(one)

    def hint(self, one: Field) -> str:
        """What is to be known of it."""
        return hint_of(one)

    def entry(self, one: Field) -> str:
        """What an entry of a list is called."""
        return entry_name(one.key)

    def variety(self, name: str) -> str:
        """What a kind of entry is called."""
        return variety_name(name)

    def renewable(self, entry: Field) -> str:
        """The id of a question that readers may have answered; nothing for another entry."""
        name = name_of(entry) or ""
        asked = entry.where[0] == "questions" and len(entry.where) == 2
        return name if asked and name in self._published_questions else ""

    @cached_property
    def _published_questions(self) -> frozenset[str]:
        was = self.unit.published if self.may_renew else None
        entries = was.front.get("questions") if was else None
        known = entries if isinstance(entries, list) else []
        return frozenset(str(one.get("id")) for one in known if isinstance(one, dict))

    def typed(self, one: Field) -> str | None:
        """What was typed where a number belongs."""
        return self.unread.get(one.where)


def saved_in_words(at: dt.datetime, by: str = "") -> str:
    """When something was saved: today by the clock, else by the day; and by whom, where it was somebody else."""
    zone = me().zone or "UTC"
    time, today = clock_time(at, zone), local_day(at, zone) == local_day(now(), zone)
    when = time if today else _("%(day)s, %(time)s", day=short_day(local_day(at, zone)), time=time)
    return str(_("Saved at %(when)s by %(name)s.", when=when, name=by) if by else _("Saved at %(when)s.", when=when))
