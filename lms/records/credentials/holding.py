"""The signed forms of a record for the pages and papers of its holder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from . import keys, queries


def disbelieved(before: dt.datetime | None = None) -> Collection[int]:
    """The keys whose signatures nobody believes any more, or did not believe before a moment."""
    known = [key for key in keys.known() if not key.believed]
    return [key.number for key in known if before is None or (key.ended_at and key.ended_at < before)]


def short_form(session: Session, record: str) -> str | None:
    """What stands in the square code on paper behind the `#`: None while the record waits for its signature, where
    nothing is signed, and once its holder is erased. It is always the same for one record, unless the key that signed
    it could not be believed any more."""
    kept = queries.kept(session, record, disbelieved=disbelieved())
    return kept.statement if kept else None


def signed_document(session: Session, record: str) -> bytes | None:
    """The credential as its holder gets it; None where there is none."""
    kept = queries.kept(session, record, disbelieved=disbelieved())
    return kept.document if kept else None


def how_it_stands(session: Session, record: str) -> str:
    """Whether the signed file is "there", is there "soon", or "waits" until this site signs."""
    if queries.is_signed(session, record, disbelieved=disbelieved()):
        return "there"
    issuer = keys.issuer()
    signs = issuer is not None and (issuer.demonstration or keys.in_force(issuer.did) is not None)
    return "soon" if signs else "waits"
