"""A sound course on its way into the database: compared with the version before, numbered, kept, told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.plugins.unit_kind import UnitKind

from . import queries
from .checks import Checked
from .events import CourseVersionPublished
from .keeping import note_version
from .models import (
    ChangeKind,
    ConfirmationAct,
    Course,
    CourseVersion,
    TranslationConfirmation,
    Unit,
    UnitRevision,
    VersionModule,
    VersionUnit,
)
from .publication import PublishedModule, PublishedUnit, Text, published_modules
from .rules.course_files import ModuleEntry
from .rules.mistakes import Mistake
from .rules.numbering import next_number
from .rules.substance import Change, changes, digest, text_changes, unannounced

Row = TypeVar("Row", CourseVersion, VersionModule, Unit, UnitRevision)


class BrokenCourse(Refused):
    """A course that cannot be loaded; `mistakes` says why, all of it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class Publication:
    """One version on its way into the database."""

    def __init__(
        self,
        session: Session,
        checked: Checked,
        kinds: Mapping[str, UnitKind],
        course: Course,
        latest: CourseVersion | None,
        at: dt.datetime,
        by: str | None,
        summary: Mapping[str, str] | None = None,
    ) -> None:
        assert checked.course is not None  # noqa: S101 - the caller has it from `_sound`
        self.session, self.checked, self.files = session, checked, checked.course
        self.course, self.latest, self.at, self.by, self.summary = course, latest, at, by, dict(summary or {})
        self.own = published_modules(checked, kinds)
        self.anew = reused_anew(session, latest) if latest else []
        self.reusable = queries.reusable_modules(session)
        units = [unit for module in self.own.values() for unit in module.units]
        self.paths = {text.path: unit.key for unit in units for text in (unit.text, *unit.translations)}

    def publish(self, files_hash: str) -> tuple[CourseVersion, tuple[Change, ...]]:
        """Compare, number, keep; and tell."""
        used, substance, found = self._compared()
        kind = _kind(self.latest, found)
        version = self._version(kind, found, substance, files_hash, _text_hashes(self.session, used.values()))
        note_version(self.session, version.id, self.files.media)
        for position, entry in enumerate(self.files.entries()):
            if entry.use:
                self._copy_module(version, position, entry, used[entry.key])
            else:
                self._keep_module(version, position, entry, self.own[entry.key])
        previous = self.latest.id if self.latest else None
        publish(self.session, CourseVersionPublished(self.course.id, version.id, previous, kind.value))
        return version, found

    def foresee(self) -> tuple[ChangeKind, tuple[Change, ...]]:
        """What the version would be and what it would change; nothing is kept."""
        _used, _substance, found = self._compared()
        return _kind(self.latest, found), found

    def _compared(self) -> tuple[dict[str, VersionModule], dict[str, Any], tuple[Change, ...]]:
        used = {entry.key: self._used(entry) for entry in self.files.entries() if entry.use}
        substance = self._substance(used)
        _refuse_twins(substance)
        return used, substance, self._changes(substance)

    def _used(self, entry: ModuleEntry) -> VersionModule:
        return self.session.get_one(VersionModule, self.reusable[str(entry.use)])

    def _substance(self, used: Mapping[str, VersionModule]) -> dict[str, Any]:
        modules = []
        for entry in self.files.entries():
            units = (
                used[entry.key].document["substance"]
                if entry.use
                else [unit.substance for unit in self.own[entry.key].units]
            )
            modules.append({"key": entry.key, "after": list(entry.after), "units": units})
        return {"rule": self.files.fields["completion"], "modules": modules}

    def _changes(self, substance: Mapping[str, Any]) -> tuple[Change, ...]:
        if self.latest is None:
            return ()
        old = self.latest.document
        wrong = [
            Mistake(self._path(item.unit), 1, item.what, item.cure) for item in unannounced(old["substance"], substance)
        ]
        if wrong:
            raise BrokenCourse(wrong)
        anew = (Change(f"module {key} was published anew by its own course", False) for key in self.anew)
        found = (*changes(old["substance"], substance), *self._other_owners(self.latest))
        return (*found, *text_changes(old["digests"], self._digests()), *anew)

    def _other_owners(self, latest: CourseVersion) -> tuple[Change, ...]:
        """Modules that were another course's before, or are now: units of the same keys are other units, and what
        people have done in the old ones does not count for the new."""
        now = {entry.key: entry.use for entry in self.files.entries()}
        before = {module.key: module.document["used_from"] for module in latest.modules}
        keys = [key for key, owner in before.items() if key in now and now[key] != owner]
        return tuple(Change(f"module {key} belongs to another course than before", True) for key in keys)

    def _path(self, key: str) -> str:
        return next((path for path, name in self.paths.items() if name == key), key)

    def _digests(self) -> dict[str, str]:
        return {path: digest(text) for path, text in self.checked.files.items()}

    def _version(
        self, kind: ChangeKind, found: tuple[Change, ...], substance: dict[str, Any], files_hash: str, used: list[str]
    ) -> CourseVersion:
        document = {
            "course": {name: self.files.fields[name] for name in ("language", "description")},
            "pass_mark": self.files.pass_mark,
            "terms": list(self.files.terms),
            "sources": list(self.files.sources),
            "media": list(self.files.media),
            "substance": substance,
            "digests": self._digests(),
            "files_hash": files_hash,
            # Units' own files stand with their revisions.
            "files": {path: text for path, text in self.checked.files.items() if path not in self.paths},
        }
        before = (self.latest.major, self.latest.minor) if self.latest else None
        major, minor = next_number(before, substantive=kind is ChangeKind.SUBSTANTIVE)
        version = CourseVersion(
            course_id=self.course.id,
            major=major,
            minor=minor,
            change=kind,
            content_hash=digest([files_hash, substance, used]),
            title=self.files.fields["title"],
            rule=self.files.fields["completion"],
            document=document,
            changelog="\n".join(map(str, found)),
            summary=self.summary,
            published_at=self.at,
            published_by=self.by,
        )
        return self._kept(version)

    def _keep_module(self, version: CourseVersion, position: int, entry: ModuleEntry, module: PublishedModule) -> None:
        units = [(unit, self._unit_row(unit)) for unit in module.units]
        revisions = {unit.key: self._revision(row, unit, unit.text, None) for unit, row in units}
        listings = {unit.key: self._listing(row, unit, revisions[unit.key]) for unit, row in units}
        document = {
            **module.document,
            "after": list(entry.after),
            "used_from": None,
            "units": listings,
            "substance": [unit.substance for unit in module.units],
        }
        row = VersionModule(version_id=version.id, position=position, key=module.key, document=document)
        self._place(row, [(unit_row.id, revisions[unit.key].id) for unit, unit_row in units])

    def _listing(self, row: Unit, unit: PublishedUnit, source: UnitRevision) -> dict[str, Any]:
        translations = {
            text.language: {
                "revision_id": self._revision(row, unit, text, source.id).id,
                "stale": text.stale,
                "status": text.status,
                "path": text.path,
            }
            for text in unit.translations
        }
        return {**unit.listing, "path": unit.text.path, "revision_id": source.id, "translations": translations}

    def _copy_module(self, version: CourseVersion, position: int, entry: ModuleEntry, used: VersionModule) -> None:
        document = {**used.document, "after": list(entry.after), "used_from": entry.use}
        row = VersionModule(version_id=version.id, position=position, key=entry.key, document=document)
        self._place(row, [(unit.unit_id, unit.revision_id) for unit in used.units])

    def _place(self, module: VersionModule, units: list[tuple[int, int]]) -> None:
        kept = self._kept(module)
        for position, (unit_id, revision_id) in enumerate(units):
            place = VersionUnit(module_id=kept.id, position=position, unit_id=unit_id, revision_id=revision_id)
            self.session.add(place)

    def _unit_row(self, unit: PublishedUnit) -> Unit:
        query = select(Unit).where(Unit.course_id == self.course.id, Unit.key == unit.key)
        return self.session.scalars(query).one_or_none() or self._kept(Unit(course_id=self.course.id, key=unit.key))

    def _revision(self, row: Unit, unit: PublishedUnit, text: Text, follows: int | None) -> UnitRevision:
        query = select(UnitRevision).where(
            UnitRevision.unit_id == row.id,
            UnitRevision.language == text.language,
            UnitRevision.content_hash == text.content_hash,
        )
        made = UnitRevision(
            unit_id=row.id,
            kind=unit.kind,
            language=text.language,
            substance=unit.substance["substance"],
            content_hash=text.content_hash,
            follows_id=follows,
            source=text.source,
            document=text.document,
            rendered=text.rendered,
            created_at=self.at,
        )
        found = self.session.scalars(query).one_or_none()
        if found is None:
            found = self._kept(made)
            if follows is not None:
                _carry_over(self.session, found, unit.key, self.at, self.by)
        return found

    def _kept(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()  # the id of each row is needed by the rows below it
        return row


def _carry_over(session: Session, made: UnitRevision, unit: str, at: dt.datetime, by: str | None) -> None:
    """A native reader stood behind words: where only a source, a definition or our rendering is new, they still do. The
    name and the day of the reading stay."""
    last = queries.last_word_of_all(session, queries.same_words(session, made.id))
    if last is None or last.act is not ConfirmationAct.CONFIRMED:
        return
    session.add(
        TranslationConfirmation(
            revision_id=made.id, act=ConfirmationAct.CONFIRMED, person_id=last.person_id, at=last.at
        )
    )
    earlier = session.get_one(UnitRevision, last.revision_id)
    audit.record(
        session, at=at, actor=by, act="translation.carried-over", about=made.content_hash, unit=unit,
        language=made.language, earlier=earlier.content_hash,
    )  # fmt: skip


def _refuse_twins(substance: Mapping[str, Any]) -> None:
    # A unit's page is addressed by its key, so it must be the only one of that key, reused modules included.
    first: dict[str, str] = {}
    wrong = []
    for module in substance["modules"]:
        for unit in module["units"]:
            if first.setdefault(unit["key"], module["key"]) != module["key"]:
                what = f"modules “{first[unit['key']]}” and “{module['key']}” both have a unit “{unit['key']}”"
                wrong.append(Mistake("course.yaml", 1, what, "rename the unit that is yours, or leave one module out"))
    if wrong:
        raise BrokenCourse(wrong)


def reused_anew(session: Session, version: CourseVersion) -> list[str]:
    """Modules a version reuses whose own course has published other texts or another order since."""
    used = [module for module in version.modules if module.document["used_from"]]
    newest = queries.reusable_modules(session) if used else {}
    return [m.key for m in used if _texts(m) != _texts(session.get_one(VersionModule, newest[m.document["used_from"]]))]


def _text_hashes(session: Session, modules: Iterable[VersionModule]) -> list[str]:
    """The texts of reused modules by what they say, so that they are named alike in every database."""
    units = [unit for module in modules for unit in module.document["units"].values()]
    texts = {text["revision_id"] for unit in units for text in (unit, *unit["translations"].values())}
    return sorted(session.scalars(select(UnitRevision.content_hash).where(UnitRevision.id.in_(texts))))


def _texts(module: VersionModule) -> list[Any]:
    kept = ("title", "objectives", "pass_mark", "units")
    return [[unit.revision_id for unit in module.units], {name: module.document[name] for name in kept}]


def _kind(latest: CourseVersion | None, found: tuple[Change, ...]) -> ChangeKind:
    if latest is None:
        return ChangeKind.FIRST
    return ChangeKind.SUBSTANTIVE if any(change.substantive for change in found) else ChangeKind.EDITORIAL
