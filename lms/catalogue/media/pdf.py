"""PDFs: read object by object, refused when they could act by themselves, and written anew without metadata."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from lms.catalogue.rules.media import LARGEST_DOCUMENT
from lms.kernel.apart import Rejected

MAGIC = b"%PDF-"
# Actions that start something or send something; jumping within the document and opening a web page when it is clicked
# are not among them.
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/GoToE",
    "/Rendition",
    "/Movie",
    "/Sound",
}
_ACTIONS |= {"/RichMediaExecute"}
# Keys that lead to programs, to files within the file, or to forms of their own.
_ACTIVE = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/AF"}
# Who wrote it, with what and when; and what programs keep for themselves.
_METADATA = {"/Metadata", "/PieceInfo", "/LastModified"}
_PASSES = 4
# JPEG segments that hold metadata: APP1 (EXIF, XMP), APP3 to APP13 and APP15, and comments. APP0, APP2 (the colour
# profile) and APP14 say how to show the pixels.
_IN_JPEG = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def rewritten(data: bytes) -> bytes:
    """The same pages in a new file that a second pass leaves as it is. Raises Rejected."""
    for _ in range(_PASSES):
        made = _pass(data)
        if made == data:
            break
        data = made
    else:
        raise Rejected("broken")
    if len(made) > LARGEST_DOCUMENT:
        raise Rejected("too-heavy-document", most=LARGEST_DOCUMENT // 1_000_000)
    return made


def hold_to_form(data: bytes) -> None:
    """Raises Rejected for a file that `rewritten` could not have made."""
    if len(data) > LARGEST_DOCUMENT or _pass(data) != data:
        raise Rejected("form")


def _pass(data: bytes) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Rejected("locked")
        writer = PdfWriter(clone_from=reader)
        if not len(writer.pages):
            raise Rejected("broken")
        for thing in _objects(writer):
            _refuse_active(thing)
            _strip(thing)
        writer.metadata = None
        return _written(writer)
    except (PyPdfError, LookupError, ValueError, TypeError, AttributeError, AssertionError, OSError, RecursionError):
        # What pypdf raises for a file that lies about itself.
        raise Rejected("broken") from None


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _objects(writer: PdfWriter) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, wherever it stands."""
    waiting: list[Any] = [thing for thing in writer._objects if thing is not None]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, DictionaryObject):
            yield thing
            waiting += [value for value in thing.values() if not isinstance(value, IndirectObject)]
        elif isinstance(thing, ArrayObject):
            waiting += [value for value in thing if not isinstance(value, IndirectObject)]


def _refuse_active(thing: DictionaryObject) -> None:
    found = next((key for key in thing if key in _ACTIVE), None)
    action = thing.get("/S")
    if isinstance(action, IndirectObject):
        action = action.get_object()
    if found is None and isinstance(action, str) and action in _ACTIONS:
        found = action
    if found is not None:
        raise Rejected("active", what=str(found).removeprefix("/"))


def _strip(thing: DictionaryObject) -> None:
    for key in _METADATA & thing.keys():
        del thing[key]
    if isinstance(thing, StreamObject) and thing.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        thing._data = _bare_jpeg(thing._data)


def _bare_jpeg(data: bytes) -> bytes:
    """The picture within a page without its EXIF, GPS, XMP and comments; as it is when it is no JPEG after all."""
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xDA:
            break
        if marker not in _IN_JPEG:
            kept.append(data[at : at + 2 + length])
        at += 2 + length
    return b"".join([*kept, data[at:]]) if data[:2] == b"\xff\xd8" else data
