"""What single cells of lists say: sectors, languages and time zones, read by their key or in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

from lms.people.models import Sector
from lms.web.dates import is_zone, zones
from lms.web.languages import SOURCE, language_names

from .columns import LANGUAGES
from .spelling import letters_of

SECTOR_WORDS: Mapping[Sector, Mapping[str, str]] = {
    Sector.FOREIGN_AFFAIRS: {"en": "Foreign affairs", "es": "Relaciones exteriores", "fr": "Affaires étrangères"},
    Sector.JUSTICE: {"en": "Justice", "es": "Justicia", "fr": "Justice"},
    Sector.DEFENCE: {"en": "Defence", "es": "Defensa", "fr": "Défense"},
    Sector.INTERIOR: {"en": "Interior", "es": "Interior", "fr": "Intérieur"},
    Sector.EDUCATION: {"en": "Education", "es": "Educación", "fr": "Éducation"},
    Sector.HUMAN_RIGHTS: {
        "en": "Human rights institution",
        "es": "Institución de derechos humanos",
        "fr": "Institution des droits de l’homme",
    },
    Sector.OTHER: {
        "en": "Other ministry or institution",
        "es": "Otro ministerio o institución",
        "fr": "Autre ministère ou institution",
    },
}
"""What files call the sectors."""
_ALSO: Mapping[Sector, tuple[str, ...]] = {
    Sector.FOREIGN_AFFAIRS: ("foreign", "foreign ministry", "mfa", "exteriores", "asuntos exteriores", "diplomacy"),
    Sector.JUSTICE: ("moj", "legal affairs", "law"),
    Sector.DEFENCE: ("defense", "mod", "armed forces", "military"),
    Sector.INTERIOR: ("home affairs", "internal affairs", "moi", "police", "public security", "gobernación"),
    Sector.EDUCATION: ("moe", "schools", "enseignement", "enseñanza"),
    Sector.HUMAN_RIGHTS: (
        "human rights", "nhri", "indh", "derechos humanos", "droits de l'homme", "droits humains", "ombudsman",
        "defensoría", "national human rights institution",
    ),
    Sector.OTHER: ("other", "otro", "otra", "autre"),
}  # fmt: skip


def sector_words(sector: Sector, locale: str) -> str:
    """What a file in this language calls a sector."""
    words = SECTOR_WORDS[sector]
    return words.get(locale.replace("-", "_").partition("_")[0], words["en"])


def sector_of(text: str) -> Sector | None:
    """The sector that a cell names in any of the languages, by its key, or as offices call it."""
    return _sectors().get(letters_of(text))


@cache
def _sectors() -> Mapping[str, Sector]:
    also = {letters_of(word): sector for sector, words in _ALSO.items() for word in words}
    written = {letters_of(word): sector for sector, words in SECTOR_WORDS.items() for word in words.values()}
    return {**also, **written, **{letters_of(sector.value): sector for sector in Sector}}


def language_of(text: str) -> str | None:
    """The code of the language that a cell names: a code, or a name in itself or in English, Spanish or French."""
    return _languages().get(letters_of(text))


@cache
def _languages() -> Mapping[str, str]:
    """Codes and names; where one name stands for two languages, the first counts."""
    codes = tuple(language_names(SOURCE))
    named = [(name, code) for locale in LANGUAGES for code, name in language_names(locale).items()]
    own = [(_own_name(code), code) for code in codes]
    found = {letters_of(name): code for name, code in reversed([*named, *own]) if name}
    return {**found, **{letters_of(code): code for code in codes}}


def _own_name(code: str) -> str:
    try:
        return Locale.parse(code).display_name or ""
    except (UnknownLocaleError, ValueError):
        return ""


def zone_of(text: str) -> str | None:
    """The time zone that a cell names, such as "Africa/Dar_es_Salaam", whatever its case and blanks."""
    name = text.strip()
    return name if is_zone(name) else _zones().get(letters_of(name))


@cache
def _zones() -> Mapping[str, str]:
    return {letters_of(zone): zone for zone in zones()}
