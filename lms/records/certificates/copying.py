"""What a reader copies out of the name. In Khmer, and in many scripts of India, one letter is drawn of several pieces,
and each piece would be copied as the whole letter. Where a name holds such letters, its part of the page is marked with
the text it stands for (ActualText, ISO 32000-1, 14.9.4), once."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject, NullObject, NumberObject

_NAME_TAG = "/H2"
"""The name is the only heading of the second level."""
_NEXT = re.compile(rb"EMC/\w+<</MCID ")
_LETTER = re.compile(rb"/(?:Span<</ActualText<[0-9A-F]*>>>BDC|ReversedChars BMC)(.*?)EMC", re.DOTALL)


def copied_right(pdf: bytes, name: str) -> bytes:
    """The PDF, in which the name is copied as it was written; the same bytes where typst does that already."""
    if not any(unicodedata.category(letter).startswith("M") for letter in name):
        return pdf
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    root: Any = writer.root_object
    element = _named(root["/StructTreeRoot"]["/K"])
    marks = [int(mark) for mark in element["/K"]] if isinstance(element["/K"], ArrayObject) else [int(element["/K"])]
    page = writer.pages[0]
    _mark(page, marks, name)
    element[NameObject("/K")] = NumberObject(marks[0])
    _forget(root, page, marks[1:])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _named(node: Any) -> Any:
    """The heading that is the name, wherever it stands in the tree."""
    found = node.get_object()
    if isinstance(found, ArrayObject):
        return next(filter(None, map(_named, found)), None)
    if not hasattr(found, "get"):
        return None
    return found if found.get("/S") == _NAME_TAG else _named(found["/K"]) if "/K" in found else None


def _mark(page: Any, marks: list[int], name: str) -> None:
    """One marked part in the place of those that belong to the name."""
    content = page["/Contents"].get_object()
    drawn: bytes = content.get_data()
    first, *others = marks
    for mark in others:
        drawn = drawn.replace(b"EMC" + _begun(mark), b"")
    before, _, rest = drawn.partition(_begun(first))
    end = _NEXT.search(rest)
    if end is None or not before:
        raise ValueError("the name is not where its heading says")
    # Where typst marks single letters, or letters drawn from right to left, the whole name says it already.
    part = _LETTER.sub(rb"\1", rest[: end.start()])
    written = (b"\xfe\xff" + name.encode("utf-16-be")).hex().encode()
    opened = b"/Span<</MCID %d/ActualText<%s>>>BDC" % (first, written)
    content.set_data(before + opened + part + rest[end.start() :])


def _begun(mark: int) -> bytes:
    return b"/Span<</MCID %d>>BDC" % mark


def _forget(root: Any, page: Any, marks: list[int]) -> None:
    """The parts that are one now lead to nothing of the tree any more."""
    tree = root["/StructTreeRoot"]["/ParentTree"].get_object()
    for node in [tree, *(kid.get_object() for kid in tree.get("/Kids", ()))]:
        numbers = node.get("/Nums", ArrayObject())
        for place in range(0, len(numbers), 2):
            if int(numbers[place]) == int(page["/StructParents"]):
                parents = numbers[place + 1].get_object()
                for mark in marks:
                    parents[mark] = NullObject()
