"""Bytes of a course file to text, refusing what would not survive a round trip."""

from __future__ import annotations

import re
import unicodedata

from lms.catalogue.rules.mistakes import Mistake

LARGEST = 256 * 1024
_FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)


def decode(path: str, raw: bytes) -> tuple[str, list[Mistake]]:
    """The text with LF line ends, or nothing and the reason. A carriage return is a matter of form, not a mistake."""
    if len(raw) > LARGEST:
        return "", [Mistake(path, 1, f"the file has {len(raw) // 1024} kB", f"keep a file under {LARGEST // 1024} kB")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return "", [Mistake(path, line, "this is not UTF-8 text", "save the file as UTF-8")]
    text = text.replace("\r\n", "\n")
    return text, [
        _forbidden(path, number, line) for number, line in enumerate(text.split("\n"), 1) if _FORBIDDEN.search(line)
    ]


def _forbidden(path: str, number: int, line: str) -> Mistake:
    found = _FORBIDDEN.search(line)
    code = ord(found.group()) if found else 0
    what = "there is a tab" if code == 9 else f"there is an invisible control character (U+{code:04X})"
    return Mistake(path, number, what, "use spaces" if code == 9 else "delete it")


def tidy(text: str) -> str:
    """One form for one text: NFC, no spaces at line ends, no blank lines in a row, none around."""
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
