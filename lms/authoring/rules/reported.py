"""Which text of the newest version is the one a report speaks of."""

from __future__ import annotations

from lms.catalogue.rules.outline import OutlineUnit


def newest_text(unit: OutlineUnit | None, language: str) -> int | None:
    """The revision that stands there now in that language; None where the course has no such text any more."""
    if unit is None:
        return None
    if language == unit.language:
        return unit.revision_id
    translation = unit.translations.get(language)
    return translation.revision_id if translation else None
