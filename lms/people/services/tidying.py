"""What nobody needs any more goes: ended sign-ins, old links, addresses that were never proved."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.people.models import IdentityKind, IdentityRow, MailedToken, MailFailure, SentLetter, SignInSession
from lms.people.rules.codes import GOOD_FOR, TokenPurpose

from .codes import forget_address_codes

KEPT = dt.timedelta(days=30)
LETTERS_KEPT = dt.timedelta(days=730)
"""How long it is known that a letter was sent; its words are never kept."""
DAILY = 86_400


@outbox.database("people.tidy", every=DAILY)
def tidy(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Remove what ended more than 30 days ago, and addresses whose code ran out."""
    before = at - KEPT
    ended = or_(SignInSession.ended_at < before, SignInSession.expires_at < before)
    session.execute(delete(SignInSession).where(ended))
    session.execute(delete(MailedToken).where(MailedToken.expires_at < before))
    _forget_letters(session, at - LETTERS_KEPT)
    for identity_id in session.scalars(_never_proved(at)).all():
        forget_address_codes(session, identity_id, at)
        session.execute(delete(IdentityRow).where(IdentityRow.id == identity_id))


def _forget_letters(session: Session, before: dt.datetime) -> None:
    """A letter that came back stays known for as long as nothing is written to its address because of it."""
    old = select(SentLetter.id).where(SentLetter.at < before)
    over = MailFailure.over_at.is_not(None) | MailFailure.identity_id.is_(None)
    session.execute(delete(MailFailure).where(MailFailure.letter_id.in_(old), over))
    holding = select(MailFailure.letter_id)
    session.execute(delete(SentLetter).where(SentLetter.at < before, SentLetter.id.not_in(holding)))


def _never_proved(at: dt.datetime) -> Any:
    waiting = select(MailedToken.identity_id).where(MailedToken.expires_at > at, MailedToken.identity_id.is_not(None))
    return select(IdentityRow.id).where(
        IdentityRow.kind == IdentityKind.ADDRESS,
        IdentityRow.verified_at.is_(None),
        ~IdentityRow.primary,
        IdentityRow.created_at < at - GOOD_FOR[TokenPurpose.ADDRESS],
        IdentityRow.id.not_in(waiting),
    )
