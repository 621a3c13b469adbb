"""What stands behind a sign-in: passwords, links, the list of signed-in browsers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.secrets import digest
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.models import IdentityRow, MailedToken, Password, Person, SignInSession
from lms.people.rules.codes import TokenPurpose, usable
from lms.people.rules.sessions import lives


@dataclass(frozen=True)
class SignInView:
    """One signed-in browser; of the last use only the day is told."""

    public_id: str
    device: str
    day: dt.datetime
    here: bool


def credentials(session: Session, address: str) -> tuple[int, str] | None:
    """The person and the hash of the password that go with a proved address; nobody who is disabled."""
    row = session.execute(
        select(Person.id, Password.hash)
        .join(IdentityRow, IdentityRow.person_id == Person.id)
        .join(Password, Password.person_id == Person.id)
        .where(IdentityRow.blind_index == keyring().blind(address), IdentityRow.verified_at.is_not(None))
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
    ).first()
    return (row[0], row[1]) if row else None


def password_hash(session: Session, person_id: int) -> str | None:
    """The hash of a person's password, if they have one."""
    return session.scalar(select(Password.hash).where(Password.person_id == person_id))


def password_held(session: Session, person_id: int) -> str | None:
    """The hash as it is now, held still until the change is over."""
    return session.scalar(select(Password.hash).where(Password.person_id == person_id).with_for_update())


def open_link(session: Session, purpose: TokenPurpose, link: str, at: dt.datetime) -> MailedToken | None:
    """The row of a link whose code may still be typed; looking uses nothing up."""
    row = session.scalar(
        select(MailedToken).where(MailedToken.purpose == purpose, MailedToken.link_digest == digest(link))
    )
    if row is None:
        return None
    good = usable(expires_at=row.expires_at, used_at=row.used_at, void_at=row.void_at, wrong=row.wrong_codes, at=at)
    return row if good else None


def sign_ins_of(
    session: Session, person_id: int, at: dt.datetime, *, here: int | None, staff: bool
) -> list[SignInView]:
    """The browsers in which a person is signed in, the last used first."""
    rows = session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > at)
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    )
    return [
        SignInView(row.public_id, row.device, row.seen_at, row.id == here)
        for row in rows
        if row.id == here or _alive(row, staff, at)
    ]


def _alive(row: SignInSession, staff: bool, at: dt.datetime) -> bool:
    return lives(
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        idle=dt.timedelta(seconds=row.idle_seconds),
        staff=staff,
        at=at,
    )
