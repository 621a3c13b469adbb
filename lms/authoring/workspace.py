"""A draft as those who write it work on it: its files, read as a course, and checked as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from functools import cached_property

from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.checks import Checked, check
from lms.catalogue.files.canonical import unit_text
from lms.catalogue.files.read import Reading, read_files
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile
from lms.catalogue.rules.media import Medium
from lms.catalogue.rules.texts import named_in
from lms.catalogue.services import fingerprint
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .models import Draft
from .queries import DraftFiles, files_of, slug_of


@dataclass(frozen=True)
class Workspace:
    """A draft with its files; what is read and checked of them is worked out when it is first asked for."""

    draft: Draft
    slug: str
    files: DraftFiles
    kinds: Mapping[str, UnitKind] = field(repr=False)
    elsewhere: Collection[str] = field(repr=False)
    """The modules that may be taken over from other courses, as "course/module"."""

    media: Mapping[str, Medium] = field(repr=False, default_factory=dict)
    """The pictures and documents that are kept, of those that media.yaml names by their hash."""

    @cached_property
    def bytes(self) -> dict[str, bytes]:
        """The files as they would stand in a folder."""
        return {path: text.encode() for path, text in self.files.texts.items()}

    @cached_property
    def files_hash(self) -> str:
        """Names the files as they stand now, all of them."""
        return fingerprint(self.files.texts)

    @cached_property
    def reading(self) -> Reading:
        """The files read leniently: fields may be missing while they are being written, nothing is left out."""
        return read_files(self.bytes, self.kinds, lenient=True)

    @cached_property
    def course(self) -> CourseFiles:
        """The course as it stands in the draft."""
        found = self.reading.course
        assert found is not None  # noqa: S101 - a lenient reading always has one
        return found

    @cached_property
    def base(self) -> CourseFiles | None:
        """The course as it was published, where it was."""
        raw = {path: text.encode() for path, text in self.files.base.items()}
        return read_files(raw, self.kinds, lenient=True).course if raw else None

    def checked(self) -> Checked:
        """What the validator of course files says of the draft."""
        return check(self.bytes, self.kinds, self.elsewhere, self.media)

    def title(self, language: str) -> str:
        """What the course is called; its slug while it has no title."""
        return named_in(self.course.fields.get("title"), language, self.slug)

    def find(self, key: str) -> tuple[ModuleFile, UnitFile]:
        """A unit with its module; raises NotFound for a key that the draft does not have."""
        found = next(((module, unit) for module, unit in self.course.units() if unit.key == key), None)
        if found is None:
            raise NotFound
        return found

    def text(self, key: str, language: str = "") -> UnitFile | None:
        """A text of a unit: the one it is written in, or its translation if there is one."""
        module, unit = self.find(key)
        if language in ("", unit.language):
            return unit
        return next((text for text in module.translations_of(unit) if text.language == language), None)

    def written(self, file: UnitFile, kind: str = "") -> str:
        """A unit's file in its canonical form; a translation is of the `kind` of its original."""
        return unit_text(file, self.kinds[kind or file.kind])


def workspace_of(session: Session, draft: Draft, kinds: Mapping[str, UnitKind]) -> Workspace:
    """A draft ready to be worked on."""
    elsewhere = frozenset(catalogue.reusable_modules(session))
    files = files_of(session, draft)
    held = catalogue.kept_for(session, files.texts)
    return Workspace(draft, slug_of(session, draft), files, kinds, elsewhere, held)
