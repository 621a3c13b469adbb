"""What somebody typed or pasted, in the form that a course file can hold."""

from __future__ import annotations

import re

from lms.catalogue.files.text import tidy

_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_ENDS = re.compile("\r\n?|\u2028|\u2029")


def clean(text: str) -> str:
    """A text of any number of lines: LF, spaces for tabs, nothing that is not seen, NFC, tidy."""
    return tidy(_UNSEEN.sub("", _ENDS.sub("\n", text).replace("\t", "    ")))


def clean_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split("\n"))
