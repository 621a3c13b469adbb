"""The glossary of a version: what each term is called in every language, how sure that is, and which units use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from itertools import groupby

from markupsafe import Markup

from lms.kernel.values import dataclass

from .alphabet import initial, order
from .texts import localised, spoken


@dataclass(frozen=True, slots=True)
class TermSource:
    """A source of a definition, ready for the page; `place` says where in it, in the author's words, or nothing."""

    html: Markup
    place: str


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term of the version; `standings` has "official" or "translation" for each language but the course's own."""

    key: str
    names: Mapping[str, str]
    standings: Mapping[str, str]
    definitions: Mapping[str, str]
    sources: tuple[TermSource, ...]
    units: tuple[str, ...] = field(default=())
    """The keys of the units that use it, in the order of the course."""

    def named(self, language: str) -> str:
        """What a reader of `language` finds it under."""
        return localised(self.names, language)

    def texts(self, language: str) -> tuple[str, ...]:
        """Everything a reader of `language` may search in: its names in all languages, and the definition they get."""
        return (*self.names.values(), localised(self.definitions, language))

    def others(self, language: str) -> list[str]:
        """The languages of its names besides the one a reader of `language` finds it under."""
        return [code for code in self.names if code != spoken(self.names, language)]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Every term of a version, in the order of its file."""

    terms: tuple[GlossaryTerm, ...]

    def term(self, key: str) -> GlossaryTerm | None:
        """The term of that key."""
        return next((term for term in self.terms if term.key == key), None)

    def languages(self) -> list[str]:
        """Every language that some term has a name in, in the order in which they come up."""
        return list(dict.fromkeys(code for term in self.terms for code in term.names))

    def alphabetical(self, language: str) -> list[GlossaryTerm]:
        """The terms as a reader of `language` looks for them."""
        return sorted(self.terms, key=lambda term: (order(term.named(language), language), term.named(language)))

    def neighbours(self, key: str, language: str) -> tuple[GlossaryTerm | None, GlossaryTerm | None]:
        """The terms before and after one in the alphabet."""
        terms = self.alphabetical(language)
        place = next(number for number, term in enumerate(terms) if term.key == key)
        return terms[place - 1] if place else None, terms[place + 1] if place + 1 < len(terms) else None


def by_initial(terms: Iterable[GlossaryTerm], language: str) -> list[tuple[str, list[GlossaryTerm]]]:
    """Terms in alphabetical order, under the letters they begin with."""
    groups = groupby(terms, key=lambda term: initial(term.named(language), language))
    return [(letter, list(found)) for letter, found in groups]
