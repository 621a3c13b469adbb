"""Pictures and documents: each with its entry, its file in the one form, and its place in a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from lms.catalogue.files.read import Reading
from lms.catalogue.files.schemas import texts_marked
from lms.catalogue.media.apart import judged
from lms.catalogue.rules.course_files import CourseFiles, Fields, UnitFile
from lms.catalogue.rules.media import (
    DOCUMENT,
    HEAD,
    MOST_ON_A_PAGE,
    PICTURE,
    Medium,
    hash_of,
    medium_of,
    mentioned,
    path_of,
)
from lms.catalogue.rules.mistakes import Mistake, did_you_mean
from lms.catalogue.rules.translation import text_hash
from lms.kernel.apart import TOO_HEAVY, Rejected
from lms.plugins.unit_kind import UnitKind

from .prose import Prose, read_prose

FORMAT = "run `flask lms courses format`, which brings files into the form in which they are kept"
OF_A_FILE = {
    "form": ("this is not in the form in which files are kept: small, and without metadata", FORMAT),
    "unknown": ("this is neither a picture (JPEG, PNG, WebP, GIF) nor a PDF", "save it as one of these"),
    "markup": ("this is a page or an SVG drawing, which can hold programs", "save it as PNG"),
    "broken": ("this file is broken off or damaged", "save it anew with the program that made it"),
    "too-many-pixels": ("this picture has more than {most} million pixels", "save it smaller"),
    "too-heavy-picture": ("this picture has more than {most} kB, however it is written", "show a part of it"),
    "too-heavy-document": ("this document has more than {most} MB", "leave pages out, or save its pictures smaller"),
    "locked": ("this PDF is locked with a password", "save it without one"),
    "active": ("this PDF holds what acts by itself, or files of its own ({what})", "print it to a new PDF"),
    TOO_HEAVY: ("this file asks too much of whoever reads it", "save it anew, smaller"),
}
"""Why a file is not taken (a reason of `Rejected`), and what helps."""
# A text without it names no file, and most texts are without it: a course is checked often.
_MARK = "media/"


def media_mistakes(
    reading: Reading,
    course: CourseFiles,
    kinds: Mapping[str, UnitKind],
    unread: Collection[str],
    held: Mapping[str, Medium],
) -> None:
    """Note what is wrong with entries, with their files, and with the places of texts that name them."""
    if HEAD in unread:
        return
    used = place_mistakes(reading, course, kinds)
    _entries(reading, course, used, whole=not unread)
    _files(reading, course, held)
    _strangers(reading, {str(entry["id"]) for entry in course.media})


def place_mistakes(reading: Reading, course: CourseFiles, kinds: Mapping[str, UnitKind]) -> set[str]:
    """Note what texts name wrongly; answers with the ids that they name."""
    used: set[str] = set()
    entries = {str(entry.get("id")): entry for entry in course.media}
    for module, unit in course.units():
        shown = _body(reading, unit, entries, used)
        _fields(reading, unit, kinds[unit.kind], entries, used)
        for other in module.translations_of(unit):
            translated = _body(reading, other, entries, used)
            _fields(reading, other, kinds[unit.kind], entries, used)
            if other.path not in reading.broken() and other.front["follows"] == text_hash(unit) and other.body:
                _same_pictures(reading, other, shown, translated)
    return used


def _body(reading: Reading, file: UnitFile, entries: Mapping[str, Fields], used: set[str]) -> list[str]:
    if _MARK not in file.body:
        return []
    prose = read_prose(file.body, file.language)
    _named(reading, file, prose, reading.body_lines.get(file.path, 1), entries, used)
    return [key for _, key in prose.pictures]


def _fields(reading: Reading, file: UnitFile, kind: UnitKind, entries: Mapping[str, Fields], used: set[str]) -> None:
    marked = (one for one in texts_marked(file.front, kind.schema, "prose") if _MARK in one[1])
    for where, text in marked:
        line = reading.documents[file.path].line(where)
        _named(reading, file, read_prose(text, file.language), line, entries, used)


def _named(
    reading: Reading, file: UnitFile, prose: Prose, first_line: int, entries: Mapping[str, Fields], used: set[str]
) -> None:
    links = ((line, mentioned(address)) for line, address in prose.links)
    named = [(line, key, PICTURE) for line, key in prose.pictures]
    named += [(line, key, DOCUMENT) for line, key in links if key is not None]
    for line, key, kind in named:
        used.add(key)
        if key not in entries:
            cure = did_you_mean(key, entries, f"give it an entry in {HEAD}")
            reading.note(file.path, line + first_line, f"{HEAD} has no “{key}”", cure)
        elif entries[key].get("kind") != kind:
            what, cure = _AS_ANOTHER[kind]
            reading.note(file.path, line + first_line, what.format(key), cure.format(key))


_AS_ANOTHER = {
    PICTURE: ("“{}” is a document and cannot be shown as a picture", "link to it: [its title](media/{})"),
    DOCUMENT: (
        "“{}” is a picture, and this is a link",
        "show it: ![what it shows](media/{}), in a paragraph of its own",
    ),
}


def _same_pictures(reading: Reading, file: UnitFile, wanted: list[str], given: list[str]) -> None:
    if wanted != given:
        cure = f"show {', '.join(wanted)}" if wanted else "take them out"
        line = reading.body_lines.get(file.path, 1)
        reading.note(file.path, line, "it does not show the source's pictures in their order", cure)


def _entries(reading: Reading, course: CourseFiles, used: Collection[str], *, whole: bool) -> None:
    times = Counter(entry["id"] for entry in course.media)
    for index, entry in enumerate(course.media):
        where = ("media", index)
        if times[entry["id"]] > 1:
            reading.wrong(HEAD, where, f"“{entry['id']}” stands here twice", "keep one of them")
        elif whole and entry["id"] not in used:
            cure = f"put ![…](media/{entry['id']}) into a text, or take the entry and its file out"
            if entry["kind"] == DOCUMENT:
                cure = f"link to it: [its title](media/{entry['id']}), or take the entry and its file out"
            reading.wrong(HEAD, where, f"no text has “{entry['id']}”", cure)


def _files(reading: Reading, course: CourseFiles, held: Mapping[str, Medium]) -> None:
    """Each entry's file is there, in the form in which files are kept, and what the entry says of it is so."""
    found: dict[str, Medium | Rejected] = {}
    unknown: list[str] = []
    for path, data in reading.media.items():
        known = held.get(hash_of(data))
        if known is None:
            unknown.append(path)
        else:
            found[path] = known
    found.update(zip(unknown, judged([reading.media[path] for path in unknown]), strict=True))
    for index, entry in enumerate(course.media):
        _file(reading, index, entry, found, held)


def _file(
    reading: Reading, index: int, entry: Fields, found: Mapping[str, Medium | Rejected], held: Mapping[str, Medium]
) -> None:
    paths = reading.media_files(str(entry["id"]))
    if not paths:
        _kept(reading, index, entry, held)
        return
    if len(paths) > 1:
        reading.note(paths[1], 1, f"there are two files of “{entry['id']}”", f"keep one: {paths[0]}")
        return
    path, fact = paths[0], found[paths[0]]
    if isinstance(fact, Rejected):
        reading.note(path, 1, *said_of(fact))
    elif fact.kind != entry["kind"]:
        reading.wrong(HEAD, ("media", index, "kind"), f"{path} is a {fact.kind}", f"write kind: {fact.kind}")
    elif path != path_of(entry):
        reading.note(path, 1, f"this is a {fact.kind} by what it holds, and not by its name", FORMAT)
    elif fact != medium_of(entry):
        _not_so(reading, index, entry, fact, FORMAT)


def said_of(no: Rejected) -> tuple[str, str]:
    """Why a file is not taken, and what helps."""
    what, cure = OF_A_FILE[no.reason]
    return what.format(**no.values), cure.format(**no.values)


def _kept(reading: Reading, index: int, entry: Fields, held: Mapping[str, Medium]) -> None:
    medium = medium_of(entry)
    known = held.get(medium.sha256) if medium else None
    if known is None:
        cure = f"put it at {path_of(entry)}"
        reading.wrong(HEAD, ("media", index), f"there is no file of “{entry['id']}”", cure)
    elif known.kind != entry["kind"] or known != medium:
        _not_so(reading, index, entry, known, "upload it again, or restore what stood here")


def _not_so(reading: Reading, index: int, entry: Fields, fact: Medium, cure: str) -> None:
    right = fact.fields()
    wrong = next((name for name in right if entry.get(name) != right[name]), None)
    extra = next((name for name in ("width", "height") if name in entry and name not in right), None)
    name = wrong or extra or "kind"
    reading.wrong(HEAD, ("media", index, name), f"“{name}” is not that of the file of “{entry['id']}”", cure)


def _strangers(reading: Reading, entries: Collection[str]) -> None:
    for path in reading.media:
        key = path.removeprefix("media/").rpartition(".")[0]
        if key not in entries:
            cure = did_you_mean(key, entries, f"add “- id: {key}” to {HEAD}, or take the file out")
            reading.note(path, 1, f"{HEAD} has no entry for this file", cure)


def heavy_pages(reading: Reading, course: CourseFiles) -> Iterator[Mistake]:
    """Units whose pictures take long to load on a slow line; said to their authors, and no reason to refuse."""
    weights = {str(entry["id"]): int(entry["bytes"]) for entry in course.media if entry["kind"] == PICTURE}
    for _module, unit in course.units() if weights else ():
        keys = {key for _, key in read_prose(unit.body, unit.language).pictures} if _MARK in unit.body else set()
        weight = sum(weights[key] for key in keys)
        if weight > MOST_ON_A_PAGE:
            what = f"its pictures have {weight // 1000} kB"
            cure = f"keep those of one unit under {MOST_ON_A_PAGE // 1000} kB: leave one out, or take it apart"
            yield Mistake(unit.path, reading.body_lines.get(unit.path, 1), what, cure)
