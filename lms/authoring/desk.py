"""A course as those who work on it find it: its outline with everything that is counted and said of its texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.files.read import read_unit
from lms.catalogue.models import ConfirmationAct
from lms.catalogue.queries import Published
from lms.catalogue.rules.checking import overdue
from lms.catalogue.rules.outline import Outline, OutlineModule, OutlineUnit
from lms.catalogue.rules.passages import Changed, changes, passages_of
from lms.catalogue.rules.translation import text_hash
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass

from .queries import Said, StoredText, TextFacts, facts_of, originals_of, said_of, stored_texts
from .rules.standing import Standing, TextStanding, standing_in


@dataclass(frozen=True)
class Desk:
    """The newest version of a course, the facts of its texts, and what native readers said of them."""

    slug: str
    published: Published
    outline: Outline
    facts: Mapping[int, TextFacts]
    said: Mapping[int, Sequence[Said]]

    @property
    def languages(self) -> tuple[str, ...]:
        """The other languages of the course: of its title, and of its translations."""
        spoken = {*self.outline.title, *(code for _module, unit in self.outline.units() for code in unit.translations)}
        return tuple(sorted(spoken - {self.outline.language}))

    def find(self, key: str) -> tuple[OutlineModule, OutlineUnit]:
        """A unit with its module; raises NotFound."""
        found = next(((module, unit) for module, unit in self.outline.units() if unit.key == key), None)
        if found is None:
            raise NotFound
        return found

    def standing(self, unit: OutlineUnit, language: str) -> TextStanding:
        """How a unit stands in a language."""
        translation = unit.translations.get(language)
        last = self.last_said(translation.revision_id) if translation else None
        return standing_in(unit, language, confirmed_here=last is not None and last.act is ConfirmationAct.CONFIRMED)

    def last_said(self, revision_id: int) -> Said | None:
        """What was said last of a translation's text."""
        said = self.said.get(revision_id)
        return said[-1] if said else None

    def marks(self, unit: OutlineUnit) -> int:
        """How many places of a unit need a source."""
        return self.facts[unit.revision_id].marks

    @property
    def terms_to_review(self) -> list[Mapping[str, str]]:
        """The terms of the glossary that have no source yet."""
        return [term for term in self.outline.terms if term.get("needs_review")]

    @property
    def places_to_review(self) -> int:
        """Every place of the course that needs a source, the glossary included."""
        return sum(self.marks(unit) for _module, unit in self.outline.units()) + len(self.terms_to_review)

    def stale(self) -> Iterator[tuple[OutlineUnit, int]]:
        """Units with the revision of a translation that follows an older text."""
        for _module, unit in self.outline.units():
            yield from ((unit, found.revision_id) for found in unit.translations.values() if found.stale)

    def awaiting(self) -> Iterator[tuple[OutlineUnit, str]]:
        """Units with the language of a translation that no native reader has confirmed."""
        for _module, unit in self.outline.units():
            codes = (code for code in unit.translations if self.standing(unit, code).standing is Standing.AWAITING)
            yield from ((unit, code) for code in codes)

    def overdue_sources(self, today: dt.date) -> list[Mapping[str, Any]]:
        """The sources that are past the day to check them by, in the order of their file."""
        return [source for source in self.outline.sources if overdue(source, today)]

    def in_need_of_care(self, today: dt.date) -> int:
        """How many places, terms, translations and sources need care; a translation may for two reasons."""
        translations = len(list(self.stale())) + len(list(self.awaiting()))
        return self.places_to_review + translations + len(self.overdue_sources(today))


def desk_of(session: Session, slug: str, published: Published) -> Desk:
    """One course's desk; as `desks_of`."""
    return desks_of(session, [(slug, published)])[0]


def desks_of(session: Session, courses: Iterable[tuple[str, Published]]) -> list[Desk]:
    """Two statements for all of them beside their outlines, which are kept in memory."""
    found = [(slug, published, catalogue.outline(session, published.version_id)) for slug, published in courses]
    units = [unit for _slug, _published, outline in found for _module, unit in outline.units()]
    translations = [found.revision_id for unit in units for found in unit.translations.values()]
    facts = facts_of(session, [*(unit.revision_id for unit in units), *translations])
    said = said_of(session, translations)
    return [Desk(slug, published, outline, *_of_its_own(outline, facts, said)) for slug, published, outline in found]


def _of_its_own(
    outline: Outline, facts: Mapping[int, TextFacts], said: Mapping[int, Sequence[Said]]
) -> tuple[Mapping[int, TextFacts], Mapping[int, Sequence[Said]]]:
    """What concerns one course of what was read for several."""
    units = [unit for _module, unit in outline.units()]
    translations = {found.revision_id for unit in units for found in unit.translations.values()}
    texts = {unit.revision_id for unit in units} | translations
    return {number: facts[number] for number in texts}, {n: said[n] for n in translations if n in said}


@dataclass(frozen=True, slots=True)
class Behind:
    """What a translation has to catch up with. `followed` is the text it was made from; None if that was never
    published here, and then nothing can be said of what changed."""

    followed: StoredText | None
    changed: tuple[Changed, ...]


def behind(session: Session, pairs: Sequence[tuple[OutlineUnit, int]]) -> dict[int, Behind]:
    """The same for translations (unit, revision) that follow older texts, by revision; two statements, or none."""
    if not pairs:
        return {}
    texts = stored_texts(session, [revision_id for _unit, revision_id in pairs])
    originals = originals_of(session, [unit.id for unit, _revision_id in pairs])
    return {revision_id: _behind(unit, texts[revision_id], originals[unit.id]) for unit, revision_id in pairs}


def _behind(unit: OutlineUnit, translation: StoredText, originals: Sequence[StoredText]) -> Behind:
    files = {text.revision_id: read_unit(unit.key, text.language, text.source) for text in originals}
    follows = read_unit(unit.key, translation.language, translation.source).front.get("follows")
    followed = next((text for text in originals if text_hash(files[text.revision_id]) == follows), None)
    if followed is None:
        return Behind(None, ())
    before, after = (passages_of(files[number]) for number in (followed.revision_id, unit.revision_id))
    return Behind(followed, tuple(changes(before, after)))
