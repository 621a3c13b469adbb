"""What `flask lms check` recomputes of progress: every summary from its events, every score from its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.kernel.checks import Finding, check
from lms.kernel.errors import NotInstalled
from lms.people.models import Person
from lms.plugins.manager import unit_kinds
from lms.seminars.checks import count_findings, part_findings
from lms.seminars.models import EditionVersion, Enrolment, Stage, StageReached
from lms.seminars.rules import COUNTED

from . import queries
from .models import (
    Answer,
    ChangeSeen,
    EnrolmentProgress,
    ModuleFinished,
    ProgressEvent,
    QuestionTally,
    QuizTry,
    Receipt,
    Reflection,
    TermProposal,
    TermProposalOutcome,
    TextReport,
    TextReportOutcome,
    UnitProgress,
)
from .rules.answers import Sent, that_count
from .rules.modules import PREFIX, counted_as
from .rules.progress import Step, UnitSummary, fold
from .rules.proposals import Outcome
from .rules.standing import Key, pre_reading_complete


@check("learning.units")
def units(session: Session) -> Iterable[Finding]:
    """Each unit's summary is the fold of its events, and there is none without events."""
    stored, folded = _stored(session), {place: fold(steps) for place, steps in _events(session)}
    for place in sorted(stored.keys() | folded.keys()):
        if stored.get(place) != folded.get(place):
            yield Finding(f"enrolment {place[0]}, unit {place[1]}", "the summary is not what the events come to")


def _stored(session: Session) -> dict[tuple[int, int, str], UnitSummary]:
    kept = UnitProgress
    rows = session.execute(
        select(
            kept.enrolment_id, kept.unit_id, kept.substance, kept.state, kept.best_points, kept.best_total, kept.late,
            kept.done_at,
        )
    )  # fmt: skip
    return {(row[0], row[1], row[2]): UnitSummary(*row[3:]) for row in rows}


def _events(session: Session) -> Iterator[tuple[tuple[int, int, str], Iterable[Step]]]:
    event = ProgressEvent
    rows = session.execute(
        select(
            event.enrolment_id, event.unit_id, event.substance, event.kind, event.at, event.late, event.points,
            event.total,
        ).order_by(event.enrolment_id, event.unit_id, event.substance, event.id)
    )  # fmt: skip
    for place, steps in groupby(rows, key=lambda row: (row.enrolment_id, row.unit_id, row.substance)):
        yield place, (Step(row.kind, row.at, row.late, row.points, row.total) for row in steps)


@check("learning.enrolments")
def enrolments(session: Session) -> Iterable[Finding]:
    """Each enrolment counts its finished units and began with its first event."""
    done = Counter(place[0] for place, summary in _stored(session).items() if summary.done)
    first = select(func.min(ProgressEvent.id)).group_by(ProgressEvent.enrolment_id)
    begun = _by_enrolment(session, ProgressEvent.enrolment_id, ProgressEvent.at, ProgressEvent.id.in_(first))
    kept = {row.enrolment_id: row for row in session.scalars(select(EnrolmentProgress))}
    for number in sorted(kept.keys() | done.keys() | begun.keys()):
        row = kept.get(number)
        if (row.units_done if row else 0) != done[number]:
            yield Finding(f"enrolment {number}", "counts other units as finished than there are")
        if (row.started_at if row else None) != begun.get(number):
            yield Finding(f"enrolment {number}", "began at another time than its first event")


def _by_enrolment(session: Session, number: Any, value: Any, which: Any) -> dict[int, Any]:
    return {row[0]: row[1] for row in session.execute(select(number, value).where(which))}


@check("learning.completion")
def completion(session: Session) -> Iterable[Finding]:
    """Who is complete finished what the version then in force asked, and who finished it all is complete."""
    progress: dict[int, dict[Key, UnitSummary]] = {}
    for (number, unit_id, substance), summary in _stored(session).items():
        progress.setdefault(number, {})[unit_id, substance] = summary
    reached = _by_enrolment(
        session, StageReached.enrolment_id, StageReached.at, StageReached.stage == Stage.PRE_READING
    )
    now_reading = queries.versions_read(session)
    here = set(session.scalars(select(Enrolment.id).where(Enrolment.state.in_(COUNTED))))
    for row in session.scalars(select(EnrolmentProgress).order_by(EnrolmentProgress.enrolment_id)):
        about = f"enrolment {row.enrolment_id}"
        if row.completed_at != reached.get(row.enrolment_id):
            yield Finding(about, "its completion and the stage it reached do not agree")
        version = row.version_id or now_reading.get(row.enrolment_id)
        if version is None:
            continue
        complete = pre_reading_complete(catalogue.outline(session, version), progress.get(row.enrolment_id, {}))
        if row.completed_at is not None and not complete:
            yield Finding(about, "complete without having finished")
        # Whoever has left is not made complete by a version that asks less.
        if row.completed_at is None and complete and row.enrolment_id in here:
            yield Finding(about, "finished without being complete")


@check("learning.completed")
def completed(session: Session) -> Iterable[Finding]:
    """Who is complete is as late as the step that completed it, under a version that the edition has read."""
    steps = (EnrolmentProgress.enrolment_id == ProgressEvent.enrolment_id) & (
        EnrolmentProgress.completed_at == ProgressEvent.at
    )
    late = _by_enrolment(session, ProgressEvent.enrolment_id, ProgressEvent.late, exists().where(steps))
    read = {tuple(row) for row in session.execute(select(EditionVersion.edition_id, EditionVersion.version_id))}
    kept = select(EnrolmentProgress, Enrolment.edition_id).outerjoin(
        Enrolment, Enrolment.id == EnrolmentProgress.enrolment_id
    )
    for row, edition_id in session.execute(kept.order_by(EnrolmentProgress.enrolment_id)):
        about = f"enrolment {row.enrolment_id}"
        if row.completed_at is None:
            if row.late or row.version_id is not None:
                yield Finding(about, "says how it was completed without being complete")
            continue
        # Who became complete by a change of version did so without a step.
        if row.late != late.get(row.enrolment_id, row.late):
            yield Finding(about, "is not as late as the step that completed it")
        if (edition_id, row.version_id) not in read:
            yield Finding(about, "was completed under a version that the edition has not read")


@check("learning.modules")
def modules(session: Session) -> Iterable[Finding]:
    """Who is noted to have finished a module is who has, and how many these are is what is counted."""
    reads = set(session.scalars(select(EditionVersion.edition_id)))
    real = {(row[0], row[1], row[2]) for row in session.execute(queries.whole_modules(reads))}
    noted = select(ModuleFinished.enrolment_id, ModuleFinished.edition_id, ModuleFinished.module_key)
    for number, _edition, key in sorted(real ^ {(row[0], row[1], row[2]) for row in session.execute(noted)}):
        yield Finding(f"enrolment {number}", f"is noted to have finished module {key}, or is not, against the facts")
    facts = Counter((counted_as(key), edition) for _number, edition, key in real)
    yield from count_findings(session, lambda what: what.startswith(PREFIX), facts)
    who = queries.whole_modules(reads).subquery()
    place = (who.c.module, Enrolment.edition_id, Enrolment.state_code, Enrolment.sector, StageReached.stage)
    rows = (
        select(*place, func.count())
        .select_from(who)
        .join(Enrolment, Enrolment.id == who.c.id)
        .join(StageReached, StageReached.enrolment_id == who.c.id)
        .group_by(*place)
    )
    by_place = {(counted_as(key), *where): number for key, *where, number in session.execute(rows)}
    yield from part_findings(session, lambda part: part.startswith(PREFIX), by_place)


@check("learning.tries")
def tries(session: Session) -> Iterable[Finding]:
    """Each closed try is worth what its answers are worth."""
    sent = session.execute(
        select(
            QuizTry.id, QuizTry.revision_id, QuizTry.points, QuizTry.total, Answer.question, Answer.given, Answer.page,
            Answer.sequence,
        )
        .outerjoin(Answer, Answer.try_id == QuizTry.id)
        .where(QuizTry.closed_at.is_not(None), QuizTry.set_aside.is_(False))
        .order_by(QuizTry.id, Answer.id)
    )  # fmt: skip
    for number, rows in groupby(sent, key=lambda row: row.id):
        answers = list(rows)
        try:
            quiz = queries.quiz(session, unit_kinds(), answers[0].revision_id)
        except NotInstalled:
            yield Finding(f"try {number}", "cannot be scored again, as its kind of unit is not installed")
            continue
        given = that_count(Sent(r.question, r.given, r.page, r.sequence) for r in answers if r.question is not None)
        score = quiz.score(given)
        if (score.points, score.total) != (answers[0].points, answers[0].total):
            yield Finding(f"try {number}", "its score is not what its answers are worth")


@check("learning.kinds")
def kinds(session: Session) -> Iterable[Finding]:
    """Every unit that an edition reads is of a kind that is installed."""
    read = session.scalars(select(EditionVersion.version_id).distinct().order_by(EditionVersion.version_id)).all()
    units_read = (unit for version in read for _module, unit in catalogue.outline(session, version).units())
    for key, kind in sorted({(unit.key, unit.kind) for unit in units_read if unit.kind not in unit_kinds()}):
        yield Finding(f"unit {key}", f"needs a part that is not installed: the kind {kind}")


@check("learning.receipts")
def receipts(session: Session) -> Iterable[Finding]:
    """A key is used once in an enrolment; each answer and private text has a receipt of its own enrolment."""
    twice = select(Receipt.enrolment_id).group_by(Receipt.enrolment_id, Receipt.client_key).having(func.count() > 1)
    for number in session.scalars(twice):
        yield Finding(f"enrolment {number}", "has two receipts for one key")
    foreign = (
        select(Answer.id)
        .outerjoin(QuizTry, QuizTry.id == Answer.try_id)
        .outerjoin(Receipt, Receipt.id == Answer.receipt_id)
        .where(or_(Receipt.id.is_(None), Receipt.enrolment_id != QuizTry.enrolment_id))
    )
    for number in session.scalars(foreign):
        yield Finding(f"answer {number}", "has a receipt that was given to somebody else")
    written = (
        select(Reflection.id)
        .join(Receipt, Receipt.id == Reflection.receipt_id)
        .where(Receipt.enrolment_id != Reflection.enrolment_id)
    )
    for number in session.scalars(written):
        yield Finding(f"private text {number}", "has a receipt that was given to somebody else")


@check("learning.changes")
def changes_seen(session: Session) -> Iterable[Finding]:
    """Whoever said they had seen a change has a receipt for it, of a version that their edition has read."""
    rows = session.execute(
        select(
            ChangeSeen.id,
            ChangeSeen.enrolment_id,
            Receipt.enrolment_id.label("given_to"),
            EditionVersion.id.label("read_by"),
        )
        .join(Receipt, Receipt.id == ChangeSeen.receipt_id)
        .join(Enrolment, Enrolment.id == ChangeSeen.enrolment_id)
        .outerjoin(
            EditionVersion,
            (EditionVersion.edition_id == Enrolment.edition_id) & (EditionVersion.version_id == ChangeSeen.version_id),
        )
        .order_by(ChangeSeen.id)
    )
    for row in rows:
        if row.given_to != row.enrolment_id:
            yield Finding(f"change seen {row.id}", "has a receipt that was given to somebody else")
        if row.read_by is None:
            yield Finding(f"change seen {row.id}", "is of a version that the edition has not read")


@check("learning.proposals")
def proposals(session: Session) -> Iterable[Finding]:
    """Every word is for a term its version has, taken back by nobody but its proposer, and answered after it came."""
    became = TermProposalOutcome
    rows = session.execute(
        select(
            TermProposal.id, TermProposal.version_id, TermProposal.term, TermProposal.at, Person.subject,
            became.outcome, became.by, became.at.label("settled_at"),
        )
        .outerjoin(became, became.proposal_id == TermProposal.id)
        .join(Person, Person.id == TermProposal.person_id)
        .order_by(TermProposal.id)
    )  # fmt: skip
    for row in rows:
        if all(term["key"] != row.term for term in catalogue.outline(session, row.version_id).terms):
            yield Finding(f"proposal {row.id}", "is for a term that its version does not have")
        if row.outcome is Outcome.WITHDRAWN and row.by != row.subject:
            yield Finding(f"proposal {row.id}", "was taken back by somebody else")
        if row.outcome is not None and row.settled_at < row.at:
            yield Finding(f"proposal {row.id}", "was settled before it came")


@check("learning.reports")
def reports(session: Session) -> Iterable[Finding]:
    """Every report was answered after it came."""
    became = TextReportOutcome
    answered = select(TextReport.id).join(became, became.report_id == TextReport.id).where(became.at < TextReport.at)
    for number in session.scalars(answered.order_by(TextReport.id)):
        yield Finding(f"report {number}", "was answered before it came")


@check("learning.tallies")
def tallies(session: Session) -> Iterable[Finding]:
    """Each tally of answers is what the first tries that it counted come to."""
    for kept in session.scalars(select(QuestionTally).order_by(QuestionTally.course_id, QuestionTally.unit_id)):
        place = (kept.course_id, kept.unit_id)
        try:
            tries, told = queries.tally_of(session, unit_kinds(), *place, until=kept.until)
        except NotInstalled:
            yield Finding(f"tally {place}", "cannot be made again, as its kind of unit is not installed")
            continue
        if (tries, told) != (kept.tries, kept.told):
            yield Finding(f"tally {place}", "is not what the first tries come to")
