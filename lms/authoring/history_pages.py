"""What the history of a text shows, and the page on which two people's texts are put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from lms.catalogue.rules.passages import Changed, Passage, Piece, changes, everything_of
from lms.kernel.values import dataclass
from lms.people.sign_in import me
from lms.web.dates import short_moment
from lms.web.languages import gettext as _
from lms.web.languages import ngettext

from .labels import place_name
from .manuscript import Manuscript, read_manuscript
from .preview import preview
from .rules.merging import Clash, Merged
from .rules.sittings import Sitting, words_changed
from .services import Torn
from .together import BODY
from .unit_pages import PreviewPart
from .unit_writing import Writing

A_PAGE = 25
# From a saved state, units/<unit>/history/<state>, to units/.
BESIDE = "../../"


@dataclass(frozen=True)
class HistoryPage:
    """A part of the history, from the line `start`; whether there is `more`."""

    writing: Writing
    lines: Sequence[Sitting]
    texts: Mapping[int, str]
    names: Mapping[int, str]
    start: int
    more: bool
    each: bool

    @cached_property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """When, who, how much, and the address of the state."""
        return [
            (
                short_moment(line.at, me().zone or "UTC"),
                self.names.get(line.person_id or 0, str(_("Somebody else"))),
                self._much(line),
                self.writing.url("saved_state", save=line.last),
            )
            for line in self.lines
        ]

    def _much(self, line: Sitting) -> str:
        before = self.texts.get(line.before, "") if line.before else self._base
        words = words_changed(self._passages(before), self._passages(self.texts.get(line.last, "")))
        said = str(ngettext("%(num)s word changed", "%(num)s words changed", words))
        if line.states > 1:
            said += ", " + ngettext("%(num)s saved state", "%(num)s saved states", line.states)
        return said

    @property
    def _base(self) -> str:
        return self.writing.base_text or ""

    @property
    def has_base(self) -> bool:
        """Whether it is older than the draft."""
        return bool(self._base)

    @property
    def further(self) -> str | None:
        """The address of what is older."""
        return self._at(self.start + len(self.lines)) if self.more else None

    @property
    def nearer(self) -> str | None:
        """The address of what is newer."""
        return self._at(max(0, self.start - A_PAGE)) if self.start else None

    def _at(self, start: int) -> str:
        return self.writing.url("unit_history", **{"from": start or None, "each": 1 if self.each else None})

    def _passages(self, text: str) -> list[Passage]:
        return passages_in(self.writing, text)


def passages_in(writing: Writing, text: str) -> list[Passage]:
    """A file of the unit in passages."""
    return everything_of(read_manuscript(writing.path, writing.unit.key, writing.language, text).file) if text else []


@dataclass(frozen=True)
class StatePage:
    """A saved state beside the present text."""

    writing: Writing
    save: int
    shown: Manuscript
    name: str
    at: dt.datetime | None
    client_key: str

    @property
    def when(self) -> str:
        """When it was saved and by whom."""
        if self.at is None:
            return str(_("As it is in the version below this draft"))
        return f"{short_moment(self.at, me().zone or 'UTC')}, {self.name}"

    @property
    def over(self) -> int:
        """What restoring it is written over."""
        return self.writing.unit.files.over(self.writing.path)

    @cached_property
    def changed(self) -> list[Changed]:
        """What is otherwise in the present text."""
        now = self.writing.text
        return changes(everything_of(self.shown.file), everything_of(now.file) if now else [])

    def where(self, changed: Changed) -> str:
        """Where a passage stands: its field, or the heading it stands under."""
        place = tuple(part - 1 if isinstance(part, int) else part for part in changed.place)
        return place_name(place) if place else changed.where

    @cached_property
    def preview(self) -> PreviewPart:
        """As readers would see it."""
        kind = self.writing.kind
        readable = kind is not None and self.writing.as_fields and not self.shown.broken
        state = self.writing.with_text(self.shown)
        return PreviewPart(preview(state.unit, self.shown.file, kind, BESIDE) if kind and readable else None)


@dataclass(frozen=True)
class Place:
    """A place where two people wrote something else."""

    name: str
    mine: Sequence[Piece]
    theirs: Sequence[Piece]
    mine_is_gone: bool
    theirs_is_gone: bool


@dataclass(frozen=True)
class BothPage:
    """Two texts of a unit, place by place."""

    writing: Writing
    torn: Torn
    merged: Merged
    name: str
    client_key: str

    @cached_property
    def places(self) -> list[Place]:
        """Where one must choose."""
        return [_place(clash) for clash in self.merged.clashes]

    @property
    def sent(self) -> dict[str, Any]:
        """Which saved states are meant."""
        torn = self.torn
        return {"before": torn.before, "mine": torn.mine, "theirs": torn.theirs, "file": torn.path}


def _place(clash: Clash) -> Place:
    base, mine, theirs = (_said(side) for side in (clash.base, clash.mine, clash.theirs))
    where = clash.where[:1] if clash.where[:1] == (BODY,) else clash.where
    return Place(place_name(where), _pieces(base, mine), _pieces(base, theirs), not mine, not theirs)


def _pieces(before: str, after: str) -> Sequence[Piece]:
    """A text as it was changed by one side, word by word."""
    if before == after:
        return (Piece("same", after),)
    found = changes([Passage("", before)] if before else [], [Passage("", after)] if after else [])
    if len(found) == 1:
        return found[0].pieces
    return tuple(Piece(kind, text) for kind, text in (("del", before), ("ins", after)) if text)


def _said(value: Any) -> str:
    """A value in words, for people who choose between two."""
    if value is None:
        return ""
    if value is True or value is False:
        return str(_("Yes") if value else _("No"))
    if isinstance(value, Mapping):
        return "\n".join(_said(part) for name, part in value.items() if name not in ("id", "key", "kind"))
    if isinstance(value, list | tuple):
        return "\n".join(_said(part) for part in value)
    return str(value)
