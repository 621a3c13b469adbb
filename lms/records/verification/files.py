"""A signed file that somebody brings to be checked: read in a process apart, believed only with a key of ours."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.records.credentials.verifying import verified
from lms.records.queries import public_by_credential
from lms.records.rules.credential import MOST_OF_A_PICTURE

from .queries import Found, look_up

MOST_SENT = MOST_OF_A_PICTURE + 16 * 1024
"""The largest file, and what a form adds to it."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a file of ours says, and the record it is about as it stands now; no record where we know none of it."""

    name: str
    programme: str
    version: str
    issuer: str
    found: Found | None


def read_signed(session: Session, data: bytes, at: dt.datetime) -> Signed:
    """What a file says that we signed. Raises Rejected with the reason for every other one, TooMany where too many are
    being read."""
    said = verified(data)
    public = public_by_credential(session, said.credential)
    found = look_up(session, public.code, at) if public else None
    return Signed(said.name, said.programme, said.version, said.issuer, found)
