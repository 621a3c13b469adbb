"""Handing the signed file out, byte for byte as it was made, by itself or inside a picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from werkzeug.wrappers import Response

from lms.records.rules.baking import baked_png, baked_svg

from .queries import Kept

CREDENTIAL = "application/vc"
PICTURES: dict[str, tuple[str, Callable[[bytes, bytes], bytes]]] = {
    "png": ("image/png", baked_png),
    "svg": ("image/svg+xml", baked_svg),
}
"""The kinds of picture that carry a record: what each is, and how a document gets into one."""


def as_document(kept: Kept) -> Response:
    """For programs."""
    return Response(kept.document, mimetype=CREDENTIAL)


def as_file(kept: Kept) -> Response:
    """To be kept; the name of the file says nothing about whose it is."""
    return _attached(as_document(kept), "json")


def as_picture(kept: Kept, kind: str) -> Response:
    """The same inside a picture, which is alike for everybody: what it shows names nobody."""
    return _attached(Response(baked(kept.document, kind), mimetype=PICTURES[kind][0]), kind)


def baked(document: bytes, kind: str) -> bytes:
    """The picture of this kind with the document in it; equal documents give equal bytes."""
    _mimetype, put_in = PICTURES[kind]
    return put_in(_picture(kind), document)


@cache
def _picture(kind: str) -> bytes:
    return Path(__file__).with_name("picture").joinpath(f"badge.{kind}").read_bytes()


def _attached(answer: Response, ending: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="completion-record.{ending}"'
    return answer
