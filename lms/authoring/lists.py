"""The sources, terms, pictures and documents of a draft, as they stand in its files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lms.catalogue.files.nodes import read_yaml
from lms.catalogue.rules.media import HEAD

from .queries import DraftFiles

Entries = tuple[Mapping[str, Any], ...]


@lru_cache(maxsize=6)
def _entries(path: str, name: str, text: str) -> Entries:
    """Kept, because parsing one of these files takes longer than showing the few entries that a page needs."""
    document, wrong = read_yaml(path, text)
    entries = document.data.get(name) if not wrong and isinstance(document.data, dict) else None
    return tuple(one for one in entries if isinstance(one, dict)) if isinstance(entries, list) else ()


def sources_of(files: DraftFiles) -> Entries:
    """Those that have an id."""
    found = _entries("sources.yaml", "sources", files.texts.get("sources.yaml", ""))
    return tuple(one for one in found if isinstance(one.get("id"), str))


def terms_of(files: DraftFiles) -> Entries:
    """Those that have a key, and are called something."""
    found = _entries("glossary.yaml", "terms", files.texts.get("glossary.yaml", ""))
    return tuple(one for one in found if isinstance(one.get("key"), str) and isinstance(one.get("term"), dict))


def media_of(files: DraftFiles) -> Entries:
    """The pictures and documents that have an id."""
    found = _entries(HEAD, "media", files.texts.get(HEAD, ""))
    return tuple(one for one in found if isinstance(one.get("id"), str))


def draft_lists(files: DraftFiles) -> tuple[Entries, Entries, Entries]:
    """All three."""
    return sources_of(files), terms_of(files), media_of(files)
