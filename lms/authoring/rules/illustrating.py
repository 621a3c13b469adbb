"""The pictures and documents of a draft: new entries of media.yaml, and the texts that name them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from lms.catalogue.rules.media import DOCUMENT, FACTS, Medium
from lms.kernel.values import dataclass

Entry = Mapping[str, Any]
LONGEST_LINE = 300
"""Characters that a title, a licence or a provenance may have, as the files of a course say."""
_LONGEST_ID = 40
_MENTION = re.compile(r"\]\(media/([a-z0-9][a-z0-9-]*)\)")
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What a person says of a file."""

    title: str
    licence: str
    provenance: str


def new_id(title: str, kind: str, taken: Collection[str]) -> str:
    """A name made of the title that none has yet."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    plain = _OTHER.sub("-", letters)[:_LONGEST_ID].strip("-") or kind
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (plain, *numbered) if name not in taken)


def entry_of(key: str, words: Words, medium: Medium) -> dict[str, Any]:
    """The entry of a file."""
    said = {"title": words.title, "licence": words.licence, "provenance": words.provenance}
    return {"id": key, "kind": medium.kind, **said, **medium.fields()}


def reworded(entry: Entry, words: Words, medium: Medium | None) -> dict[str, Any]:
    """The entry with other words, and with another file where one is given."""
    facts = medium.fields() if medium else {name: entry[name] for name in FACTS if name in entry}
    kept = {name: value for name, value in entry.items() if name not in FACTS}
    return {**kept, "title": words.title, "licence": words.licence, "provenance": words.provenance, **facts}


def with_entry(entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    """The entries with this one in the place of the one of its id, or at the end."""
    others = [entry if one.get("id") == entry["id"] else one for one in entries]
    return others if entry in others else [*others, entry]


def snippet(entry: Entry, alternative: str) -> str:
    """What to put into a text, so that it shows or offers this file."""
    if entry.get("kind") == DOCUMENT:
        return f"[{entry.get('title', '')}](media/{entry.get('id')})"
    return f"![{alternative}](media/{entry.get('id')})"


def uses(course: CourseFiles) -> dict[str, list[tuple[UnitFile, UnitFile]]]:
    """By the id of a file, the texts that name it, in order: each as its unit and the text itself."""
    found: dict[str, list[tuple[UnitFile, UnitFile]]] = {}
    for module, unit in course.units():
        for text in (unit, *module.translations_of(unit)):
            for key in dict.fromkeys(_named(text)):
                found.setdefault(key, []).append((unit, text))
    return found


def _named(text: UnitFile) -> Iterator[str]:
    for words in (text.body, *_strings(text.front)):
        yield from _MENTION.findall(words)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    members = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for member in members:
        yield from _strings(member)
