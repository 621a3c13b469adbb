"""Changes of a text in the words of whoever reads about them: no marks of the files, but what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from flask_babel import LazyString

from lms.kernel.values import dataclass
from lms.web.languages import gettext as _
from lms.web.languages import language_name, language_names
from lms.web.languages import lazy_gettext as _l

from .markdown import NEEDS_REVIEW, cited
from .rules.passages import Changed, Piece, Where
from .rules.texts import named_in

# Every repetition has a bound or ends where its mark could begin anew: time grows with the text, not with its square.
_MARKS = re.compile(
    r"\[@(?P<cites>[^\]\n]{1,200})\]|\[\[(?P<term>[^\]|\n]{1,80})(?:\|(?P<shown>[^\]\n]{1,200}))?\]\]"
    r"|\{\{figure: *(?P<figure>[^\s{}]{1,80})\}\}|\s{0,9}\{#(?P<anchor>[^{}\s]{0,200})\}"
    r"|!\[(?P<alternative>[^\[\]\n]{0,1000})\]\((?P<picture>[^)\[\]\s]{0,2000})\)"
    r"|\[(?P<linked>[^\[\]\n]{0,1000})\]\((?P<link>[^)\[\]\s]{0,2000})\)|\]\((?P<tail>[^)\[\]\s]{0,2000})\)"
)
_HEADING = re.compile(r"#{1,6}\s+")
_ITEM = re.compile(r"[-*+]\s+(?=\S)")

# Entries of lists, with their number; what stands in them is said after a comma.
ENTRIES: Mapping[str, LazyString] = {
    "questions": _l("Question %(number)s"),
    "options": _l("option %(number)s"),
    "pairs": _l("pair %(number)s"),
    "items": _l("item %(number)s"),
    "key_points": _l("Key point %(number)s"),
    "timeline": _l("Timeline, entry %(number)s"),
    "actors": _l("Actor %(number)s"),
    "decisions": _l("Point of decision %(number)s"),
    "debrief": _l("Question for the debrief %(number)s"),
    "rubric": _l("Factor %(number)s"),
    "figures": _l("Figure %(number)s"),
    "cases": _l("Case %(number)s"),
    "cites": _l("source %(number)s"),
    "objectives": _l("Objective %(number)s"),
    "modules": _l("Module %(number)s"),
    "units": _l("unit %(number)s"),
    "after": _l("opens after %(number)s"),
    "sources": _l("Source %(number)s"),
    "terms": _l("Term %(number)s"),
}
FIELDS: Mapping[str, LazyString] = {
    "title": _l("title"),
    "kind": _l("kind"),
    "minutes": _l("minutes"),
    "substance": _l("what counts as finished"),
    "pass_mark": _l("pass mark in percent"),
    "content_note": _l("note before the text"),
    "written_alternative": _l("what a reader may write instead"),
    "for_your_institution": _l("for your ministry or institution"),
    "prompt": _l("what is asked"),
    "text": _l("text"),
    "correct": _l("right answer"),
    "answer": _l("right answer"),
    "explanation": _l("explanation"),
    "passage": _l("the passage that says it"),
    "when": _l("when"),
    "name": _l("name"),
    "role": _l("role"),
    "situation": _l("situation"),
    "question": _l("question"),
    "factor": _l("factor"),
    "left": _l("left side"),
    "right": _l("right side"),
    "follows": _l("the text it was translated from"),
    "status": _l("standing"),
    "language": _l("language"),
    "description": _l("description"),
    "term": _l("term"),
    "definition": _l("definition"),
    "needs_review": _l("needs review"),
    "author": _l("author"),
    "date": _l("date"),
    "url": _l("address"),
    "accessed": _l("looked at on"),
    "note": _l("note"),
    "licence": _l("licence"),
    "provenance": _l("where it comes from"),
    "sha256": _l("the file itself, by its fingerprint"),
    "bytes": _l("size in bytes"),
    "width": _l("width"),
    "height": _l("height"),
    "completion": _l("Completion rule"),
    "modules": _l("modules"),
    "attendance": _l("attendance"),
    "at_least": _l("at least, in percent of the half-days"),
    "name_confirmed": _l("name confirmed"),
    "key": _l("name in files"),
    "foreign-affairs": _l("foreign affairs"),
    "justice": _l("justice"),
    "defence": _l("defence"),
    "interior": _l("interior"),
    "education": _l("education"),
    "human-rights": _l("human rights institution"),
    "from": _l("from"),
    "to": _l("to"),
    "at": _l("at"),
}


def place_in_words(place: Where) -> str:
    """Where a field stands, such as “Question 2, option 1, right answer”."""
    parts: list[str] = []
    at = 0
    while at < len(place):
        name, number = str(place[at]), place[at + 1] if at + 1 < len(place) else None
        if isinstance(number, int):
            parts.append(_entry(name, number))
            at += 2
            continue
        parts.append(_field(name))
        at += 1
    # The text of an entry is the entry.
    said = ", ".join(parts[:-1] if len(parts) > 1 and place[-1] in ("text", "prompt") else parts)
    return said[:1].upper() + said[1:]


def _entry(name: str, number: int) -> str:
    if name in ENTRIES:
        return str(ENTRIES[name]) % {"number": number}
    return f"{_field(name)} {number}"


def _field(name: str) -> str:
    if name in FIELDS:
        return str(FIELDS[name])
    if re.fullmatch("[a-z]{2,3}", name) and name in language_names("en"):
        return language_name(name)
    return name.replace("_", " ").replace("-", " ")


@dataclass(frozen=True)
class Names:
    """What the marks in a text stand for: the titles of sources, terms in their own words, and units."""

    language: str
    sources: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, str] = field(default_factory=dict)

    def readable(self, text: str, *, changed: bool) -> str:
        """A piece of a text without marks. In a piece that changed, also what cannot be seen in the text is said."""
        return _MARKS.sub(lambda mark: self._words(mark, changed), text)

    def _words(self, mark: re.Match[str], changed: bool) -> str:
        if mark["cites"] is not None:
            return f"[{'; '.join(self.source(key, place) for key, place in cited(mark['cites']))}]"
        if mark["term"] is not None:
            term = self.terms.get(mark["term"].strip(), mark["term"].strip())
            shown = (mark["shown"] or "").strip()
            if not changed:
                return shown or term
            return str(_("%(words)s [linked to the term “%(term)s”]", words=shown or term, term=term))
        if mark["figure"] is not None:
            return str(_("[figure: %(name)s]", name=mark["figure"]))
        if mark["anchor"] is not None:
            return str(_(" [name of this place: %(name)s]", name=mark["anchor"])) if changed else ""
        if mark["picture"] is not None:
            address = self._address(mark["picture"])
            return str(_("[picture %(name)s: %(words)s]", name=address, words=mark["alternative"]))
        if mark["tail"] is not None:
            return str(_("] [link to %(address)s]", address=self._address(mark["tail"])))
        return str(_("%(words)s [link to %(address)s]", words=mark["linked"], address=self._address(mark["link"])))

    def _address(self, link: str) -> str:
        """What a link leads to, by its title where it has one here."""
        unit, medium = link.partition("#")[0], link.removeprefix("media/")
        title = self.media.get(medium) if medium != link else self.units.get(unit)
        return f"“{title}”" if title else link

    def source(self, key: str, place: str = "") -> str:
        """A source by its title."""
        if key == NEEDS_REVIEW:
            return str(_("needs a source"))
        title = self.sources.get(key, key)
        if place:
            return str(_("source: %(title)s, %(place)s", title=title, place=place))
        return str(_("source: %(title)s", title=title))

    def pieces(self, change: Changed) -> tuple[Piece, ...]:
        """The pieces of a change to be read."""
        last = change.place[-1] if change.place else ""
        within = {part for part in change.place if isinstance(part, str)}
        found = [replace(piece, text=self._piece(piece, last, within)) for piece in change.pieces]
        if found and not change.place:
            found[0] = replace(found[0], text=_ITEM.sub("", _HEADING.sub("", found[0].text, count=1), count=1))
        return tuple(piece for piece in found if piece.text)

    def _piece(self, piece: Piece, last: str | int, within: set[str]) -> str:
        if last == "correct" and piece.text == "true":
            return str(_("right answer"))
        if piece.text in ("true", "false") and piece.kind != "same":
            return str(_("yes")) if piece.text == "true" else str(_("no"))
        if "cites" in within:
            key, _space, place = piece.text.partition(" ")
            return self.source(key, place) if key in self.sources else piece.text
        return self.readable(piece.text, changed=piece.kind != "same")


def names_in(
    language: str,
    sources: Iterable[Mapping[str, Any]],
    terms: Iterable[Mapping[str, Any]],
    units: Mapping[str, str],
    media: Iterable[Mapping[str, Any]] = (),
) -> Names:
    """The names of a course's sources, terms and units for whoever reads in `language`; unfinished entries are left
    out."""
    titles, pictures = (
        {str(one["id"]): str(one["title"]) for one in entries if one.get("id") and one.get("title")}
        for entries in (sources, media)
    )
    named = {str(one["key"]): named_in(one.get("term"), language, "") for one in terms if one.get("key")}
    named = {key: term for key, term in named.items() if term}
    return Names(language, titles, named, units, pictures)


def where_in_words(change: Changed) -> str:
    """The heading a passage stands under, or its field."""
    if change.place:
        return place_in_words(change.place)
    return change.where or str(_("Before the first heading"))


def kind_in_words(change: Changed) -> str:
    """What happened to a passage; empty where its words show it."""
    if change.kind == "added":
        return str(_("new"))
    if change.kind == "removed":
        return str(_("taken out"))
    if not change.moved:
        return ""
    if change.before:
        return str(_("moved, from under “%(heading)s”", heading=change.before))
    return str(_("moved"))


@dataclass(frozen=True, slots=True)
class Told:
    """A change ready for a page: where, what happened if the words do not show it, and the words."""

    where: str
    note: str
    pieces: tuple[Piece, ...]


def told(changed: Iterable[Changed], names: Names) -> list[Told]:
    """Changes in words."""
    return [Told(where_in_words(one), kind_in_words(one), names.pieces(one)) for one in changed]


def in_short(pieces: Sequence[Piece], most: int = 80) -> str:
    """The beginning of a passage, for a link."""
    text = " ".join("".join(piece.text for piece in pieces if piece.kind != "del").split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
