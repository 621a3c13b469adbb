"""One unit of a draft, read for those who write it: cheaply, and whatever state its file is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from lms.catalogue.files.canonical import FENCE, unit_text
from lms.catalogue.files.nodes import Document, read_yaml
from lms.catalogue.rules.course_files import UnitFile, unit_path
from lms.catalogue.rules.mistakes import Mistake
from lms.catalogue.rules.translation import text_hash
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .lists import media_of, sources_of, terms_of
from .queries import DraftFiles
from .rules.typed import clean


@dataclass(frozen=True)
class Manuscript:
    """One file of a unit. `broken` says why its fields could not be read; then there are none."""

    path: str
    key: str
    language: str
    text: str
    document: Document = field(repr=False)
    body: str = field(default="", repr=False)
    body_line: int = 1
    broken: tuple[Mistake, ...] = ()

    @property
    def front(self) -> Mapping[str, Any]:
        """Its fields."""
        return self.document.data if isinstance(self.document.data, dict) and not self.broken else {}

    @property
    def kind(self) -> str:
        """The kind its author named."""
        return str(self.front.get("kind", ""))

    @property
    def suffix(self) -> str:
        """.md where it has a text beside its fields."""
        return self.path[self.path.rindex(".") :]

    @cached_property
    def file(self) -> UnitFile:
        """The same for the rules of course files."""
        return UnitFile(self.path, self.key, self.language, self.front, self.body)

    @property
    def hash(self) -> str:
        """What a translation of it follows."""
        return text_hash(self.file)


def read_manuscript(path: str, key: str, language: str, text: str) -> Manuscript:
    """A file of a unit; one that is no YAML comes without fields, and with what is wrong."""
    front, body, first, body_line = text, "", 1, 1
    lines = text.split("\n")
    if path.endswith(".md"):
        end = lines.index(FENCE, 1) if lines[0] == FENCE and FENCE in lines[1:] else 0
        front, body, first = "\n".join(lines[1:end]) + "\n", "\n".join(lines[end + 1 :] if end else lines), 2
        start = end + 1 if end else 0
        body_line = next((n for n, line in enumerate(lines[start:], start + 1) if line.strip()), start + 1)
    document, wrong = read_yaml(path, front, first)
    return Manuscript(path, key, language, text, document, clean(body), body_line, tuple(wrong))


@dataclass(frozen=True)
class UnitDraft:
    """A unit of a draft with its translations, and what of the course its texts need."""

    files: DraftFiles
    key: str
    folder: str
    original: Manuscript
    translations: Mapping[str, Manuscript]
    head: Mapping[str, Any]
    module: Mapping[str, Any]

    @property
    def language(self) -> str:
        """The language the unit is written in."""
        return self.original.language

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the course, its own first: of its title and of what is translated already."""
        titles = self.head.get("title")
        spoken = {*(titles if isinstance(titles, dict) else ()), *self.translations} - {self.language}
        return (self.language, *sorted(spoken))

    @cached_property
    def sources(self) -> tuple[Mapping[str, Any], ...]:
        """The course's sources, as they stand in the draft."""
        return sources_of(self.files)

    @cached_property
    def terms(self) -> tuple[Mapping[str, Any], ...]:
        """The course's terms."""
        return terms_of(self.files)

    @cached_property
    def media(self) -> tuple[Mapping[str, Any], ...]:
        """The course's pictures and documents."""
        return media_of(self.files)

    @cached_property
    def published(self) -> Manuscript | None:
        """The unit as it stands in the version below the draft, in whatever module."""
        return _original_in(self.files.base, self.key, self.language)

    def neighbour(self, key: str) -> Manuscript | None:
        """Another unit of the draft, in the language of the course."""
        return _original_in(self.files.texts, key, self.language)

    def title(self, language: str) -> str:
        """What the unit is called, in a language if it has that; its key while it has no title."""
        titles = self.original.front.get("title")
        texts = titles if isinstance(titles, dict) else {}
        return str(texts.get(language) or texts.get(self.language) or next(iter(texts.values()), self.key))

    def path_of(self, language: str) -> str:
        """Where the text in a language stands, or would."""
        if language == self.language:
            return self.original.path
        return f"modules/{self.folder}/{self.key}.{language}{self.original.suffix}"


def unit_draft(files: DraftFiles, key: str) -> UnitDraft:
    """A unit of a draft. Raises NotFound for a key that the draft has no file of."""
    head = _fields("course.yaml", files.texts)
    language = str(head.get("language") or "en")
    found: dict[str, Manuscript] = {}
    folder = ""
    for path, text in files.texts.items():
        at = unit_path(path)
        if at and at.key == key and key != "module" and (not folder or at.folder == folder):
            folder = at.folder
            code = at.language or language
            found.setdefault(code, read_manuscript(path, key, code, text))
    if language not in found:
        raise NotFound
    original = found.pop(language)
    module = _fields(f"modules/{folder}/module.yaml", files.texts)
    return UnitDraft(files, key, folder, original, found, head, module)


def _original_in(texts: Mapping[str, str], key: str, language: str) -> Manuscript | None:
    for path, text in texts.items():
        found = unit_path(path)
        if found and found.key == key and not found.language:
            return read_manuscript(path, key, language, text)
    return None


def _fields(path: str, texts: Mapping[str, str]) -> Mapping[str, Any]:
    document, wrong = read_yaml(path, texts.get(path, ""))
    return document.data if not wrong and isinstance(document.data, dict) else {}


def written(manuscript: Manuscript, kind: UnitKind, front: Mapping[str, Any], body: str) -> str:
    """The file of a unit with these fields and this body, in its canonical form."""
    return unit_text(UnitFile(manuscript.path, manuscript.key, manuscript.language, front, body), kind)
