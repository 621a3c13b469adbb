"""What a person writes: reflections, what they write instead of a hard text, reports of errors in a text. All of it is
sealed under their key."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import new_token
from lms.learning.models import Reflection, TextReport
from lms.learning.queries import OwnEnrolment, Taken, Written, reflection, reflection_place, report_place
from lms.learning.rules.progress import ProgressKind, finished_by
from lms.learning.rules.scores import NOT_SCORED, Scores, kept_as, read_back
from lms.people.sealing import seal_text

from .progress import about, hold, record
from .receipts import take

LONGEST_REFLECTION = 20_000
LONGEST_REASON = 2_000
LONGEST_REPORT = 2_000
REPORTS_A_DAY = 20


def write_reflection(
    session: Session,
    *,
    own: OwnEnrolment,
    outline: Outline,
    unit: OutlineUnit,
    text: str,
    key: str,
    at: dt.datetime,
    scores: Scores = NOT_SCORED,
) -> Taken:
    """Keep what a person wrote and scored for themselves; what was kept before stays kept too. Beside scores the text
    may be empty. Raises Refused, ChangedSince."""
    scores = _clean_scores(scores)
    kept = kept_as(_clean(text, LONGEST_REFLECTION, may_be_empty=bool(scores)), scores)
    held = hold(session, own, outline)
    taken = take(session, own.id, key, action="reflection", body=about(unit), private=kept, at=at)
    if not taken.fresh:
        return taken
    if finished_by(unit.kind, unit.questions) is not ProgressKind.WRITTEN:
        raise NotFound
    held.must_be_open(unit)
    _keep(session, own, unit, kept, reflection(session, own, unit.id), taken)
    if not held.summary(unit).done:
        record(session, held, unit, ProgressKind.WRITTEN, taken)
    return taken


def write_instead(
    session: Session, *, own: OwnEnrolment, outline: Outline, unit: OutlineUnit, text: str, key: str, at: dt.datetime
) -> Taken:
    """Keep what a person wrote instead of reading a hard text. Raises NotFound where the text offers nothing to write,
    Refused, ChangedSince.

    Receipt and step are those of reading, so that nothing that is counted, shown or listed tells the two apart.
    """
    kept = kept_as(_clean(text, LONGEST_REFLECTION))
    held = hold(session, own, outline)
    taken = take(session, own.id, key, action="read", body=about(unit), private=kept, at=at)
    if not taken.fresh:
        return taken
    before = reflection(session, own, unit.id)
    if finished_by(unit.kind, unit.questions) is not ProgressKind.READ or not (before or _offered(session, unit)):
        raise NotFound
    held.must_be_open(unit)
    _keep(session, own, unit, kept, before, taken)
    if not held.summary(unit).done:
        record(session, held, unit, ProgressKind.READ, taken)
    return taken


def _offered(session: Session, unit: OutlineUnit) -> bool:
    return bool(catalogue.unit_text(session, unit.revision_id).written_alternative)


def _keep(
    session: Session, own: OwnEnrolment, unit: OutlineUnit, kept: str, before: Written | None, taken: Taken
) -> None:
    """Append what was written, unless it is what was kept last."""
    if before is None or (before.text, before.scores) != read_back(kept):
        sealed = seal_text(session, own.person_id, kept, reflection_place(own.id, unit.id))
        row = {"enrolment_id": own.id, "unit_id": unit.id, "sealed": sealed, "receipt_id": taken.id, "at": taken.at}
        session.execute(insert(Reflection).values(row))


def report_text(
    session: Session, *, own: OwnEnrolment, unit: OutlineUnit, revision_id: int, text: str, key: str, at: dt.datetime
) -> Taken:
    """Keep a report of an error in one text of a unit. Raises Refused, ChangedSince."""
    text = _clean(text, LONGEST_REPORT)
    body = {**about(unit), "revision": revision_id}
    taken = take(session, own.id, key, action="report", body=body, private=text, at=at)
    if not taken.fresh:
        return taken
    since = at - dt.timedelta(days=1)
    mine = select(func.count()).where(TextReport.person_id == own.person_id, TextReport.at > since)
    if (session.scalar(mine) or 0) >= REPORTS_A_DAY:
        raise Refused(_("You have sent many reports today. Please write to the seminar office instead."))
    public_id = new_token()
    sealed = seal_text(session, own.person_id, text, report_place(public_id))
    row = {"public_id": public_id, "revision_id": revision_id, "version_id": own.version_id, "person_id": own.person_id}
    session.execute(insert(TextReport).values(**row, sealed=sealed, at=at))
    return taken


def _clean_scores(scores: Scores) -> Scores:
    """Without reasons that say nothing, which would be as good as none."""
    reasons = {case: _clean(reason, LONGEST_REASON, may_be_empty=True) for case, reason in scores.reasons.items()}
    return Scores(scores.scores, {case: reason for case, reason in reasons.items() if reason})


def _clean(text: str, longest: int, *, may_be_empty: bool = False) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text and not may_be_empty:
        raise Refused(_("There is no text yet. Write something, then send it."))
    if len(text) > longest:
        raise Refused(_("This is longer than %(number)s characters. Shorten it, then send it again.", number=longest))
    if "\x00" in text:
        raise Refused(_("There is a character in this text that we cannot keep."))
    return text
