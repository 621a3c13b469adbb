"""In which language a text is shown, and what its reader should know of that."""

from __future__ import annotations

from lms.catalogue import queries as catalogue
from lms.catalogue.queries import UnitText
from lms.catalogue.rules.outline import OutlineUnit
from lms.catalogue.rules.texts import variety_in
from lms.kernel.values import dataclass

from .way import Way


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language of the text on the page; `elsewhere` is where its original is, or from there the way back."""

    code: str
    missing: bool
    """The reader's language has no text yet."""
    translated: bool
    stale: bool
    """The original has changed since it was translated."""
    awaiting: bool
    """No native reader stands behind the translation yet."""
    original: bool
    """It is the original of a text that the reader's language has."""
    elsewhere: str | None


def tongue_of(way: Way, unit: OutlineUnit, text: UnitText) -> Tongue:
    """What to say of a text's language; one statement, and only for a translation that its file does not confirm."""
    shown = unit.translations.get(text.language)
    own = variety_in({unit.language, *unit.translations}, way.language)
    original = way.original and own in unit.translations
    return Tongue(
        code=text.language,
        missing=own is None,
        translated=text.language != unit.language,
        stale=shown is not None and shown.stale,
        awaiting=shown is not None and not catalogue.is_confirmed(way.session, shown),
        original=original,
        elsewhere=way.url(unit, original=None if original else 1) if original or shown else None,
    )
