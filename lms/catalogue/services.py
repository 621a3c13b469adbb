"""Every change to published courses: files become versions, versions become files, translations are confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.values import dataclass
from lms.people.queries import Viewer
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_reason
from lms.people.services.wording import refuse_text
from lms.plugins.unit_kind import UnitKind

from . import cache, queries
from .checks import Checked, check
from .files import disk
from .keeping import keep_files
from .models import ChangeKind, ConfirmationAct, Course, CourseVersion, TranslationConfirmation, Unit, UnitRevision
from .publishing import BrokenCourse, Publication, reused_anew
from .rules.confirmation import LONGEST_REASON, SHORTEST_REASON, may_confirm
from .rules.media import Medium
from .rules.mistakes import Mistake
from .rules.substance import Change, digest

__all__ = [
    "ELSEWHERE",
    "BrokenCourse",
    "LoadReport",
    "check_against",
    "check_folder",
    "confirm_translation",
    "course_row",
    "export",
    "exported_files",
    "fingerprint",
    "foresee",
    "keep_files",
    "load",
    "load_checked",
    "publish_files",
    "take_back_confirmation",
]
ELSEWHERE = (
    "This course was edited in the browser since; export first. Load what was exported as it is, then change it."
)


@dataclass(frozen=True)
class LoadReport:
    """What loading did: "unchanged", or the kind of the version it made, with every change."""

    slug: str
    outcome: str
    version_id: int
    number: str
    changes: tuple[Change, ...] = ()
    notices: tuple[Mistake, ...] = ()


def load(
    session: Session, *, folder: Path, kinds: Mapping[str, UnitKind], at: dt.datetime, by: str | None = None
) -> LoadReport:
    """Publish a course's folder as a version, or do nothing when it is the published one and so is what it reuses.

    Raises BrokenCourse for mistakes in the files, Refused when the course was changed elsewhere since they were taken.
    """
    checked = check_against(session, folder=folder, kinds=kinds)
    return load_checked(session, checked=checked, kinds=kinds, at=at, by=by)


def load_checked(
    session: Session, *, checked: Checked, kinds: Mapping[str, UnitKind], at: dt.datetime, by: str | None = None
) -> LoadReport:
    """The same of a folder that was checked already."""
    slug = _insist(checked)
    keep_files(session, checked, at)
    files_hash = fingerprint(checked.files)
    course = course_row(session, slug, at)
    latest = _latest(session, course)
    same = latest is not None and latest.document["files_hash"] == files_hash
    if latest is not None and same and not reused_anew(session, latest):
        course.files_hash = files_hash
        return LoadReport(course.slug, "unchanged", latest.id, _number(latest), notices=tuple(checked.notices))
    if latest is not None and not same and course.files_hash != latest.document["files_hash"]:
        raise Refused(ELSEWHERE)
    report = _publish(session, Publication(session, checked, kinds, course, latest, at, by), files_hash)
    course.files_hash = files_hash
    return report


def publish_files(
    session: Session,
    *,
    files: Mapping[str, bytes],
    kinds: Mapping[str, UnitKind],
    at: dt.datetime,
    by: str | None,
    summary: Mapping[str, str],
    taken: str | None = None,
) -> LoadReport:
    """Publish a course's files as its next version, whatever folder it was last taken from; `summary` is the public
    line on what is new, per language; `taken` names the files of a folder that this version now contains.

    Raises BrokenCourse for mistakes in the files, Refused where nothing is new.
    """
    checked = check(files, kinds, queries.reusable_modules(session), queries.kept_for(session, files))
    slug = _insist(checked)
    keep_files(session, checked, at)
    course = course_row(session, slug, at)
    latest = _latest(session, course)
    files_hash = fingerprint(checked.files)
    if latest is not None and latest.document["files_hash"] == files_hash and not reused_anew(session, latest):
        raise Refused(_("Nothing in it differs from the published version."))
    report = _publish(session, Publication(session, checked, kinds, course, latest, at, by, summary), files_hash)
    course.files_hash = taken or course.files_hash
    return report


def _publish(session: Session, publication: Publication, files_hash: str) -> LoadReport:
    cache.distrust(session)
    version, found = publication.publish(files_hash)
    slug, notices = publication.course.slug, tuple(publication.checked.notices)
    return LoadReport(slug, version.change.value, version.id, _number(version), found, notices)


def foresee(
    session: Session, *, files: Mapping[str, bytes], kinds: Mapping[str, UnitKind], at: dt.datetime
) -> tuple[ChangeKind, tuple[Change, ...]]:
    """What publishing these files would be, and all it would change; writes nothing. Raises BrokenCourse."""
    checked = check(files, kinds, queries.reusable_modules(session), queries.kept_for(session, files))
    slug = _insist(checked)
    course = session.scalars(select(Course).where(Course.slug == slug)).one_or_none()
    course = course or Course(slug=slug, files_hash=None, created_at=at)
    latest = _latest(session, course)
    return Publication(session, checked, kinds, course, latest, at, None).foresee()


def check_folder(folder: Path, kinds: Mapping[str, UnitKind], elsewhere: Collection[str]) -> Checked:
    """Everything wrong with a course's folder; `elsewhere` names the modules it may reuse as "course/module"."""
    return _check_folder(folder, kinds, elsewhere, lambda _files: {})


def check_against(session: Session, *, folder: Path, kinds: Mapping[str, UnitKind]) -> Checked:
    """The same of a folder that is to be published here, where modules and files may be already."""
    elsewhere = queries.reusable_modules(session)
    return _check_folder(folder, kinds, elsewhere, lambda files: queries.kept_for(session, files))


def _check_folder(
    folder: Path,
    kinds: Mapping[str, UnitKind],
    elsewhere: Collection[str],
    held: Callable[[Mapping[str, bytes]], Mapping[str, Medium]],
) -> Checked:
    try:
        files = disk.collect(folder)
    except disk.Unreadable as unreadable:
        return Checked(None, {}, unreadable.mistakes)
    checked = check(files, kinds, elsewhere, held(files))
    if checked.course is not None and folder.resolve().name != checked.course.slug:
        cure = f"rename the folder to {checked.course.slug}"
        checked.mistakes.append(Mistake("course.yaml", 1, "the folder has another name than the course", cure))
    return checked


def _insist(checked: Checked) -> str:
    """The name of a course that can be published."""
    if checked.course is None or not checked.sound:
        raise BrokenCourse(checked.mistakes)
    return checked.course.slug


def fingerprint(files: Mapping[str, str]) -> str:
    """Names the files of a course, all of them."""
    return digest(dict(files))


def course_row(session: Session, slug: str, at: dt.datetime) -> Course:
    """The course of that name, made if it is new."""
    course = session.scalars(select(Course).where(Course.slug == slug)).one_or_none()
    if course is None:
        course = Course(slug=slug, files_hash=None, created_at=at)
        session.add(course)
        session.flush()  # its id is needed for versions and units
    return course


def _latest(session: Session, course: Course) -> CourseVersion | None:
    found = queries.published(session, course.slug)
    return session.get_one(CourseVersion, found.version_id) if found else None


def _number(version: CourseVersion) -> str:
    return f"{version.major}.{version.minor}"


def export(session: Session, *, slug: str, folder: Path) -> list[Mistake]:
    """Write the newest version of a course to folder/<slug>/, byte for byte as loaded; says what else stands there.

    Files of an earlier export that the course has no more are left for a person to delete: they may be somebody's work.
    """
    texts = exported_files(session, slug)
    files = {path: text.encode() for path, text in texts.items()} | queries.media_files(session, texts)
    disk.save(files, folder / slug)
    strange = (name for name in disk.names(folder / slug) if name not in files)
    return [
        Mistake(f"{slug}/{name}", 1, "the course has no such file", "delete it, or move it away") for name in strange
    ]


def exported_files(session: Session, slug: str) -> Mapping[str, str]:
    """The files of the newest version of a course by their paths. Raises Refused when there is none."""
    found = queries.published(session, slug)
    if found is None:
        raise Refused(f"There is no published course “{slug}”.")
    return queries.version_files(session, found.version_id)


def confirm_translation(session: Session, *, revision_id: int, by: Viewer, at: dt.datetime) -> None:
    """A native reader stands behind exactly this text; once is enough. Raises NotFound for a text that is no
    translation, and for whoever has no reviewer's mandate over its course."""
    _hold_translation(session, revision_id, by)
    if queries.last_word(session, revision_id) is not ConfirmationAct.CONFIRMED:
        _say(session, revision_id, ConfirmationAct.CONFIRMED, by, at)


def take_back_confirmation(session: Session, *, revision_id: int, reason: str, by: Viewer, at: dt.datetime) -> None:
    """The text waits for a native reader again, in every revision that has these words. Raises NotFound as for
    confirming, Refused without a reason of ten characters and for a text that was not confirmed here."""
    _hold_translation(session, revision_id, by)
    if queries.last_word(session, revision_id) is not ConfirmationAct.CONFIRMED:
        raise Refused(_("This translation is not confirmed here, so there is nothing to take back."))
    reason = reason.strip()
    refuse_text(mistake_in_prose(reason, LONGEST_REASON))
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Write the reason in at least ten characters; it is kept."))
    for same in queries.same_words(session, revision_id):
        if queries.last_word(session, same) is ConfirmationAct.CONFIRMED:
            _say(session, same, ConfirmationAct.TAKEN_BACK, by, at, reason)


def _hold_translation(session: Session, revision_id: int, by: Viewer) -> None:
    """Let nobody else speak of this text until the change is over."""
    found = (
        select(Course.slug).join(Unit, Unit.course_id == Course.id).join(UnitRevision, UnitRevision.unit_id == Unit.id)
    )
    translation = (UnitRevision.id == revision_id) & UnitRevision.follows_id.is_not(None)
    course = session.scalar(found.where(translation).with_for_update(of=UnitRevision, key_share=True))
    if course is None or not may_confirm(by.grants, course):
        raise NotFound


def _say(
    session: Session, revision_id: int, act: ConfirmationAct, by: Viewer, at: dt.datetime, reason: str | None = None
) -> None:
    made = TranslationConfirmation(revision_id=revision_id, act=act, person_id=by.person_id, at=at)
    made.sealed_reason = seal_reason(session, by.person_id, reason, queries.reason_place(revision_id, at))
    session.add(made)
    text = session.execute(
        select(UnitRevision.content_hash, UnitRevision.language, Unit.key)
        .join(Unit, Unit.id == UnitRevision.unit_id)
        .where(UnitRevision.id == revision_id)
    ).one()
    audit.record(
        session, at=at, actor=by.subject, act=f"translation.{act}", about=text.content_hash, unit=text.key,
        language=text.language,
    )  # fmt: skip
