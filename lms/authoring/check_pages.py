"""The checks of a whole draft, file by file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby

from flask import url_for

from lms.catalogue.checks import Checked
from lms.catalogue.rules.course_files import unit_path
from lms.catalogue.rules.mistakes import Mistake
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.web.languages import gettext as _
from lms.web.languages import language, own_name

from .checking import placed
from .draft_pages import file_in_words
from .labels import place_name
from .manuscript import UnitDraft, unit_draft
from .rules.fields import PREFIX
from .unit_checks import Remark
from .workspace import Workspace


@dataclass(frozen=True)
class FileRemarks:
    """What is to be mended in one file."""

    title: str
    remarks: list[Remark]


@dataclass(frozen=True)
class DraftChecksPage:
    """A draft with the validator's word on it."""

    work: Workspace

    @cached_property
    def checked(self) -> Checked:
        """The word itself."""
        return self.work.checked()

    @cached_property
    def mistakes(self) -> list[FileRemarks]:
        """What must be mended."""
        return self.by_file(self.checked.mistakes)

    @cached_property
    def notices(self) -> list[FileRemarks]:
        """What may stay as it is: translations that follow an older text."""
        return self.by_file(self.checked.notices)

    @property
    def number(self) -> int:
        """How many mistakes there are."""
        return len(self.checked.mistakes)

    def by_file(self, found: Iterable[Mistake]) -> list[FileRemarks]:
        """Mistakes as they are told on pages, for each file."""
        groups = groupby(sorted(found), key=lambda mistake: mistake.file)
        return [self._file(path, list(mistakes)) for path, mistakes in groups]

    def _file(self, path: str, mistakes: list[Mistake]) -> FileRemarks:
        at = unit_path(path)
        unit = self._unit(at.key) if at and at.key != "module" else None
        if at is None or unit is None:
            title, more, url = file_in_words(self.work, path, language())
            remarks = [Remark(more or title, url or "", 0 if url else one.line, one.what, one.cure) for one in mistakes]
            return FileRemarks(title, remarks)
        code = at.language or unit.language
        title = unit.title(language())
        if code != unit.language:
            title = str(_("%(unit)s, %(language)s", unit=title, language=own_name(code)))
        return FileRemarks(title, [self._remark(unit, code, one) for one in mistakes])

    def _unit(self, key: str) -> UnitDraft | None:
        try:
            return unit_draft(self.work.files, key)
        except NotFound:
            return None

    def _remark(self, unit: UnitDraft, code: str, mistake: Mistake) -> Remark:
        text = unit.original if code == unit.language else unit.translations.get(code)
        if text is None:
            return Remark("", "", mistake.line, mistake.what, mistake.cure)
        found = placed(text, mistake)
        url = url_for(
            "authoring.edit_unit",
            slug=self.work.slug,
            draft=self.work.draft.public_id,
            unit=unit.key,
            text=None if code == unit.language else code,
            _anchor=".".join((PREFIX, *map(str, found.where))) if found.where else "main",
        )
        return Remark(place_name(found.where), url, found.line, mistake.what, mistake.cure)
