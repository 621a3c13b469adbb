"""The name of a file in an archive, as it may stand on any system; or the reason why it may not."""

from __future__ import annotations

import re
import unicodedata

from lms.kernel.apart import Rejected

LONGEST = 200
_LONGEST_SHOWN = 80
_DRIVE = re.compile(r"[A-Za-z]:")
# Names that Windows gives to devices, whatever ending they bear.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])( *\..*)?", re.IGNORECASE)
_INVISIBLE = ("C", "Zl", "Zp")


def name_of(raw: bytes) -> str:
    """The name, with "/" between its parts and one at the end of a folder's. Raises Rejected."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("not-utf8", name=shown(raw.decode("utf-8", "replace"))) from None
    if len(raw) > LONGEST:
        raise Rejected("long-name", name=shown(name), most=LONGEST)
    if any(unicodedata.category(letter).startswith(_INVISIBLE) for letter in name):
        raise Rejected("invisible", name=shown(name))
    parts = name.removesuffix("/").split("/")
    if "\\" in name or _DRIVE.match(name) or any(part in ("", ".", "..") for part in parts):
        raise Rejected("leads-out", name=shown(name))
    if any(_DEVICE.fullmatch(part) or part.endswith((".", " ")) or ":" in part for part in parts):
        raise Rejected("device", name=shown(name))
    return name


def folded(name: str) -> str:
    """Equal for names that some system takes for one: by case, by composition, a file and a folder."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).removesuffix("/")


def shown(name: str) -> str:
    """The name fit for a sentence: nothing in it that cannot be seen, and not endless."""
    seen = "".join("\ufffd" if unicodedata.category(letter).startswith(_INVISIBLE) else letter for letter in name)
    return seen if len(seen) <= _LONGEST_SHOWN else seen[: _LONGEST_SHOWN - 1] + "…"
