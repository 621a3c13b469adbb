"""Texts that stand in several languages."""

from __future__ import annotations

from collections.abc import Mapping


def localised(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in whatever there is."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))
