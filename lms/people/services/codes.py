"""Mailed links with a typed code: made, tried, used up, replaced."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.kernel.secrets import digest, new_code, same
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.models import FormerKey, IdentityRow, MailedToken
from lms.people.rules.codes import GOOD_FOR, MOST_WRONG_CODES, Outcome, TokenPurpose, tidy_code, usable

from .mail import forget_failures


@dataclass(frozen=True)
class Made:
    """A fresh link and its code; both are known only here and in the letter."""

    link: str
    code: str
    until: dt.datetime


@dataclass(frozen=True)
class Tried:
    """What came of a code, and whose it was when it was right."""

    outcome: Outcome
    person_id: int = 0
    left: int = 0
    """How many more tries there are."""


def make_code(
    session: Session,
    *,
    purpose: TokenPurpose,
    person_id: int,
    identity_id: int,
    at: dt.datetime,
    unasked: bool = False,
) -> Made:
    """A link and a code for one address; older ones for the same purpose are good no more. One that its reader does not
    wait for is good as long as an invitation."""
    void_codes(session, purpose=purpose, person_id=person_id, at=at)
    good_for = GOOD_FOR[TokenPurpose.INVITATION if unasked else purpose]
    made = Made(secrets.token_urlsafe(32), new_code(), at + good_for)
    session.add(
        MailedToken(
            purpose=purpose,
            link_digest=digest(made.link),
            code_digest=_digest(made.link, made.code),
            person_id=person_id,
            identity_id=identity_id,
            created_at=at,
            expires_at=made.until,
        )
    )
    return made


def _digest(link: str, code: str) -> str:
    return keyring().code(f"{digest(link)}:{tidy_code(code)}")


def void_codes(session: Session, *, purpose: TokenPurpose, person_id: int, at: dt.datetime) -> None:
    """Make every open link of a purpose good for nothing."""
    session.execute(
        update(MailedToken)
        .where(MailedToken.purpose == purpose, MailedToken.person_id == person_id)
        .where(MailedToken.used_at.is_(None), MailedToken.void_at.is_(None))
        .values(void_at=at)
    )


def forget_address_codes(session: Session, identity_id: int, at: dt.datetime) -> None:
    """Let go of an address that is about to be removed."""
    links = update(MailedToken).where(MailedToken.identity_id == identity_id)
    session.execute(links.where(MailedToken.used_at.is_(None), MailedToken.void_at.is_(None)).values(void_at=at))
    session.execute(links.values(identity_id=None))


def try_code(
    session: Session,
    *,
    purpose: TokenPurpose,
    link: str,
    code: str,
    at: dt.datetime,
    person_id: int | None = None,
) -> Tried:
    """Try a typed code; the right one is used up and proves its address, a wrong one is counted.

    Gives the outcome instead of raising, so that the count of wrong codes is committed. With `person_id` the link is
    good for that person alone. Two at once: one of them is right.
    """
    held = select(MailedToken).where(MailedToken.purpose == purpose, MailedToken.link_digest == digest(link))
    row = session.scalar(held.with_for_update(), execution_options={"populate_existing": True})
    if row is None or not is_open(row, at) or (person_id is not None and row.person_id != person_id):
        return Tried(Outcome.OVER)
    if not same(row.code_digest, _digest(link, code)):
        row.wrong_codes += 1
        row.void_at = at if row.wrong_codes >= MOST_WRONG_CODES else None
        return Tried(Outcome.WRONG, left=MOST_WRONG_CODES - row.wrong_codes)
    row.used_at = at
    _prove(session, row.identity_id, at)
    return Tried(Outcome.RIGHT, row.person_id)


def is_open(row: MailedToken, at: dt.datetime) -> bool:
    """Whether the code of this link may still be typed."""
    return usable(expires_at=row.expires_at, used_at=row.used_at, void_at=row.void_at, wrong=row.wrong_codes, at=at)


def _prove(session: Session, identity_id: int | None, at: dt.datetime) -> None:
    unproved = update(IdentityRow).where(IdentityRow.id == identity_id, IdentityRow.verified_at.is_(None))
    session.execute(unproved.values(verified_at=at))
    was_of = select(IdentityRow.former_id).where(IdentityRow.id == identity_id).scalar_subquery()
    closed = update(FormerKey).where(FormerKey.former_id == was_of, FormerKey.proved_at.is_(None))
    session.execute(closed.values(proved_at=at))
    if identity_id is not None:
        forget_failures(session, [identity_id], at=at)
