"""Two who change one thing from pages that were drawn before: what each of them changed holds, and of what both have
changed the later one is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

_SHORT = 8


def marks_of(values: Mapping[str, object]) -> str:
    """Stands for what a page shows, by the name of each field: what a form carries to tell what was changed on it."""
    return " ".join(f"{name}:{_mark(value)}" for name, value in values.items())


def _mark(value: object) -> str:
    # Browsers send the ends of lines in their own way.
    text = str(value).replace("\r\n", "\n").strip()
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def changed_on(values: Mapping[str, object], shown: str) -> set[str]:
    """The names of what is other than on the page with these marks; what that page did not show is left out."""
    seen = dict(part.partition(":")[::2] for part in shown.split())
    return {name for name, mark in seen.items() if name in values and _mark(values[name]) != mark}
