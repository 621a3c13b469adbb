"""A signed file that somebody brings to be checked: read in a process apart, believed only with a key of ours."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.kernel.apart import Limits, Rejected, run_apart
from lms.records.credentials import keys
from lms.records.credentials.verifying import MOST_BYTES
from lms.records.queries import public_by_credential
from lms.records.rules.issuer_keys import key_document

from .queries import Found, look_up

MOST_SENT = MOST_BYTES + 16 * 1024
"""The largest file, and what a form adds to it."""
_JUDGE = "lms.records.credentials.checking:judged"
_LIMITS = Limits(memory=384 * 1024 * 1024, processor=4, patience=8.0, answer=64 * 1024)


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
    if len(data) > MOST_BYTES:
        raise Rejected("too-big")
    said: Mapping[str, str] = json.loads(run_apart(_JUDGE, data, limits=_LIMITS, documents=_documents()))
    public = public_by_credential(session, said["credential"])
    found = look_up(session, public.code, at) if public else None
    return Signed(said["name"], said["programme"], said["version"], said["issuer"], found)


def _documents() -> Mapping[str, object]:
    """The key documents of every id that this site has signed under; nobody else's is ever asked for."""
    known = keys.known()
    return {did: key_document(did, known) for did in dict.fromkeys(key.did for key in known)}
