"""The bones of a course's files: finding a module or a unit in them, and putting another in its place.

A draft may be unfinished, so any field may be missing. Courses are never changed: each function answers with another.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.catalogue.files.text import decode, tidy
from lms.catalogue.rules.course_files import CourseFiles, Fields, ModuleFile, UnitFile

LONGEST_KEY = 50
# A unit of this key could take the place of module.yaml.
RESERVED = frozenset({"module"})
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_FOLDERS = 100


class Reason(enum.StrEnum):
    """Why an act on the outline is turned down."""

    NO_MODULE = "no-module"
    NO_UNIT = "no-unit"
    NO_TITLE = "no-title"
    BAD_TEXT = "bad-text"
    BAD_KEY = "bad-key"
    KEY_TAKEN = "key-taken"
    PUBLISHED_KEY = "published-key"
    NO_KIND = "no-kind"
    FULL = "full"
    AT_THE_END = "at-the-end"
    OF_ANOTHER_COURSE = "of-another-course"
    POINTED_TO = "pointed-to"
    ONLY_CONDITION = "only-condition"
    CIRCLE = "circle"
    UNITS_CLASH = "units-clash"
    OTHER_LANGUAGE = "other-language"
    NOT_SPLITTABLE = "not-splittable"
    NO_HEADING = "no-heading"
    NOTHING_BEFORE = "nothing-before"
    TRANSLATION_LACKS = "translation-lacks"
    STILL_THERE = "still-there"
    CITED = "cited"
    BAD_FIELD = "bad-field"
    UNREADABLE = "unreadable"


class NotPossible(Exception):
    """An act that the course does not allow; `names` are the keys of what stands in the way."""

    def __init__(self, reason: Reason, *names: str) -> None:
        super().__init__(f"{reason}: {', '.join(names)}")
        self.reason, self.names = reason, names


def crooked(course: CourseFiles) -> list[str]:
    """The files in which what the outline is made of is something else than it must be, though they can be read."""
    files = [("course.yaml", _course_fits(course.fields))]
    files += [("glossary.yaml", _entries_fit(course.terms, "key", ("term", "definition", "status"), ("cites",)))]
    files += [("sources.yaml", _entries_fit(course.sources, "id", (), ()))]
    files += [("media.yaml", _entries_fit(course.media, "id", (), ()))]
    files += [(module.path, not module.fields or _module_fits(module.fields)) for module in course.modules]
    files += [(unit.path, _fits(unit.front, ("title",), ())) for _module, unit in course.units()]
    return [path for path, fits in files if not fits]


def _course_fits(fields: Fields) -> bool:
    lines, rule = fields.get("modules", []), fields.get("completion", {})
    named = all(isinstance(fields.get(name), str) for name in ("slug", "language"))
    ordered = isinstance(lines, list) and all(
        isinstance(line, Mapping) and _fits(line, (), ("after",)) for line in lines
    )
    whole = ordered and all(isinstance(line.get("use", line.get("module")), str) for line in lines)
    wanted = rule.get("modules", "all") if isinstance(rule, Mapping) else None
    return named and whole and (wanted == "all" or _names(wanted)) and _fits(fields, ("title", "description"), ())


def _line_fits(line: Fields) -> bool:
    return _fits(line, (), ("after",)) and isinstance(line.get("use", line.get("module")), str)


def _module_fits(fields: Fields) -> bool:
    objectives = fields.get("objectives", [])
    told = isinstance(objectives, list) and all(isinstance(texts, Mapping) for texts in objectives)
    return told and _fits(fields, ("title",), ("units",))


def _entries_fit(entries: Sequence[Any], name: str, texts: Sequence[str], lists: Sequence[str]) -> bool:
    return all(
        isinstance(entry, Mapping) and isinstance(entry.get(name), str) and _fits(entry, texts, lists)
        for entry in entries
    )


def _fits(fields: Fields, texts: Sequence[str], lists: Sequence[str]) -> bool:
    """Whether these fields, where they are there, are texts by language, and those lists of names."""
    by_language = (fields[name] for name in texts if name in fields)
    spoken = all(isinstance(said, Mapping) and all(isinstance(t, str) for t in said.values()) for said in by_language)
    return spoken and all(_names(fields[name]) for name in lists if name in fields)


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def lines_of(course: CourseFiles) -> list[dict[str, Any]]:
    """The lines of course.yaml's `modules`, each a copy that may be changed."""
    return [dict(line) for line in course.fields.get("modules", ())]


def line_key(line: Fields) -> str:
    """The key of the module that a line of course.yaml means."""
    return str(line["use"]).partition("/")[2] if "use" in line else str(line.get("module", ""))[3:]


def module_keys(course: CourseFiles) -> list[str]:
    """The keys of all modules in the order of the course, reused ones included."""
    return [line_key(line) for line in course.fields.get("modules", ())]


def key_of(module: ModuleFile) -> str:
    """A module's key; that of its folder where module.yaml does not say it yet."""
    return str(module.fields.get("key") or module.folder[3:])


def listed(module: ModuleFile) -> list[str]:
    """The keys of its units in order."""
    return list(module.fields.get("units", ()))


def in_order(course: CourseFiles) -> list[ModuleFile]:
    """The course's own modules as the outline shows them; those it does not list stand last."""
    places = {key: place for place, key in enumerate(module_keys(course))}
    return sorted(course.modules, key=lambda module: places.get(key_of(module), len(places)))


def module_of(course: CourseFiles, key: str) -> ModuleFile:
    """The own module of that key. Raises NotPossible."""
    for module in course.modules:
        if key_of(module) == key:
            return module
    raise NotPossible(Reason.OF_ANOTHER_COURSE if key in module_keys(course) else Reason.NO_MODULE, key)


def home_of(course: CourseFiles, unit: str) -> tuple[ModuleFile, UnitFile]:
    """A unit with the module it stands in. Raises NotPossible."""
    for module, found in course.units():
        if found.key == unit:
            return module, found
    raise NotPossible(Reason.NO_UNIT, unit)


def unit_keys(course: CourseFiles) -> set[str]:
    """The keys of all own units."""
    return {unit.key for _module, unit in course.units()}


def with_fields(course: CourseFiles, **fields: Any) -> CourseFiles:
    """The course with other fields in course.yaml; a field that is None is left out."""
    return replace(course, fields=without_nothing({**course.fields, **fields}))


def without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def with_modules(course: CourseFiles, modules: Iterable[ModuleFile]) -> CourseFiles:
    """The course with these own modules, in the order in which their folders are read."""
    return replace(course, modules=tuple(sorted(modules, key=lambda module: module.folder)))


def with_module(course: CourseFiles, module: ModuleFile, old: str = "") -> CourseFiles:
    """The course with one module in the place of the one in that folder (`old`, else its own), or beside the others."""
    gone = {old or module.folder, module.folder}
    return with_modules(course, [*(other for other in course.modules if other.folder not in gone), module])


def arranged(
    module: ModuleFile, keys: Sequence[str], units: Iterable[UnitFile], translations: Iterable[UnitFile]
) -> ModuleFile:
    """The module with these units in the order of `keys`, as its files would be read."""
    places = {key: place for place, key in enumerate(keys)}
    return replace(
        module,
        fields={**module.fields, "units": list(keys)},
        units=tuple(sorted(units, key=lambda unit: places.get(unit.key, len(places)))),
        translations=tuple(sorted(translations, key=lambda text: text.path)),
    )


def without_unit(module: ModuleFile, key: str) -> ModuleFile:
    """The module without a unit and its translations."""
    return arranged(
        module,
        [name for name in listed(module) if name != key],
        [unit for unit in module.units if unit.key != key],
        [text for text in module.translations if text.key != key],
    )


def with_unit(
    module: ModuleFile, unit: UnitFile, translations: Iterable[UnitFile] = (), at: int | None = None
) -> ModuleFile:
    """The module with one unit more, at a place or at the end; its files stand in the module's folder."""
    keys = listed(module)
    keys.insert(len(keys) if at is None else at, unit.key)
    texts = [*module.translations, *(in_folder(text, module.folder) for text in translations)]
    return arranged(module, keys, [*module.units, in_folder(unit, module.folder)], texts)


def in_folder(text: UnitFile, folder: str) -> UnitFile:
    """A file of a unit in another folder, under its key."""
    suffix = text.path.rpartition("/")[2].partition(".")[2]
    return replace(text, path=f"modules/{folder}/{text.key}.{suffix}")


def clean_texts(texts: Mapping[str, str], *, needed: str = "", one_line: bool = False) -> dict[str, str]:
    """A text in several languages as a file takes it, without empty ones. Raises NotPossible where the language
    `needed` is missing, or a text holds what no file may hold."""
    found = {language: clean(text, one_line=one_line) for language, text in texts.items()}
    if needed and not found.get(needed):
        raise NotPossible(Reason.NO_TITLE, needed)
    return {language: text for language, text in found.items() if text}


def clean(text: str, *, one_line: bool = False) -> str:
    """A text as a file takes it. Raises NotPossible for characters that no file may hold."""
    text = tidy(text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    _text, wrong = decode("", text.encode("utf-8", "surrogatepass"))
    if wrong:
        raise NotPossible(Reason.BAD_TEXT)
    return " ".join(text.split()) if one_line else text


def new_key(title: str, taken: Collection[str], otherwise: str) -> str:
    """A key that says what the title says, in small letters, and is nobody else's; `otherwise` where no letter of it
    can stand in an address."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    words = _NO_LETTER.sub("-", plain).strip("-") or otherwise
    if len(words) > LONGEST_KEY:
        words = words[:LONGEST_KEY].rpartition("-")[0] or words[:LONGEST_KEY]
    names = [words, *(f"{words}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def new_folder(course: CourseFiles, key: str) -> str:
    """A folder for a new module: the next number, and its key. Raises NotPossible when there is no number left."""
    used = {int(module.folder[:2]) for module in course.modules}
    after = max(used, default=0) + 1
    number = after if after < _FOLDERS else next((n for n in range(1, _FOLDERS) if n not in used), None)
    if number is None:
        raise NotPossible(Reason.FULL)
    return f"{number:02}-{key}"
