"""Modules, their order, the completion rule, and names that must be one of a kind."""

from __future__ import annotations

from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

from lms.catalogue.files.read import Reading
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.mistakes import did_you_mean

HEAD = "course.yaml"


def structure_mistakes(reading: Reading, course: CourseFiles, elsewhere: Collection[str]) -> None:
    """Note what does not fit together in the course as a whole."""
    _modules(reading, course, elsewhere)
    _order(reading, course)
    _completion(reading, course)
    _unit_keys(reading, course)
    _titles(reading, course)


def _modules(reading: Reading, course: CourseFiles, elsewhere: Collection[str]) -> None:
    folders = reading.module_folders()
    seen: set[str] = set()
    for index, entry in enumerate(course.entries()):
        where = ("modules", index)
        if entry.key in seen:
            reading.wrong(HEAD, where, f"there are two modules “{entry.key}”", "rename one, or leave one out")
        seen.add(entry.key)
        if entry.folder is not None and entry.folder not in folders:
            cure = did_you_mean(entry.folder, folders, f"write modules/{entry.folder}/module.yaml")
            reading.wrong(HEAD, (*where, "module"), f"there is no module folder “{entry.folder}”", cure)
        if entry.use is not None and entry.use not in elsewhere:
            cure = did_you_mean(entry.use, elsewhere, "write other-course/module, of a course that is published")
            reading.wrong(HEAD, (*where, "use"), f"there is no module “{entry.use}” to reuse", cure)
    for folder in sorted(folders - {entry.folder for entry in course.entries()}):
        cure = f"add “- module: {folder}” to modules of course.yaml"
        reading.note(f"modules/{folder}/module.yaml", 1, "course.yaml does not list this module", cure)


def _order(reading: Reading, course: CourseFiles) -> None:
    entries = course.entries()
    keys = [entry.key for entry in entries]
    for index, entry in enumerate(entries):
        for position, key in enumerate(entry.after):
            if key not in keys:
                cure = did_you_mean(key, keys, "name a module of this course")
                reading.wrong(HEAD, ("modules", index, "after", position), f"there is no module “{key}”", cure)
    try:
        TopologicalSorter({entry.key: entry.after for entry in entries}).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        reading.wrong(HEAD, ("modules",), f"these modules wait for each other: {circle}", "take one `after` away")


def _completion(reading: Reading, course: CourseFiles) -> None:
    wanted = course.fields["completion"]["modules"]
    keys = [entry.key for entry in course.entries()]
    for index, key in enumerate(wanted if isinstance(wanted, list) else ()):
        if key not in keys:
            cure = did_you_mean(key, keys, "name a module of this course")
            reading.wrong(HEAD, ("completion", "modules", index), f"there is no module “{key}”", cure)


def _unit_keys(reading: Reading, course: CourseFiles) -> None:
    first: dict[str, str] = {}
    for _, unit in course.units():
        other = first.setdefault(unit.key, unit.path)
        if other != unit.path:
            reading.note(unit.path, 1, f"the unit “{unit.key}” stands in {other} too", "rename one of the files")


def _titles(reading: Reading, course: CourseFiles) -> None:
    language = course.language
    titled = [(HEAD, ("title",), course.fields["title"]), (HEAD, ("description",), course.fields["description"])]
    for module in course.modules:
        titled.append((module.path, ("title",), module.fields["title"]))
        titled += [(module.path, ("objectives",), texts) for texts in module.fields["objectives"]]
    titled += [(unit.path, ("title",), unit.front["title"]) for _, unit in course.units()]
    titled += [("glossary.yaml", ("terms",), term["term"]) for term in course.terms]
    titled += [("glossary.yaml", ("terms",), term["definition"]) for term in course.terms]
    for file, where, texts in titled:
        if language not in texts:
            reading.wrong(
                file, where, f"there is no text in the course's own language ({language})", f"add {language}: …"
            )
