"""What trainers answer to a reader who reported an error."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.learning.models import TextReportOutcome
from lms.learning.queries import report_in_course
from lms.learning.rules.reports import LONGEST_REASON, ReportOutcome
from lms.people.rules.names import mistake_in_prose
from lms.people.services.wording import refuse_text


def answer_report(
    session: Session, *, course_id: int, public_id: str, outcome: ReportOutcome, reason: str, by: str, at: dt.datetime
) -> None:
    """Say in a sentence what became of a report; the reader sees it, and it cannot be changed.

    Sent again it does nothing more. Raises Refused without a sentence, Conflict when it was answered otherwise in the
    meantime, NotFound.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Write a sentence. Whoever reported the error reads it."))
    refuse_text(mistake_in_prose(reason, LONGEST_REASON))
    row = report_in_course(session, course_id, public_id)
    answer = dialect_insert(session)(TextReportOutcome).values(
        report_id=row.id, outcome=outcome, reason=reason, by=by, at=at
    )
    if session.scalar(answer.on_conflict_do_nothing().returning(TextReportOutcome.report_id)) is not None:
        audit.record(session, at=at, actor=by, act=f"report.{outcome}", about=public_id)
        return
    became = report_in_course(session, course_id, public_id)
    if (became.outcome, became.reason) != (outcome, reason):
        raise Conflict(_("This report was answered in the meantime."))
