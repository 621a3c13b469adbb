"""Terms made ready for the page: what each is called and how sure that is, where it stands, where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

from flask import url_for

from lms.catalogue.rules.alphabet import holds, order
from lms.catalogue.rules.glossary import GlossaryTerm, by_initial
from lms.catalogue.rules.outline import OutlineUnit
from lms.catalogue.rules.texts import spoken
from lms.kernel.values import dataclass
from lms.learning.queries import OwnProposal
from lms.learning.rules.proposals import Outcome
from lms.learning.rules.standing import ModuleStanding, UnitStanding
from lms.people.states import languages_of
from lms.web.languages import gettext as _
from lms.web.languages import in_a_row, language_name, language_names, listed
from lms.web.languages import lazy_gettext as _l

from .way import Way

STANDINGS = {"official": _l("official"), "translation": _l("translation, to be checked")}
OUTCOMES = {
    None: ("part", _l("waits for an answer")),
    Outcome.WITHDRAWN: ("none", _l("taken back")),
    Outcome.TAKEN_UP: ("done", _l("taken up")),
    Outcome.DECLINED: ("none", _l("not taken up")),
}
_MOST_OWN_LANGUAGES = 12


@dataclass(frozen=True)
class Name:
    """What a term is called in a language; the course's own has no standing."""

    text: str
    language: str
    standing: str | None

    @property
    def in_words(self) -> str:
        """Its standing in words, or nothing."""
        return str(STANDINGS[self.standing]) if self.standing in STANDINGS else ""

    @property
    def language_name(self) -> str:
        """The language, in that of the page."""
        return language_name(self.language)


@dataclass(frozen=True)
class Entry:
    """A term as a reader of a language meets it."""

    term: GlossaryTerm
    language: str

    @property
    def key(self) -> str:
        """The term's key."""
        return self.term.key

    @property
    def name(self) -> Name:
        """What it is found under."""
        return self._name(spoken(self.term.names, self.language))

    @property
    def others(self) -> list[Name]:
        """What it is called in the other languages."""
        return [self._name(code) for code in self.term.others(self.language)]

    @property
    def definition(self) -> Name:
        """What it means, and in which language that is said."""
        found = spoken(self.term.definitions, self.language)
        return Name(self.term.definitions[found], found, None)

    def _name(self, code: str) -> Name:
        return Name(self.term.names[code], code, self.term.standings.get(code))


@dataclass(frozen=True)
class LexiconPage:
    """Every term of the course; what a search does not find is there too, but hidden, for the page's script."""

    way: Way
    asked: str
    unit: OutlineUnit | None
    proposals: Sequence[OwnProposal]

    @cached_property
    def letters(self) -> list[tuple[str, list[Entry]]]:
        """The terms under the letters they begin with."""
        language = self.way.language
        groups = by_initial(self.way.glossary.alphabetical(language), language)
        return [(letter, [Entry(term, language) for term in terms]) for letter, terms in groups]

    @cached_property
    def hits(self) -> frozenset[str]:
        """The keys of the terms that the search finds; all of them without one."""
        language = self.way.language
        return frozenset(term.key for term in self.way.glossary.terms if holds(self.asked, term.texts(language)))

    def shows(self, entries: Sequence[Entry]) -> bool:
        """Whether the search finds any of these."""
        return any(entry.key in self.hits for entry in entries)

    @property
    def languages(self) -> str:
        """The languages of the glossary, as a list in words."""
        return listed([language_name(code) for code in self.way.glossary.languages()])

    @cached_property
    def here(self) -> list[Entry]:
        """The terms of the unit the reader came from, in alphabetical order."""
        return [entry for _letter, entries in self.letters for entry in entries if entry.key in self.here_keys]

    @cached_property
    def here_keys(self) -> frozenset[str]:
        """The keys of those terms."""
        key = self.unit.key if self.unit else None
        return frozenset(term.key for term in self.way.glossary.terms if key in term.units)


@dataclass(frozen=True)
class Use:
    """A unit that uses a term; one that is not open yet has no address, and says what it waits for."""

    unit: UnitStanding
    module: ModuleStanding
    language: str
    url: str | None

    @property
    def waits_for(self) -> str:
        """What must be finished before it can be opened."""
        names = in_a_row([module.named(self.language) for module in self.module.waits_for])
        return str(_("Opens when you have read: %(modules)s.", modules=names)) if names else ""


def uses_of(way: Way, term: GlossaryTerm) -> list[Use]:
    """The units of the course that use a term, in order."""
    return [
        Use(unit, module, way.language, way.url(unit.unit) if module.open else None)
        for module in way.standing.modules
        for unit in module.units
        if unit.unit.key in term.units
    ]


def term_url(way: Way, key: str, to: str = "term", **values: Any) -> str:
    """The address of a term, or of something done to it."""
    return url_for(f"learning.{to}", edition=way.own.edition, term=key, **values)


def own_languages(way: Way, chosen: str | None, accepted: Sequence[str]) -> list[str]:
    """The languages somebody may well know a word in: their own choice, their browser's, those of their state."""
    likely = (*([chosen] if chosen else []), *accepted, *languages_of(way.own.state))
    plain = dict.fromkeys(code.replace("-", "_").partition("_")[0].lower() for code in likely)
    known = language_names(way.language)
    return [code for code in plain if code in known and code != way.outline.language][:_MOST_OWN_LANGUAGES]


def language_choices(way: Way, own: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Every language but the course's own, by name, those of the reader first."""
    names = {code: name for code, name in _by_name(way.language) if code != way.outline.language}
    likely = [(code, names.pop(code)) for code in own]
    first = {"": [("", _("Choose a language"))], _("Perhaps one of these"): likely}
    return {**first, _("All languages"): list(names.items())}


@lru_cache(maxsize=32)
def _by_name(locale: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(language_names(locale).items(), key=lambda pair: order(pair[1], locale)))
