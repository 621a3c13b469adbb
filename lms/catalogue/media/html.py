"""Pictures and documents on the page: the HTML that shows them, and what of it sanitising leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from lms.catalogue.labels import label
from lms.catalogue.rules.media import (
    DOCUMENT,
    PICTURE,
    document_address,
    is_address,
    medium_of,
    picture_address,
    widths_of,
)

Entry = Mapping[str, Any]

ATTRIBUTES = frozenset({"src", "srcset", "sizes", "width", "height", "alt", "loading", "decoding"})
_FIXED = {"loading": "lazy", "decoding": "async", "sizes": "(min-width: 48em) 44em, 100vw"}
_SIZE = re.compile(r"\S+ [0-9]{1,4}w")
# Attributes as nh3 writes them.
_STRANGER = re.compile(r'<img(?: (?!src=)[a-z]+="[^"]*")*>')
# In a `src`, a `srcset` or a `href`; the addresses are made here and hold nothing that HTML writes in another way.
_IN_AN_ATTRIBUTE = re.compile(r"""(=["]|, )(/media/[0-9a-f]{64}/)""")


def picture_html(entry: Entry, alternative: str, caption: str, language: str) -> str:
    """A picture with its caption (already HTML), who made it and why it may be shown. Where there is no such picture,
    which is so only in texts that are not in order yet, its text alternative stands for it."""
    medium = medium_of(entry) if entry.get("kind") == PICTURE else None
    if medium is None or medium.width is None:
        return (
            f'<figure class="fig fig-picture"><p>{escape(alternative)}</p><figcaption>{caption}</figcaption></figure>\n'
        )
    sizes = ", ".join(f"{picture_address(medium.sha256, width)} {width}w" for width in widths_of(medium.width))
    fixed = " ".join(f'{name}="{value}"' for name, value in _FIXED.items())
    whole = picture_address(medium.sha256, medium.width)
    return (
        f'<figure class="fig fig-picture">\n<img src="{whole}" srcset="{sizes}" {fixed} width="{medium.width}" '
        f'height="{medium.height}" alt="{escape(alternative)}">\n<figcaption>{caption}{_origin(entry, whole, language)}'
        "</figcaption></figure>\n"
    )


def _origin(entry: Entry, whole: str, language: str) -> str:
    size = f"{entry['width']} × {entry['height']}, {written_size(entry['bytes'], language)}"
    given = (escape(str(entry[name])) for name in ("provenance", "licence") if entry.get(name))
    # They are in one language for every reader, perhaps not in the direction of the page.
    said = " · ".join(f"<bdi>{one}</bdi>" for one in given)
    words = escape(label("whole-picture", language))
    return (
        f'<span class="fig-from">{said}<span class="fig-whole"> · <a href="{whole}">{words} ({size})</a></span></span>'
    )


def document_link(entry: Entry, language: str) -> tuple[str, str] | None:
    """The address of a document, and its type and size in words; None for what is no document."""
    medium = medium_of(entry) if entry.get("kind") == DOCUMENT else None
    if medium is None:
        return None
    address = document_address(medium.sha256, str(entry["id"]))
    return address, f" (PDF, {written_size(medium.bytes, language)})"


def written_size(size: int, language: str) -> str:
    """A number of bytes as `language` writes it: 84 kB, 1.2 MB."""
    try:
        locale = Locale.parse("en_GB" if language == "en" else language)
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse("en_GB")
    if size < 1_000_000:
        return f"{format_decimal(max(1, round(size / 1000)), locale=locale)} kB"
    return f"{format_decimal(round(size / 1_000_000, 1), locale=locale)} MB"


def attribute(name: str, value: str) -> str | None:
    """What sanitising leaves of an attribute of a picture: addresses of ours, and what `picture_html` writes."""
    if name == "src":
        return value if is_address(value) else None
    if name == "srcset":
        parts = value.split(", ")
        return value if all(_SIZE.fullmatch(part) and is_address(part.split(" ")[0]) for part in parts) else None
    if name in ("width", "height"):
        return value if value.isdecimal() else None
    return value if name == "alt" or _FIXED.get(name) == value else None


def without_strangers(html: str) -> str:
    """Sanitised HTML without the pictures that were left no address: they were none of ours."""
    return _STRANGER.sub("", html)


def mounted(html: str, prefix: str) -> str:
    """Sanitised HTML as it is shown where a host has mounted us under `prefix`, such as /seminar; empty for nowhere."""
    return _IN_AN_ATTRIBUTE.sub(rf"\g<1>{prefix}\g<2>", html) if prefix else html
