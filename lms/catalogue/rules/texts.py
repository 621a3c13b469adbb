"""Texts that stand in several languages."""

from __future__ import annotations

from collections.abc import Mapping


def localised(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in whatever there is."""
    return texts[spoken(texts, language)]


def spoken(texts: Mapping[str, str], language: str) -> str:
    """The language that `localised` finds."""
    return next((code for code in (language, "en") if texts.get(code)), next(iter(texts)))
