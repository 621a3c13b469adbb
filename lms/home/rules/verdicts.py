"""The conditions of a record, from what the home page knows anyway."""

from __future__ import annotations

from lms.learning.rules.standing import Standing
from lms.records.rules.completion import Facts, ModuleFact, Verdict, judge
from lms.seminars.rules import Attendance


def verdict_of(standing: Standing, attendance: Attendance, *, closed: bool, name_confirmed: bool) -> Verdict:
    """What the course's rule says of somebody; `attendance` is final once it is closed and empty before it began."""
    facts = Facts(
        modules=tuple(ModuleFact(m.module.key, m.module.title, m.finished) for m in standing.modules),
        pre_reading_completed_at=standing.completed_at,
        attendance_closed=closed,
        held=attendance.held,
        present=attendance.present,
        excused=attendance.excused,
        made_up=attendance.made_up,
        name_confirmed=name_confirmed,
    )
    return judge(standing.outline.rule, facts)
