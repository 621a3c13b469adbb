"""Texts that stand in several languages."""

from __future__ import annotations

from collections.abc import Mapping


def localised(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in whatever there is."""
    return texts[language_of(texts, language)]


def language_of(texts: Mapping[str, str], language: str) -> str:
    """The language in which a reader of `language` gets the text."""
    return next((code for code in (language, "en") if texts.get(code)), next(iter(texts)))
