"""Pictures and documents into the form in which they are kept. Runs in a process apart, never in ours.

What a file is, its content says and never its name. A picture is decoded and written anew, so that nothing of the file
itself is left: no metadata, no second meaning. A PDF is read object by object and written anew without what could act.
"""

from __future__ import annotations

from typing import Any

from PIL.Image import Image

from lms.catalogue.rules.media import DOCUMENT, PICTURE, hash_of
from lms.kernel.apart import Rejected

from . import pdf, pictures
from .parcel import packed, unpacked


def converted(data: bytes) -> bytes:
    """A parcel: the facts of the file as it will be kept, then that file and, of a picture, its narrower sizes.

    Raises Rejected for what is no picture or document, or may not be kept.
    """
    if data.startswith(pdf.MAGIC):
        return _document(pdf.rewritten(data))
    return _picture(*pictures.in_form(pictures.reencoded(data)))


def sized(data: bytes) -> bytes:
    """The same of a file that is in this form already: it stays as it is, byte for byte. Raises Rejected("form")."""
    if data.startswith(pdf.MAGIC):
        return _document(pdf.in_form(data))
    return _picture(*pictures.in_form(data))


def judged(parcel: bytes) -> bytes:
    """A parcel of files: of each the facts, or the reason why it is not in this form."""
    _, files = unpacked(parcel)
    return packed([_judged(data) for data in files], [])


def _judged(data: bytes) -> dict[str, Any]:
    try:
        if data.startswith(pdf.MAGIC):
            return _facts(DOCUMENT, pdf.in_form(data))
        image, data = pictures.in_form(data)
    except Rejected as no:
        return {"reason": no.reason, "values": no.values}
    return _facts(PICTURE, data, image)


def _document(data: bytes) -> bytes:
    return packed(_facts(DOCUMENT, data), [data])


def _picture(image: Image, data: bytes) -> bytes:
    narrower = pictures.narrower(image)
    return packed({**_facts(PICTURE, data, image), "widths": list(narrower)}, [data, *narrower.values()])


def _facts(kind: str, data: bytes, image: Image | None = None) -> dict[str, Any]:
    size = {"width": image.width, "height": image.height} if image else {}
    return {"kind": kind, "sha256": hash_of(data), "bytes": len(data), **size}
