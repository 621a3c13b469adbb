"""Texts that stand in several languages."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping


def localised(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in whatever there is."""
    return texts[spoken(texts, language)]


def spoken(texts: Mapping[str, str], language: str) -> str:
    """The language that `localised` finds."""
    there = {code for code, text in texts.items() if text}
    return variety_in(there, language) or variety_in(there, "en") or next(iter(texts))


def variety_in(languages: Container[str], language: str) -> str | None:
    """The code under which a course has a language. Courses name languages without their region: `pt_BR` reads `pt`."""
    return next((code for code in (language, re.split("[-_]", language)[0]) if code in languages), None)
