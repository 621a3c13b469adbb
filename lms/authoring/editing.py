"""From a form that somebody sent to the files of a unit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import partial
from itertools import count
from typing import Any

from lms.catalogue.rules.translation import OF_ITS_OWN
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .manuscript import Manuscript, UnitDraft, read_manuscript, written
from .rules.announcing import announced
from .rules.fields import Field, Where, fields_of, translation_fields
from .rules.filled import filled, filled_translation
from .rules.reshaping import reshaped
from .rules.typed import clean, clean_line

AWAITING = "awaiting-native-reader"
FOLLOW = "follow"


@dataclass(frozen=True)
class Sent:
    """A form of a unit. `renew` is None where the form did not ask what readers must know; `whole` is the text of a
    file that could not be read as fields."""

    items: Mapping[str, str]
    body: str = ""
    title: str = ""
    act: str = ""
    renew: frozenset[str] | None = None
    whole: str | None = None
    key: str = ""
    """Names this sending of the form."""


@dataclass(frozen=True)
class Edited:
    """The unit with what was sent in it: the text that the form is of, all files, and numbers that are none."""

    text: Manuscript
    files: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[Where, str] = field(default_factory=dict)


def fresh_names(unit: UnitDraft, sent: Sent) -> Iterator[str]:
    """Names for new entries: never that of one that was taken out, whose answers are kept, and the same again when the
    same form comes twice."""
    for number in count():
        yield "n" + hashlib.sha256(f"{sent.key} {unit.key} {number}".encode()).hexdigest()[:8]


def form_of(unit: UnitDraft, kind: UnitKind, language: str) -> tuple[Field, ...]:
    """The fields of the unit's text in a language."""
    if language == unit.language:
        return fields_of(kind.schema, unit.original.front, unit.languages)
    own = unit.translations.get(language)
    return translation_fields(kind.schema, unit.original.front, own.front if own else {})


def edited(unit: UnitDraft, kind: UnitKind | None, language: str, sent: Sent) -> Edited:
    """What a form makes of the unit; nothing is kept yet. Without its `kind` only a whole file can be taken."""
    if sent.whole is not None or kind is None:
        path = unit.path_of(language)
        text = clean(sent.whole or "") + "\n"
        return Edited(read_manuscript(path, unit.key, language, text), {path: text})
    return _original(unit, kind, sent) if language == unit.language else _translation(unit, kind, language, sent)


def _original(unit: UnitDraft, kind: UnitKind, sent: Sent) -> Edited:
    fresh = partial(next, fresh_names(unit, sent))
    read = filled(kind.schema, sent.items, unit.original.front, fresh)
    front = reshaped(kind.schema, read.data, sent.act, fresh)
    if sent.renew is not None and unit.published is not None:
        front = announced(front, unit.published.front, sent.renew)
    body = clean(sent.body) if kind.suffix == ".md" else ""
    return _made(unit.original, kind, front, body, read.unread)


def _made(text: Manuscript, kind: UnitKind, front: Mapping[str, Any], body: str, unread: Mapping[Where, str]) -> Edited:
    whole = written(text, kind, front, body)
    return Edited(read_manuscript(text.path, text.key, text.language, whole), {text.path: whole}, unread)


def _translation(unit: UnitDraft, kind: UnitKind, language: str, sent: Sent) -> Edited:
    path, own = unit.path_of(language), unit.translations.get(language)
    before = own.front if own else {}
    said = filled_translation(translation_fields(kind.schema, unit.original.front, before), sent.items)
    body = clean(sent.body) if kind.suffix == ".md" else ""
    same = own is not None and said == _words(before) and body == own.body
    follows = str(before.get("follows") or unit.original.hash)
    front = {
        "follows": unit.original.hash if sent.act == FOLLOW else follows,
        # A native reader stood behind other words than these.
        "status": str(before.get("status") or AWAITING) if same else AWAITING,
        **said,
    }
    blank = Manuscript(path, unit.key, language, "", unit.original.document)
    made = _made(own or blank, kind, front, body, {})
    return replace(made, files={**made.files, **_titled(unit, kind, language, sent.title)})


def _words(front: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in front.items() if name not in OF_ITS_OWN}


def _titled(unit: UnitDraft, kind: UnitKind, language: str, title: str) -> dict[str, str]:
    """The title stands in the unit itself, in every language."""
    titles = unit.original.front.get("title")
    titles = dict(titles) if isinstance(titles, dict) else {}
    line = clean_line(title)
    if line == titles.get(language, ""):
        return {}
    kept = {code: text for code, text in titles.items() if code != language} | ({language: line} if line else {})
    front = {**unit.original.front, "title": kept}
    return {unit.original.path: written(unit.original, kind, front, unit.original.body)}
