"""A published version as the rest of the system sees it: plain frozen values, safe to keep in memory for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from lms.kernel.values import dataclass

from .texts import localised, variety_in


@dataclass(frozen=True, slots=True)
class Translation:
    """A unit in another language: its revision, whether its source has changed since, and what its file says of it."""

    revision_id: int
    stale: bool
    status: str

    @property
    def confirmed_in_file(self) -> bool:
        """Whether the file itself says that a native reader has confirmed it."""
        return self.status == "confirmed"


@dataclass(frozen=True, slots=True)
class OutlineUnit:
    """A unit at its place. `id` is the unit over all versions; progress is keyed by it and `substance`."""

    id: int
    key: str
    kind: str
    title: Mapping[str, str]
    minutes: int
    substance: str
    pass_mark: int
    questions: int
    revision_id: int
    language: str
    translations: Mapping[str, Translation]

    @property
    def scored(self) -> bool:
        """Whether it is passed by answers rather than by reading."""
        return self.questions > 0

    def named(self, language: str) -> str:
        """Its title for a reader of `language`."""
        return localised(self.title, language)

    def revision_for(self, language: str) -> int:
        """The revision to show to a reader of `language`."""
        translation = self.translations.get(self.shown_in(language))
        return translation.revision_id if translation else self.revision_id

    def shown_in(self, language: str) -> str:
        """The language of `revision_for`."""
        return variety_in({self.language, *self.translations}, language) or self.language


@dataclass(frozen=True, slots=True)
class OutlineModule:
    """A module at its place; `after` names the modules that must be finished first."""

    key: str
    title: Mapping[str, str]
    objectives: tuple[Mapping[str, str], ...]
    pass_mark: int
    after: tuple[str, ...]
    units: tuple[OutlineUnit, ...]
    used_from: str | None = None

    @property
    def minutes(self) -> int:
        """The sum over its units."""
        return sum(unit.minutes for unit in self.units)

    def named(self, language: str) -> str:
        """Its title for a reader of `language`."""
        return localised(self.title, language)


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """What an enrolment must meet: modules (keys), the least share of half-days in percent, a confirmed name."""

    modules: tuple[str, ...]
    attendance_at_least: int | None
    name_confirmed: bool


@dataclass(frozen=True)
class Outline:
    """A published version from end to end, without the texts. It never changes and is kept from page to page, so it
    keeps what was worked out from it."""

    version_id: int
    course_id: int
    slug: str
    number: str
    content_hash: str
    language: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    pass_mark: int
    rule: CompletionRule
    modules: tuple[OutlineModule, ...]
    terms: tuple[Mapping[str, Any], ...]
    sources: tuple[Mapping[str, Any], ...]
    media: tuple[Mapping[str, Any], ...] = ()

    def named(self, language: str) -> str:
        """Its title for a reader of `language`."""
        return localised(self.title, language)

    def units(self) -> Iterator[tuple[OutlineModule, OutlineUnit]]:
        """Every unit in order, with its module."""
        for module in self.modules:
            for unit in module.units:
                yield module, unit

    @cached_property
    def asked(self) -> tuple[OutlineModule, ...]:
        """The modules that the completion rule asks for."""
        return tuple(module for module in self.modules if module.key in self.rule.modules)

    @cached_property
    def asked_units(self) -> int:
        """How many units those have."""
        return sum(len(module.units) for module in self.asked)

    @cached_property
    def _titles(self) -> dict[str, tuple[tuple[str, str], ...]]:
        return {}

    def titles(self, language: str) -> tuple[tuple[str, str], ...]:
        """Key and title of each module, for a reader of `language`."""
        found = self._titles.get(language)
        if found is None:
            found = self._titles[language] = tuple((module.key, module.named(language)) for module in self.modules)
        return found

    def module(self, key: str) -> OutlineModule | None:
        """The module of that key."""
        return next((module for module in self.modules if module.key == key), None)

    def unit(self, unit_id: int) -> OutlineUnit | None:
        """The unit of that id."""
        return next((unit for _, unit in self.units() if unit.id == unit_id), None)


def completion_rule(fields: Mapping[str, Any], modules: tuple[str, ...]) -> CompletionRule:
    """The rule as course.yaml states it; `all` becomes the modules there are."""
    wanted = fields["modules"]
    attendance = fields.get("attendance")
    return CompletionRule(
        modules=modules if wanted == "all" else tuple(key for key in modules if key in wanted),
        attendance_at_least=int(attendance["at_least"]) if attendance else None,
        name_confirmed=bool(fields.get("name_confirmed", False)),
    )
