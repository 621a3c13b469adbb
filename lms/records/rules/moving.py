"""What becomes of the people of an edition when it reads another version: worked out before, and true after."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property

from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.catalogue.rules.substance import digest
from lms.kernel.values import dataclass
from lms.learning.rules.progress import UnitSummary, is_late
from lms.learning.rules.standing import Course, Key, pre_reading_complete


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of one person of the edition. `open_tries` are those not checked yet, by unit and substance."""

    enrolment_id: int
    progress: Mapping[Key, UnitSummary]
    course: Course
    deadline: dt.datetime
    open_tries: tuple[Key, ...] = ()
    has_record: bool = False
    gets_record: bool = False
    """Whether nothing but the pre-reading stands between this person and a record, under the new version's rule."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one person; units by their ids, in the order of the new version."""

    enrolment_id: int
    begun: bool
    again: tuple[int, ...] = ()
    """Finished, and to be read once more, as it is another in substance."""
    more: tuple[int, ...] = ()
    """Waiting to be finished where nothing waits now: what is to be read again, and what is new."""
    less: tuple[int, ...] = ()
    """Waited for now and not asked any more."""
    finishes: bool = False
    record: bool = False
    """Gets a record in the same moment."""
    set_aside: tuple[int, ...] = ()
    """Open tries that will not be scored; the answers are kept."""
    late: bool = False
    """There is more to read, and the deadline has passed."""
    keeps_reading: bool = False
    keeps_record: bool = False

    @property
    def waits(self) -> bool:
        """Whether this person has not begun, and begins with the new version."""
        return not self.begun

    @property
    def touched(self) -> bool:
        """Whether this person will notice anything but the words of texts."""
        return bool(self.again or self.more or self.less or self.finishes or self.record or self.set_aside)


def effect_of(old: Outline, new: Outline, reader: Reader, at: dt.datetime) -> Effect:
    """What the move does to one person. Earned is earned: nothing more is asked of whoever is complete."""
    there = {(unit.id, unit.substance) for _module, unit in new.units()}
    complete, begun = reader.course.completed_at is not None, reader.course.started_at is not None
    kept = {
        "set_aside": tuple(unit_id for unit_id, substance in reader.open_tries if (unit_id, substance) not in there),
        "keeps_reading": complete,
        "keeps_record": reader.has_record,
        "record": reader.gets_record and complete and not reader.has_record,
    }
    if complete or not begun:
        return Effect(reader.enrolment_id, begun, **kept)  # type: ignore[arg-type]
    done = {place for place, summary in reader.progress.items() if summary.done}
    waited, waits = _left(old, done), _left(new, done)
    finishes = pre_reading_complete(new, reader.progress)
    more = tuple(number for number in waits if number not in waited)
    kept |= {"record": finishes and reader.gets_record and not reader.has_record}
    return Effect(
        reader.enrolment_id,
        begun,
        again=tuple(unit.id for unit in _anew(old, new) if _lost(old, unit, done)),
        more=more,
        less=tuple(number for number in waited if number not in waits),
        finishes=finishes,
        late=bool(more) and is_late(at, reader.deadline),
        **kept,  # type: ignore[arg-type]
    )


def _left(outline: Outline, done: set[Key]) -> list[int]:
    return [
        unit.id
        for module, unit in outline.units()
        if module.key in outline.rule.modules and (unit.id, unit.substance) not in done
    ]


def _anew(old: Outline, new: Outline) -> list[OutlineUnit]:
    before = {unit.id: unit.substance for _module, unit in old.units()}
    return [unit for _module, unit in new.units() if before.get(unit.id, unit.substance) != unit.substance]


def _lost(old: Outline, unit: OutlineUnit, done: set[Key]) -> bool:
    before = next(was.substance for _module, was in old.units() if was.id == unit.id)
    return (unit.id, before) in done and (unit.id, unit.substance) not in done


@dataclass(frozen=True)
class Forecast:
    """All of an edition's people under another version; `reading` is the row by which the edition reads the present
    one, so that two moves are told apart."""

    reading: int
    present_id: int
    version_id: int
    deadline: dt.datetime
    effects: tuple[Effect, ...]

    @cached_property
    def fingerprint(self) -> str:
        """Names exactly what was shown: another number when anything of it has changed."""
        said = [self.reading, self.version_id, self.deadline.isoformat(), [asdict(effect) for effect in self.effects]]
        return digest(json.loads(json.dumps(said)))[:32]

    @property
    def touched(self) -> list[Effect]:
        """Those for whom something changes but the words of texts."""
        return [effect for effect in self.effects if effect.touched]

    def count(self, name: str) -> int:
        """For how many people this holds, by the name of a property of `Effect`."""
        return sum(bool(getattr(effect, name)) for effect in self.effects)


def forecast_of(
    reading: int, old: Outline, new: Outline, readers: Sequence[Reader], deadline: dt.datetime, at: dt.datetime
) -> Forecast:
    """The one place where the effects of a move are worked out, for its preview and for the act itself."""
    effects = tuple(effect_of(old, new, reader, at) for reader in readers)
    return Forecast(reading, old.version_id, new.version_id, deadline, effects)
