"""What the pages about pictures and documents of a draft show, worked out beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import url_for

from lms.catalogue.media.html import written_size
from lms.catalogue.rules.course_files import UnitFile
from lms.catalogue.rules.media import (
    DOCUMENT,
    LARGEST_DOCUMENT,
    PICTURE,
    WIDEST,
    document_address,
    medium_of,
    picture_address,
    widths_of,
)
from lms.catalogue.rules.texts import named_in
from lms.kernel.values import dataclass
from lms.web.languages import gettext as _
from lms.web.languages import language_name

from .queries import is_open
from .rules.illustrating import snippet, uses
from .workspace import Workspace

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A text that names a file."""

    title: str
    language: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A picture or document of a draft."""

    key: str
    title: str
    kind: str
    size: str
    sha256: str
    licence: str
    provenance: str
    preview: str | None
    whole: str | None
    snippet: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class MediaPage:
    """The pictures and documents of a draft."""

    work: Workspace
    language: str

    @property
    def course(self) -> str:
        """The title of the course."""
        return self.work.title(self.language)

    @property
    def at(self) -> dict[str, str]:
        """Where the draft is."""
        return {"slug": self.work.slug, "draft": self.work.draft.public_id}

    @property
    def open(self) -> bool:
        """Whether anything can be changed."""
        return is_open(self.work.draft)

    @property
    def taken(self) -> str:
        """What may be sent, in words."""
        return str(
            _(
                "A picture (JPEG, PNG, WebP, GIF) or a PDF. Pictures are kept at most %(width)s pixels wide, without "
                "what the camera wrote into them; PDFs up to %(most)s without their author fields.",
                width=WIDEST,
                most=written_size(LARGEST_DOCUMENT, self.language),
            )
        )

    @cached_property
    def lines(self) -> list[Line]:
        """Everything there is, in the order of the file."""
        used = uses(self.work.course)
        return [self._line(entry, used.get(str(entry.get("id")), [])) for entry in self.work.course.media]

    def line(self, key: str) -> Line:
        """One of them that is there."""
        return next(line for line in self.lines if line.key == key)

    def _line(self, entry: Entry, texts: list[tuple[UnitFile, UnitFile]]) -> Line:
        preview, whole = _addresses(entry)
        return Line(
            key=str(entry.get("id")),
            title=str(entry.get("title") or entry.get("id")),
            kind=str(_("Picture") if entry.get("kind") == PICTURE else _("Document, PDF")),
            size=self._size(entry),
            sha256=str(entry.get("sha256", "")),
            licence=str(entry.get("licence", "")),
            provenance=str(entry.get("provenance", "")),
            preview=preview,
            whole=whole,
            snippet=snippet(entry, _("what the picture shows")),
            places=tuple(self._place(unit, text) for unit, text in texts),
        )

    def _place(self, unit: UnitFile, text: UnitFile) -> Place:
        title = named_in(unit.front.get("title"), self.language, unit.key)
        original = text is unit
        where = {**self.at, "unit": unit.key} | ({} if original else {"text": text.language})
        url = url_for("authoring.edit_unit", **where)  # type: ignore[arg-type]
        return Place(title, "" if original else language_name(text.language), url)

    def _size(self, entry: Entry) -> str:
        medium = medium_of(entry)
        if medium is None:
            return str(_("no file"))
        size = written_size(medium.bytes, self.language)
        return f"{medium.width} × {medium.height}, {size}" if medium.width else size


def _addresses(entry: Entry) -> tuple[str | None, str | None]:
    """Where a small picture, and where the whole file is to be had."""
    medium = medium_of(entry)
    if medium is None:
        return None, None
    if entry.get("kind") == DOCUMENT:
        return None, _url(document_address(medium.sha256, str(entry.get("id"))))
    width = medium.width or 0
    small = next((one for one in widths_of(width) if one >= min(width, 480)), width)
    return _url(picture_address(medium.sha256, small)), _url(picture_address(medium.sha256, width))


def _url(address: str) -> str:
    _nothing, _media, sha256, name = address.split("/")
    return url_for("catalogue.medium", sha256=sha256, name=name)
