"""Who may read the feed: partners that two administrators stand behind, and tokens that end."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import digest, new_token

from .models import FeedPartner, FeedToken
from .rules import LONGEST_LIFE, Field, overlapping_until

PREFIX = "lmsfeed_"
"""Begins every token, so that programs which look for secrets in the wrong places know one."""
USED_EVERY = dt.timedelta(minutes=5)


def name_partner(session: Session, *, name: str, fields: Iterable[Field], by: str, at: dt.datetime) -> FeedPartner:
    """Name an organisation that is to read the feed; it may when another administrator has confirmed it. Raises Refused
    for a name that says nothing, or that another one bears."""
    name = name.strip()
    if not name:
        raise Refused(_("Give the name of the organisation."))
    if session.scalar(select(FeedPartner.id).where(FeedPartner.name == name, FeedPartner.ended_at.is_(None))):
        raise Refused(_("There is a partner of this name already."))
    made = FeedPartner(public_id=new_token(), name=name, fields=sorted(map(str, fields)), by=by, at=at)
    session.add(made)
    audit.record(session, at=at, actor=by, act="feed.partner-named", about=made.public_id, fields=made.fields)
    return made


def confirm_partner(session: Session, *, public_id: str, by: str, at: dt.datetime) -> None:
    """The second administrator's yes; twice is once. Raises Refused for the one who named it, or when it has ended."""
    row = _held(session, public_id)
    if row.ended_at:
        raise Refused(_("This has ended. Name the partner anew."))
    if row.by == by:
        raise Refused(_("You named this partner. Another administrator confirms it."))
    if row.confirmed_at is None:
        row.confirmed_by, row.confirmed_at = by, at
        audit.record(session, at=at, actor=by, act="feed.partner-confirmed", about=public_id)


def end_partner(session: Session, *, public_id: str, by: str, at: dt.datetime) -> None:
    """From now on nothing is read with any of its tokens; twice is once."""
    row = _held(session, public_id)
    if row.ended_at is None:
        row.ended_by, row.ended_at = by, at
        theirs = update(FeedToken).where(FeedToken.partner_id == row.id, FeedToken.ended_at.is_(None))
        session.execute(theirs.values(ended_at=at))
        audit.record(session, at=at, actor=by, act="feed.partner-ended", about=public_id)


def make_token(session: Session, *, public_id: str, until: dt.datetime, by: str, at: dt.datetime) -> str:
    """A token for a partner, to be shown once and kept nowhere. Those before it go on for seven days, so that the
    partner can change over. Raises Refused where the partner may not read, or for an end that is past or too far."""
    row = _held(session, public_id)
    if row.confirmed_at is None or row.ended_at is not None:
        raise Refused(_("This partner may not read the feed."))
    if not at < until <= at + LONGEST_LIFE:
        raise Refused(_("A token is good for a year at most. Choose a day within the next twelve months."))
    for token in session.scalars(_live(row.id, at)):
        token.expires_at = overlapping_until(token.expires_at, at)
    made = PREFIX + secrets.token_urlsafe(32)
    kept = FeedToken(
        public_id=new_token(), partner_id=row.id, token_digest=digest(made), by=by, made_at=at, expires_at=until
    )
    session.add(kept)
    audit.record(session, at=at, actor=by, act="feed.token-made", about=public_id, token=kept.public_id)
    return made


def end_token(session: Session, *, partner: str, public_id: str, by: str, at: dt.datetime) -> None:
    """Nothing is read with this token of a partner any more; twice is once. Raises NotFound."""
    theirs = FeedToken.partner_id == _held(session, partner).id
    row = session.scalar(select(FeedToken).where(theirs, FeedToken.public_id == public_id).with_for_update())
    if row is None:
        raise NotFound
    if row.ended_at is None:
        row.ended_at = at
        audit.record(session, at=at, actor=by, act="feed.token-ended", about=partner, token=public_id)


def note_use(session: Session, *, token_id: int, at: dt.datetime) -> None:
    """Keep in mind when a token was used last, to five minutes."""
    before = or_(FeedToken.used_at.is_(None), FeedToken.used_at < at - USED_EVERY)
    session.execute(update(FeedToken).where(FeedToken.id == token_id, before).values(used_at=at))


def _held(session: Session, public_id: str) -> FeedPartner:
    row = session.scalar(select(FeedPartner).where(FeedPartner.public_id == public_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def _live(partner_id: int, at: dt.datetime) -> Select[FeedToken]:
    return select(FeedToken).where(
        FeedToken.partner_id == partner_id, FeedToken.ended_at.is_(None), FeedToken.expires_at > at
    )
