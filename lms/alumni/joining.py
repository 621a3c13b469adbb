"""The status follows from the records, whose person is one now. Membership is an agreement: that of the entry that goes
ends, and the person may agree anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from lms.people.joining import Joining, Told, keeps, moves, objects, tells
from lms.people.proposals.queries import open_ones
from lms.web.languages import gettext as _

from .models import (
    AlumniRecord,
    AlumniStatus,
    DirectoryWords,
    Introduction,
    IntroductionBlock,
    Member,
    MembershipAsk,
    MembershipStep,
    Reinvitation,
)
from .services import membership

keeps(MembershipStep.person_id, MembershipAsk.person_id)


@moves(Member.person_id, DirectoryWords.person_id)
def members(session: Session, joining: Joining) -> None:
    """Whom they agreed to be seen by was agreed under another entry: nobody sees it any more."""
    membership.leave(session, person_id=joining.goes, at=joining.at, by=joining.by)


@moves(AlumniStatus.person_id, AlumniRecord.person_id)
def statuses(session: Session, joining: Joining) -> None:
    """An entry without records has none; that of the other one is counted anew once everything has moved."""
    for table in (AlumniStatus, AlumniRecord):
        session.execute(delete(table).where(table.person_id == joining.goes))


@moves(Introduction.asker_id, Introduction.asked_id)
def introductions(session: Session, joining: Joining) -> None:
    """What they asked and were asked; nobody is introduced to themselves."""
    for mine, other in ((Introduction.asker_id, Introduction.asked_id), (Introduction.asked_id, Introduction.asker_id)):
        theirs = update(Introduction).where(mine == joining.goes, other != joining.stays)
        session.execute(theirs.values({mine: joining.stays}))


@moves(IntroductionBlock.person_id, IntroductionBlock.blocked_id)
def blocks(session: Session, joining: Joining) -> None:
    """Whoever was shut out, or shut somebody out, under either entry, still is."""
    either = or_(IntroductionBlock.person_id == joining.goes, IntroductionBlock.blocked_id == joining.goes)
    rows = session.scalars(select(IntroductionBlock).where(either)).all()
    now = dict.fromkeys((joining.goes,), joining.stays)
    pairs = {(now.get(row.person_id, row.person_id), now.get(row.blocked_id, row.blocked_id)): row.at for row in rows}
    session.execute(delete(IntroductionBlock).where(either))
    for (person_id, blocked_id), at in pairs.items():
        if person_id != blocked_id and session.get(IntroductionBlock, (person_id, blocked_id)) is None:
            session.add(IntroductionBlock(person_id=person_id, blocked_id=blocked_id, at=at))


@moves(Reinvitation.person_id)
def reinvitations(session: Session, joining: Joining) -> None:
    """What officers decided about lost mailboxes."""
    theirs = update(Reinvitation).where(Reinvitation.person_id == joining.goes)
    session.execute(theirs.values(person_id=joining.stays))


@objects
def an_address_waits_for_an_officer(session: Session, stays: int, goes: int) -> list[str]:
    """Two officers decide where a person is written to: joining must not decide it beside them."""
    of_either = open_ones(Reinvitation).where(Reinvitation.person_id.in_((stays, goes)))
    if session.scalars(of_either).first() is None:
        return []
    return [str(_("Another address is proposed for one of the two. A second officer must decide on it first."))]


@tells
def community(session: Session, stays: int, goes: int) -> Iterable[Told]:
    """Who is a member."""
    said = {number: _("member") if session.get(Member, number) else _("no member") for number in (stays, goes)}
    yield Told(
        _("Community of alumni"),
        said[stays],
        said[goes],
        _(
            "The membership of the first is as it is. That of the second ends, with what it showed to whom; the person"
            " can agree anew. Its steps stay on record."
        ),
    )
