"""The options of a filter as they stand on the page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup


def options(choices: Iterable[tuple[str, str]], chosen: str | None) -> Markup:
    """One option for each (value, words).

    Hundreds of institutions are offered on page after page, so each is escaped once; none of them is a secret.
    """
    return Markup("".join(_option(value, words, value == chosen) for value, words in choices))  # noqa: S704


@lru_cache(maxsize=8192)
def _option(value: str, words: str, chosen: bool) -> str:
    pattern = Markup('<option value="{}" selected>{}</option>' if chosen else '<option value="{}">{}</option>')  # noqa: S704
    return pattern.format(value, words)
