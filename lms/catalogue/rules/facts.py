"""What counts as a stated fact, which must cite a source: numbers, exact words, months, and laws named as such."""

from __future__ import annotations

import re

_ANYWHERE = r"(?<![\w-])\d[\d.,]*(?!\w)|\b\d+(?:st|nd|rd|th|º|ª|er|ère|e|k|m|bn)\b|\d{3,}s\b|[“”«»\"‘]"
# Round numbers in words. Small ones are how people write, and no facts by themselves.
_NUMBERS = {
    "en": "hundred thousand million billion",
    "es": "cien mil millón millones",
    "fr": "mille million millions milliard milliards",
}
# Without "May" and "mai", which are other words too, unless a preposition stands before them.
_MONTHS = {
    "en": "January February March April June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février avril juin juillet août septembre octobre novembre décembre",
}
_ACTS = {
    "en": "Accord Act Agreement Charter Constitution Convention Covenant Declaration Principles Protocol Resolution "
    "Statute Treaty",
    "es": "Acuerdo Carta Constitución Convención Convenio Declaración Estatuto Ley Pacto Principios Protocolo "
    "Resolución Tratado",
    "fr": "Accord Charte Constitution Convention Déclaration Loi Pacte Principes Protocole Résolution Statut Traité",
}
# What stands before the name of an act and tells it from a verb or a word at the head of a sentence.
_BEFORE = {
    "en": r"(?:[Tt]he|[Aa]n?|[A-Z][\w’-]+) ",
    "es": r"(?:[EeAaDd]l|[Ll]as?|[Ll]os|[Uu]na?) ",
    "fr": r"(?:[Ll]es?|[Ll]a|[DdAa]u|[Uu]ne?|[LlDd]’) ?",
}


def _pattern(language: str) -> re.Pattern[str]:
    months, acts = (words[language].replace(" ", "|") for words in (_MONTHS, _ACTS))
    numbers = _NUMBERS[language].replace(" ", "|")
    may = {"en": r"|\b(?:[Ii]n|[Oo]f|[Ss]ince|[Bb]y|[Uu]ntil) May\b", "fr": r"|\b(?:[Ee]n|de) mai\b"}.get(language, "")
    return re.compile(rf"{_ANYWHERE}|\b(?:{numbers})\b|\b(?:{months})\b{may}|\b{_BEFORE[language]}(?:{acts})s?\b")


_PATTERNS = {language: _pattern(language) for language in _MONTHS}
_OTHERS = re.compile(_ANYWHERE)


def stated_fact(text: str, language: str) -> str | None:
    """The first fact that a plain text states, in its own words; None where it states none.

    In a language whose months and acts are not known here, numbers and exact words are found.
    """
    found = _PATTERNS.get(language, _OTHERS).search(text)
    return found.group().rstrip(".,") if found else None
