"""A course's files to a course, with every mistake found on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any

from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile, unit_path
from lms.catalogue.rules.mistakes import Mistake, did_you_mean
from lms.kernel.values import dataclass

from .canonical import FENCE
from .nodes import Document, read_yaml
from .schemas import Schema, schema
from .shape import shape_mistakes
from .text import decode, tidy

_MODULE_FILE = re.compile(r"modules/([0-9]{2}-[a-z0-9][a-z0-9-]*)/module\.yaml")
_MEDIUM_FILE = re.compile(r"media/([a-z0-9][a-z0-9-]*)\.[A-Za-z0-9]{1,5}")
_TOP = ("course.yaml", "glossary.yaml", "sources.yaml", "media.yaml")
_LAYOUT = (
    "a course has course.yaml, glossary.yaml, sources.yaml, modules/NN-key/ with module.yaml and units, and perhaps "
    "media.yaml and media/"
)


@dataclass
class Reading:
    """What was read: the course, the places of its fields, the mistakes.

    `course` holds what could be understood (None when not even course.yaml could); `whole` says that it is everything.
    """

    course: CourseFiles | None = None
    whole: bool = False
    lenient: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    body_lines: dict[str, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def note(self, file: str, line: int, what: str, cure: str) -> None:
        """Note a mistake at a line."""
        self.mistakes.append(Mistake(file, line, what, cure))

    def broken(self) -> set[str]:
        """The files with a mistake so far."""
        return {mistake.file for mistake in self.mistakes}

    def unit_keys(self) -> set[str]:
        """The keys of all units that have a file, whether it could be understood or not."""
        return {found.key for path in self.texts if (found := unit_path(path))}

    def media_files(self, key: str) -> list[str]:
        """The paths of the files of one picture or document: one, unless somebody has put two there."""
        return [path for path in self.media if _MEDIUM_FILE.fullmatch(path)[1] == key]  # type: ignore[index]

    def module_folders(self) -> set[str]:
        """The folders of all modules, whether they could be understood or not."""
        return {match[1] for path in self.texts if (match := _MODULE_FILE.fullmatch(path))}

    def wrong(self, file: str, where: tuple[str | int, ...], what: str, cure: str) -> None:
        """Note a mistake at a field of a file."""
        line = self.documents[file].line(where) if file in self.documents else 1
        self.mistakes.append(Mistake(file, line, what, cure))


def read_files(files: Mapping[str, bytes], kinds: Mapping[str, Any], *, lenient: bool = False) -> Reading:
    """Read a course from its files (path → bytes); what cannot be understood is left out and said.

    A lenient reading takes files in which fields are missing or not yet as they must be, because they are being
    written: it asks only that they are YAML.
    """
    reading = Reading(lenient=lenient)
    for path in sorted(files):
        if is_medium_file(path):
            reading.media[path] = files[path]
            continue
        reading.texts[path], found = decode(path, files[path])
        reading.mistakes += found
    _strangers(reading)
    head = _fields(reading, "course.yaml", schema("course"))
    terms = _fields(reading, "glossary.yaml", schema("glossary"))
    sources = _fields(reading, "sources.yaml", schema("sources"))
    media = _fields(reading, "media.yaml", schema("media")) if "media.yaml" in reading.texts else {}
    language = str(head.get("language", ""))
    modules = [_module(reading, folder, language, kinds) for folder in sorted(reading.module_folders())]
    broken = set() if lenient else reading.broken()
    reading.whole = not reading.broken()
    if "course.yaml" not in broken:
        sound = tuple(_sound(module, broken) for module in modules if module.path not in broken)
        listed = (
            () if "glossary.yaml" in broken else tuple(_entries(terms, "terms")),
            () if "sources.yaml" in broken else tuple(_entries(sources, "sources")),
            () if "media.yaml" in broken else tuple(_media(media)),
        )
        reading.course = CourseFiles(head, sound, *listed)
    return reading


def read_unit(key: str, language: str, text: str) -> UnitFile:
    """One unit's file by itself, the way it is kept in the database: it was found sound when it was loaded."""
    path = key + (".md" if text.startswith(f"{FENCE}\n") else ".yaml")
    return _unit(Reading(texts={path: text}), path, key, language, {})


def _media(fields: Mapping[str, Any]) -> list[Any]:
    return [entry for entry in fields.get("media") or () if isinstance(entry, dict)]


def may_stand(path: str) -> bool:
    """Whether a course can have a text file at this path."""
    return path in _TOP or bool(_MODULE_FILE.fullmatch(path) or unit_path(path))


def is_medium_file(path: str) -> bool:
    """Whether the file at this path is a picture or a document."""
    return bool(_MEDIUM_FILE.fullmatch(path))


def _sound(module: ModuleFile, broken: set[str]) -> ModuleFile:
    units = tuple(unit for unit in module.units if unit.path not in broken)
    keys = {unit.key for unit in units}
    translations = tuple(text for text in module.translations if text.path not in broken and text.key in keys)
    return ModuleFile(module.folder, module.fields, units, translations)


def _entries(fields: Mapping[str, Any], name: str) -> list[Any]:
    """A list among the fields; in a lenient reading something else may stand in its place."""
    found = fields.get(name, [])
    return found if isinstance(found, list) else []


def _strangers(reading: Reading) -> None:
    for path in reading.texts:
        folder = path.rpartition("/")[0]
        if not may_stand(path):
            reading.note(path, 1, "this file has no place in a course", did_you_mean(path, _TOP, _LAYOUT))
        elif folder and f"{folder}/module.yaml" not in reading.texts:
            reading.note(path, 1, "its folder has no module.yaml", f"write {folder}/module.yaml")


def _fields(reading: Reading, path: str, of: Schema) -> dict[str, Any]:
    if path not in reading.texts:
        reading.note(path, 1, "the file is missing", "write it; see docs/course-format.md")
        return {}
    return _parse(reading, path, reading.texts[path], of)


# Whoever writes a course has the same files read again and again; a curriculum has some 70 of them.
_known_yaml = lru_cache(maxsize=160)(read_yaml)


def _parse(reading: Reading, path: str, text: str, of: Schema | None, first_line: int = 1) -> dict[str, Any]:
    document, found = (_known_yaml if reading.lenient else read_yaml)(path, text, first_line)
    reading.documents[path] = document
    reading.mistakes += found
    if not found and of is not None and not reading.lenient:
        found = shape_mistakes(path, document, of)
        reading.mistakes += found
    return document.data if not found and isinstance(document.data, dict) else {}


def _module(reading: Reading, folder: str, language: str, kinds: Mapping[str, Any]) -> ModuleFile:
    path = f"modules/{folder}/module.yaml"
    fields = _parse(reading, path, reading.texts[path], schema("module"))
    if fields.get("key", folder[3:]) != folder[3:]:
        cure = f"rename one: {folder[:3]}{fields['key']}"
        reading.wrong(path, ("key",), f"the folder is {folder}, the key {fields['key']}", cure)
    listed = [key for key in _entries(fields, "units") if isinstance(key, str)]
    units, translations = _unit_files(reading, folder, language, kinds)
    if not fields:
        return ModuleFile(folder, {}, ())
    for key in sorted(set(units) - set(listed)):
        reading.note(units[key].path, 1, "module.yaml does not list this unit", f"add {key} to its units")
    for index, key in enumerate(listed):
        if key not in units:
            cure = did_you_mean(key, units, f"write {key}.md or {key}.yaml beside module.yaml")
            reading.wrong(path, ("units", index), f"there is no file of the unit “{key}”", cure)
    return ModuleFile(folder, fields, tuple(units[key] for key in listed if key in units), tuple(translations))


def _unit_files(
    reading: Reading, folder: str, language: str, kinds: Mapping[str, Any]
) -> tuple[dict[str, UnitFile], list[UnitFile]]:
    units: dict[str, UnitFile] = {}
    translations: list[UnitFile] = []
    for path in reading.texts:
        found = unit_path(path)
        if not found or found.folder != folder or found.key == "module":
            continue
        unit = _unit(reading, path, found.key, found.language or language, None if found.language else kinds)
        if found.language:
            translations.append(unit)
        elif unit.key in units:
            reading.note(path, 1, f"the unit “{unit.key}” has two files", f"keep one: {units[unit.key].path}")
        else:
            units[unit.key] = unit
    return units, _with_source(reading, units, translations)


def _with_source(reading: Reading, units: Mapping[str, UnitFile], translations: list[UnitFile]) -> list[UnitFile]:
    kept = []
    for other in translations:
        suffix = other.path[other.path.rindex(".") :]
        if other.key in units and units[other.key].path.endswith(suffix):
            kept.append(other)
        else:
            reading.note(other.path, 1, "there is no unit it could translate", f"write {other.key}{suffix} first")
    return kept


def _unit(reading: Reading, path: str, key: str, language: str, kinds: Mapping[str, Any] | None) -> UnitFile:
    """`kinds` is None for a translation, whose fields are checked against the text it follows."""
    front, body = reading.texts[path], ""
    first_line = 1
    if path.endswith(".md"):
        front, body, reading.body_lines[path] = _split(reading, path)
        first_line = 2
    fields = _parse(reading, path, front, schema("translation") if kinds is None else None, first_line)
    if kinds is not None:
        _check_kind(reading, path, fields, kinds)
        if fields.get("key", key) != key:
            reading.wrong(path, ("key",), f"the file is named {key}, the key is {fields['key']}", "make them the same")
    return UnitFile(path, key, language, fields, tidy(body))


def _split(reading: Reading, path: str) -> tuple[str, str, int]:
    lines = reading.texts[path].split("\n")
    if lines[0] == FENCE and FENCE in lines[1:]:
        end = lines.index(FENCE, 1)
        return "\n".join(lines[1:end]) + "\n", "\n".join(lines[end + 1 :]), _first_text(lines, end + 1)
    reading.note(path, 1, "the file does not begin with its fields", "write them between two lines of ---")
    return "", "", 1


def _first_text(lines: list[str], start: int) -> int:
    return next((number for number, line in enumerate(lines[start:], start + 1) if line.strip()), start + 1)


def _check_kind(reading: Reading, path: str, fields: dict[str, Any], kinds: Mapping[str, Any]) -> None:
    name = str(fields.get("kind") or "")
    if reading.lenient or any(mistake.file == path for mistake in reading.mistakes):
        return
    if name not in kinds:
        cure = did_you_mean(name, kinds, "kinds are " + ", ".join(sorted(kinds)))
        reading.wrong(path, ("kind",), f"“{name}” is no kind of unit" if name else "“kind” is missing", cure)
    elif not path.endswith(kinds[name].suffix):
        suffix = kinds[name].suffix
        reading.wrong(path, ("kind",), f"a {name} stands in a {suffix} file", f"rename the file to end in {suffix}")
    else:
        reading.mistakes += shape_mistakes(path, reading.documents[path], kinds[name].schema)
