"""What of an entry's learning moves over when it is joined into another entry of the same person. What was read hangs
on the places. Private texts never come before other eyes: they stay sealed as they were, and open only once the person
has proved an address of the entry under which they were written."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people.joining import Joining, Told, moves, tells
from lms.seminars.joining import rivals
from lms.seminars.models import Edition, Enrolment

from .models import EnrolmentProgress, TermProposal, TextReport
from .queries import progress_of
from .queries.proposals import remark_place
from .queries.reports import report_place
from .rules.progress import NOTHING_YET


@moves(TextReport.person_id, TermProposal.person_id)
def words(session: Session, joining: Joining) -> None:
    """Reports of errors and proposed words."""
    for report in session.scalars(select(TextReport).where(TextReport.person_id == joining.goes)):
        report.sealed = joining.resealed(report.sealed, report_place(report.public_id)) or b""
        report.person_id = joining.stays
    for proposal in session.scalars(select(TermProposal).where(TermProposal.person_id == joining.goes)):
        proposal.sealed_remark = joining.resealed(proposal.sealed_remark, remark_place(proposal.public_id))
        proposal.person_id = joining.stays


@tells
def what_was_read(session: Session, stays: int, goes: int) -> Iterable[Told]:
    """How much was finished at each place, and at two places of one edition together."""
    yield Told(
        _("Units finished"), _finished(session, stays), _finished(session, goes), _together(session, stays, goes)
    )
    closed = _("not shown, nor whether there are any")
    yield Told(
        _("Private texts"),
        closed,
        closed,
        _(
            "Those of the second open to the person alone, once they have confirmed its address. Where there are two on"
            " one unit, that of the kept place is shown."
        ),
    )


def _finished(session: Session, person_id: int) -> str:
    rows = session.execute(
        select(Edition.title, EnrolmentProgress.units_done)
        .join(Enrolment, Enrolment.edition_id == Edition.id)
        .join(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id == person_id)
        .order_by(Edition.starts_on.desc(), Enrolment.id)
    )
    return "; ".join(f"{row.title}: {row.units_done}" for row in rows) or str(_("none"))


def _together(session: Session, stays: int, goes: int) -> str:
    said = [_("What was finished stays finished, with its dates.")]
    for mine, theirs in rivals(session, stays, goes):
        here, there = progress_of(session, mine.id), progress_of(session, theirs.id)
        both = sum(
            here.get(key, NOTHING_YET).done or there.get(key, NOTHING_YET).done for key in here.keys() | there.keys()
        )
        title = session.get_one(Edition, mine.edition_id).title
        said.append(_("%(title)s: %(number)s together, with the better try at each quiz.", title=title, number=both))
    return " ".join(said)
