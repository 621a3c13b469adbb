"""Every read of editions and the people in them; nothing over people's data without a scope."""

from __future__ import annotations

from .attendance import (
    Closing,
    MarkRow,
    SheetPerson,
    SheetSession,
    attendance_result,
    closing_of,
    marks_of,
    sessions_of,
    sheet_people,
)
from .counts import counts
from .editions import (
    CompanionRow,
    EditionRow,
    companions_of,
    course_choices,
    course_versions,
    edition_by_public_id,
    edition_of,
    editions_visible,
    version_in_force,
)
from .enrolments import (
    EnrolmentRow,
    PersonRow,
    enrolment_in,
    enrolment_of_person,
    enrolment_row,
    history,
    my_enrolments,
    named,
    people_rows,
    requests_of,
    visible_to,
)

__all__ = [
    "Closing",
    "CompanionRow",
    "EditionRow",
    "EnrolmentRow",
    "MarkRow",
    "PersonRow",
    "SheetPerson",
    "SheetSession",
    "attendance_result",
    "closing_of",
    "companions_of",
    "counts",
    "course_choices",
    "course_versions",
    "edition_by_public_id",
    "edition_of",
    "editions_visible",
    "enrolment_in",
    "enrolment_of_person",
    "enrolment_row",
    "history",
    "marks_of",
    "my_enrolments",
    "named",
    "people_rows",
    "requests_of",
    "sessions_of",
    "sheet_people",
    "version_in_force",
    "visible_to",
]
