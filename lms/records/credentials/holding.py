"""The signed forms of a record for the pages and papers of its holder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from lms.people.sealing import keys_of

from . import keys, queries


def believed(before: dt.datetime | None = None) -> Collection[int]:
    """The keys whose signatures are believed, or were until a moment. One that the history does not know is none of
    them: nobody outside can verify what it signed."""
    late = [key.number for key in keys.known() if before and key.ended_at and key.ended_at >= before]
    return [*(key.number for key in keys.known() if key.believed), *late]


def short_form(session: Session, record: str) -> str | None:
    """What stands in the square code on paper behind the `#`: None while the record waits for its signature, where
    nothing is signed, and once its holder is erased. It is always the same for one record, unless the key that signed
    it could not be believed any more."""
    kept = queries.kept(session, record, believed=believed())
    return kept.statement if kept else None


def signed_document(session: Session, record: str) -> bytes | None:
    """The credential as its holder gets it; None where there is none."""
    kept = queries.kept(session, record, believed=believed())
    return kept.document if kept else None


def how_it_stands(session: Session, record: str) -> str:
    """Whether the signed file is "there", is there "soon", "waits" until this site signs, or is "closed": the check
    names what cannot be opened."""
    if queries.kept(session, record, believed=believed()):
        return "there"
    if queries.is_signed(session, record, believed=believed()):
        holder = queries.holder_of(session, record)
        return "closed" if holder is not None and keys_of(session, [holder]) else "there"
    issuer = keys.issuer()
    signs = issuer is not None and (issuer.demonstration or keys.in_force(issuer.did) is not None)
    return "soon" if signs else "waits"
