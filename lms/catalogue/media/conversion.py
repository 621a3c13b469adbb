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
    made = pdf.rewritten(data) if data.startswith(pdf.MAGIC) else pictures.reencoded(data)
    facts, narrower = _sized(made)
    return packed(facts, [made, *narrower])


def sized(parcel: bytes) -> bytes:
    """A parcel of files that are in this form already: the facts of each, and the narrower sizes of all the pictures.

    Raises Rejected("form") for one that is not.
    """
    _, files = unpacked(parcel)
    made = [_sized(data) for data in files]
    return packed([facts for facts, _ in made], [piece for _, narrower in made for piece in narrower])


def judged(parcel: bytes) -> bytes:
    """A parcel of files: of each the facts, or the reason why it is not in this form."""
    _, files = unpacked(parcel)
    return packed([_judged(data) for data in files], [])


def _judged(data: bytes) -> dict[str, Any]:
    try:
        return _facts(data)[0]
    except Rejected as no:
        return {"reason": no.reason, "values": no.values}


def _sized(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    facts, image = _facts(data)
    narrower = pictures.narrower(image) if image else {}
    return {**facts, "widths": list(narrower)}, list(narrower.values())


def _facts(data: bytes) -> tuple[dict[str, Any], Image | None]:
    """What is true of a file that is in this form, and the pixels of a picture. Raises Rejected."""
    facts = {"sha256": hash_of(data), "bytes": len(data)}
    if data.startswith(pdf.MAGIC):
        pdf.hold_to_form(data)
        return {"kind": DOCUMENT, **facts}, None
    image = pictures.in_form(data)
    return {"kind": PICTURE, **facts, "width": image.width, "height": image.height}, image
