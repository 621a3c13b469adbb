"""How a text of a unit stands in one language."""

from __future__ import annotations

import enum

from lms.catalogue.rules.outline import OutlineUnit, Translation
from lms.kernel.values import dataclass


class Standing(enum.StrEnum):
    """What is to be said of a unit in a language other than its own."""

    MISSING = "missing"
    AWAITING = "awaiting"
    """A translation is there; no native reader has confirmed it."""
    CONFIRMED = "confirmed"
    """Confirmed here, by somebody with the mandate for it."""
    IN_FILE = "in-file"
    """Its file says that it is confirmed."""


@dataclass(frozen=True, slots=True)
class TextStanding:
    """The standing in one language, and whether the original has changed since it was translated."""

    language: str
    standing: Standing
    translation: Translation | None

    @property
    def stale(self) -> bool:
        """Whether the translation follows an older text."""
        return self.translation is not None and self.translation.stale


def standing_in(unit: OutlineUnit, language: str, *, confirmed_here: bool) -> TextStanding:
    """How a unit stands in a language; `confirmed_here` is what was last said of its revision."""
    translation = unit.translations.get(language)
    if translation is None:
        return TextStanding(language, Standing.MISSING, None)
    if translation.confirmed_in_file:
        return TextStanding(language, Standing.IN_FILE, translation)
    return TextStanding(language, Standing.CONFIRMED if confirmed_here else Standing.AWAITING, translation)
