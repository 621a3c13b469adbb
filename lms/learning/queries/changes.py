"""Which texts have changed since somebody finished them. Whoever has nothing to be told costs no statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import literal, null, select, union_all
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.cache import Kept
from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.catalogue.rules.passages import Changed
from lms.kernel.errors import NotInstalled
from lms.kernel.values import dataclass
from lms.learning.models import ChangeSeen, ProgressEvent, QuizTry
from lms.learning.rules.changes import (
    MARGIN,
    Known,
    Reading,
    another,
    finished_at,
    questions_changed,
    to_compare,
    version_at,
    version_finished,
)
from lms.learning.rules.progress import FINISHING, NOTHING_YET, ProgressKind, UnitSummary, finished_by
from lms.learning.rules.standing import Key
from lms.plugins.manager import unit_kinds
from lms.seminars.queries import VersionRead, versions_so_far

from .quiz import quiz

_HISTORIES_KEPT = 64
_histories: Kept[tuple[VersionRead, ...]] = Kept(_HISTORIES_KEPT)


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A text that somebody finished and that is another now; `changed` is in `language`."""

    unit: OutlineUnit
    known: Known
    changed: tuple[Changed, ...]
    language: str
    anew: bool
    """It is another in substance."""
    open_again: bool
    """And so it counts as not finished yet; not for somebody whose pre-reading is complete."""
    behind: bool
    """The reader's own language does not follow the original yet."""
    versions: tuple[VersionRead, ...]
    """Those that changed it since, in their order."""


def history(session: Session, reading: Reading) -> tuple[VersionRead, ...]:
    """The versions that an edition has read up to the one in force: one statement when cold, none when warm. Not for a
    transaction that writes to the history itself, as what it writes may yet be undone."""
    return _histories.get(session, reading.row, partial(_read_history, edition_id=reading.edition_id))


def _read_history(session: Session, row: int, edition_id: int) -> tuple[VersionRead, ...]:
    return tuple(read for read in versions_so_far(session, edition_id) if read.id <= row)


def changed_texts(
    session: Session,
    reading: Reading,
    outline: Outline,
    progress: Mapping[Key, UnitSummary],
    language: str,
    *,
    complete: bool,
    of: int | None = None,
) -> list[ChangedText]:
    """The texts (or with `of` that unit alone) whose words or substance are others than when this person finished them
    or last said that they had seen it. One statement, where the edition has read several versions since, and texts."""
    maybe = _perhaps(session, reading, outline, progress, language, of)
    if not maybe:
        return []
    known = _known(session, reading, [unit.id for unit in maybe])
    told = (
        _told(session, reading, unit, known[unit.id], progress, language, complete=complete)
        for unit in maybe
        if unit.id in known
    )
    return [found for found in told if found is not None]


def _perhaps(
    session: Session,
    reading: Reading,
    outline: Outline,
    progress: Mapping[Key, UnitSummary],
    language: str,
    of: int | None,
) -> list[OutlineUnit]:
    """The units that were finished before the version in force came, and were others then."""
    early = {
        unit_id: at - MARGIN
        for unit_id, at in finished_at(progress).items()
        if at - MARGIN < reading.since and of in (None, unit_id)
    }
    if not early:
        return []
    read = history(session, reading)
    if len(read) == 1:
        return []
    then = {unit_id: catalogue.outline(session, version_at(read, at)).unit(unit_id) for unit_id, at in early.items()}
    return [unit for _m, unit in outline.units() if unit.id in early and another(then[unit.id], unit, language)]


def _known(session: Session, reading: Reading, unit_ids: Collection[int]) -> dict[int, Known]:
    event, seen, tried = ProgressEvent, ChangeSeen, QuizTry
    mine = [(kind.enrolment_id == reading.enrolment_id) & kind.unit_id.in_(unit_ids) for kind in (event, seen, tried)]
    rows: Sequence[Any] = session.execute(
        union_all(
            select(event.unit_id, event.revision_id, null().label("version_id"), event.at, literal(0).label("what"))
            .where(mine[0], event.kind.in_(sorted(FINISHING))),
            select(seen.unit_id, null(), seen.version_id, seen.at, literal(1)).where(mine[1]),
            select(tried.unit_id, tried.revision_id, null(), tried.opened_at, literal(2))
            .where(mine[2], tried.closed_at.is_(None)),
        )
    ).all()  # fmt: skip
    read = history(session, reading)
    place = {version.version_id: number for number, version in enumerate(read)}
    found: dict[int, Known] = {}
    for row in sorted(rows, key=lambda row: (row.what, row.at)):
        before = found.get(row.unit_id)
        if row.what == 0:
            version = version_finished(read, row.at, partial(_has, session, row.unit_id, row.revision_id))
            found[row.unit_id] = Known(version, row.at)
        elif before and row.what == 1 and place.get(row.version_id, -1) > place[before.version_id]:
            found[row.unit_id] = Known(row.version_id, before.finished_at, row.at)
        elif before and row.what == 2:
            found[row.unit_id] = Known(before.version_id, before.finished_at, before.seen_at, answering=True)
    return found


def _has(session: Session, unit_id: int, revision_id: int, version_id: int) -> bool:
    unit = catalogue.outline(session, version_id).unit(unit_id)
    return unit is not None and unit.revision_id == revision_id


def _told(
    session: Session,
    reading: Reading,
    unit: OutlineUnit,
    known: Known,
    progress: Mapping[Key, UnitSummary],
    language: str,
    *,
    complete: bool,
) -> ChangedText | None:
    then = catalogue.outline(session, known.version_id).unit(unit.id)
    if then is None or not another(then, unit, language):
        return None
    done = progress.get((unit.id, unit.substance), NOTHING_YET).done
    changed, spoken = _words(session, then, unit, language, explained=done and not known.answering)
    anew = then.substance != unit.substance
    if not changed and not anew:
        return None
    translation = unit.translations.get(unit.shown_in(language))
    return ChangedText(
        unit=unit,
        known=known,
        changed=changed,
        language=spoken,
        anew=anew,
        open_again=anew and not done and not complete,
        behind=translation is not None and translation.stale,
        versions=_since(session, history(session, reading), known.version_id, unit.id, language),
    )


def _since(
    session: Session, read: Sequence[VersionRead], known: int, unit_id: int, language: str
) -> tuple[VersionRead, ...]:
    place = next((number for number, version in enumerate(read) if version.version_id == known), 0)
    found = []
    for before, after in zip(read[place:], read[place + 1 :], strict=False):
        then, now = (catalogue.outline(session, version.version_id).unit(unit_id) for version in (before, after))
        if now is not None and another(then, now, language):
            found.append(after)
    return tuple(found)


def _words(
    session: Session, then: OutlineUnit, unit: OutlineUnit, language: str, *, explained: bool
) -> tuple[tuple[Changed, ...], str]:
    """What changed of the words, in the first language that shows a change, and that language."""
    for before, after, spoken in to_compare(then, unit, language):
        changed = _between(session, unit, before, after, explained=explained) if before != after else ()
        if changed:
            return changed, spoken
    return (), unit.language


def _between(session: Session, unit: OutlineUnit, before: int, after: int, *, explained: bool) -> tuple[Changed, ...]:
    if finished_by(unit.kind, unit.questions) is not ProgressKind.PASSED:
        return catalogue.words_changed(session, before, after)
    try:
        papers = [quiz(session, unit_kinds(), revision_id).questions for revision_id in (before, after)]
    except NotInstalled:
        return ()
    return questions_changed(*papers, explained=explained)
