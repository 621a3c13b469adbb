"""What of an entry's learning moves over when it is joined into another entry of the same person. What was read hangs
on the places; private texts never come before other eyes, because a place with progress does not move."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people.joining import Joining, moves

from .models import TermProposal, TextReport
from .queries.proposals import remark_place
from .queries.reports import report_place


@moves(TextReport.person_id, TermProposal.person_id)
def words(session: Session, joining: Joining) -> None:
    """Reports of errors and proposed words."""
    for report in session.scalars(select(TextReport).where(TextReport.person_id == joining.goes)):
        report.sealed = joining.resealed(report.sealed, report_place(report.public_id)) or b""
        report.person_id = joining.stays
    for proposal in session.scalars(select(TermProposal).where(TermProposal.person_id == joining.goes)):
        proposal.sealed_remark = joining.resealed(proposal.sealed_remark, remark_place(proposal.public_id))
        proposal.person_id = joining.stays
