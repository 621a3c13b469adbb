"""Texts that stand in several languages."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Any


def localised(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in whatever there is."""
    return texts[spoken(texts, language)]


def named_in(field: Any, language: str, otherwise: str) -> str:
    """As `localised`, of a field that is still being written; `otherwise` while it holds no text by language."""
    texts = written_in(field)
    return localised(texts, language) if texts else otherwise


def written_in(field: Any) -> dict[str, str]:
    """What somebody has written in a field of texts by language: nothing where it is missing, empty, or something
    else."""
    if not isinstance(field, Mapping):
        return {}
    return {str(code): text for code, text in field.items() if isinstance(text, str) and text}


def spoken(texts: Mapping[str, str], language: str) -> str:
    """The language that `localised` finds."""
    if texts.get(language):
        return language  # as mostly, and asked for each title of a page
    codes = (*_codes(language), "en")
    return next((code for code in codes if texts.get(code)), None) or next(iter(texts))


def variety_in(languages: Container[str], language: str) -> str | None:
    """The code under which a course has a language. Courses name languages without their region: `pt_BR` reads `pt`."""
    return next((code for code in _codes(language) if code in languages), None)


@lru_cache(maxsize=256)
def _codes(language: str) -> tuple[str, str]:
    """A language as it is said, and without its region."""
    return language, re.split("[-_]", language)[0]
