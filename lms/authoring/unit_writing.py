"""A unit of a draft on somebody's desk, in the language in which it is written there."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.plugins.unit_kind import UnitKind
from lms.web.languages import language, language_names

from .manuscript import Manuscript, UnitDraft, unit_draft
from .models import Draft, DraftState
from .queries import TextName, draft_of, files_of, is_open, names_of_unit
from .rules.remarks import path_now

_CODE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Writing:
    """A unit of a draft on somebody's desk, in one of its languages."""

    session: Session
    draft: Draft
    slug: str
    unit: UnitDraft
    language: str

    @property
    def kind(self) -> UnitKind | None:
        """What the unit is; None where that is not known here, or its file cannot be read."""
        return unit_kinds().get(self.unit.original.kind)

    @property
    def path(self) -> str:
        """The file that is written."""
        return self.unit.path_of(self.language)

    @property
    def base_text(self) -> str | None:
        """The text that the draft lies over, wherever it stood there; None for a new one."""
        base = self.unit.files.base
        return base.get(path_now(self.path, base) or "")

    @cached_property
    def name(self) -> TextName:
        """Finds the saved states of the text, under whatever address they were saved."""
        published = {path.rpartition("/")[2].partition(".")[0] for path in self.unit.files.base}
        keys = names_of_unit(self.session, self.draft, self.unit.key, published)
        return TextName(keys, "" if self.is_original else self.language)

    @property
    def text(self) -> Manuscript | None:
        """The text in this language, if there is one."""
        return self.unit.original if self.is_original else self.unit.translations.get(self.language)

    @property
    def is_original(self) -> bool:
        """Whether it is the text that the others translate."""
        return self.language == self.unit.language

    @property
    def is_open(self) -> bool:
        """Whether it can be changed."""
        return is_open(self.draft)

    @property
    def in_review(self) -> bool:
        """Whether reviewers are reading it."""
        return self.draft.state is DraftState.IN_REVIEW

    @property
    def as_fields(self) -> bool:
        """Whether it can be shown as a form."""
        return self.kind is not None and not self.unit.original.broken and not (self.text and self.text.broken)

    def with_text(self, text: Manuscript) -> Writing:
        """The same with another text in this language, which is not saved yet."""
        if self.is_original:
            return replace(self, unit=replace(self.unit, original=text))
        return replace(self, unit=replace(self.unit, translations={**self.unit.translations, self.language: text}))

    def url(self, endpoint: str = "edit_unit", **more: Any) -> str:
        """An address of this unit."""
        given = {"text": None if self.is_original else self.language, **more}
        return url_for(f"authoring.{endpoint}", **self._where(), **given)

    def url_in(self, code: str, **more: Any) -> str:
        """The address where its text in a language is written."""
        given = {"text": None if code == self.unit.language else code, **more}
        return url_for("authoring.edit_unit", **self._where(), **given)

    def url_of(self, key: str, endpoint: str, **more: Any) -> str:
        """An address of another unit of the draft."""
        return url_for(f"authoring.{endpoint}", **{**self._where(), "unit": key}, **more)

    def _where(self) -> dict[str, Any]:
        return {"slug": self.slug, "draft": self.draft.public_id, "unit": self.unit.key}


def writing_on(session: Session, slug: str, draft: str, key: str, code: str = "") -> Writing:
    """A unit of a draft that one works on. Raises NotFound for any other, and for a language that is none."""
    row = draft_of(session, me().grants, slug, draft)
    unit = unit_draft(files_of(session, row), key)
    code = code or unit.language
    known = code in (unit.language, *unit.translations) or code in language_names(language())
    if not known or not _CODE.fullmatch(code):
        raise NotFound
    return Writing(session, row, slug, unit, code)
