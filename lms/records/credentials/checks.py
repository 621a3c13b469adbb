"""That what is issued gets signed, and that what has ended is told to everyone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from lms.kernel import lines
from lms.kernel.checks import Finding, check
from lms.kernel.clock import now
from lms.records.rules.credential import Issuer
from lms.records.rules.issuer_keys import IssuerKey, signing_key
from lms.records.rules.multibase import from_multikey
from lms.records.rules.statement import unpacked

from . import keys, publishing, queries
from .holding import believed

PATIENCE = dt.timedelta(minutes=10)
"""How long a record may wait for its signature."""


@check("records.credentials")
def credentials(session: Session) -> Iterable[Finding]:
    """The issuer has its key, no record waits too long, and the published lists say what the ledger says."""
    issuer = keys.issuer()
    if issuer is None:
        return
    for line in lines.read(keys.file()):
        if not line.said:
            yield Finding(f"issuer keys line {line.number}", "cannot be read: a key may be believed that must not be")
    try:
        known = keys.known()
    except (KeyError, ValueError) as wrong:
        yield Finding("issuer keys", f"their history contradicts itself: {wrong}")
        return
    yield from _unknown(session, issuer, known)
    key = signing_key(issuer.did, known)
    if key:
        try:
            keys.private_half(key)
        except keys.LostKey as lost:
            yield Finding(key.id, str(lost))
    elif not issuer.demonstration:
        yield Finding(issuer.did, "has no key to sign with; make one: flask lms keys make")
    if len(keys.signing(issuer.did)) > 1:
        yield Finding(issuer.did, "has more than one key that signs; a rotation was cut off: flask lms keys rotate")
    yield from _waiting(session)
    yield from _kept(session, known)
    if key:
        yield from _published(session, issuer)


def _unknown(session: Session, issuer: Issuer, known: Sequence[IssuerKey]) -> Iterator[Finding]:
    numbers = [key.number for key in known]
    signed = queries.signed_by_unknown(session, known=numbers, believed=believed())
    for number in sorted({*signed, *keys.forgotten(issuer.did)}):
        said = f"signed {signed.get(number, 0)} records of which nobody can verify it: the history does not know it"
        yield Finding(f"{issuer.did}#key-{number}", said)


def _kept(session: Session, known: Sequence[IssuerKey]) -> Iterator[Finding]:
    """The sealing vouches for every byte of a signed file; that the key is the one we know, the short form shows, which
    the same key signed and which costs no canonical form."""
    # A key that was made since may have signed already; the next check knows it.
    by_number = {key.number: key for key in known if key.believed}
    for record, number, kept in queries.every_kept(session, believed=list(by_number)):
        if kept is None:
            yield Finding(f"record {record}", "its signed file cannot be opened: restore that row from a backup")
        elif not _signed_with(by_number[number], kept):
            yield Finding(f"record {record}", f"its signed file was not signed with key {number} as the history has it")


def _signed_with(key: IssuerKey, kept: queries.Kept) -> bool:
    try:
        said, signed, signature = unpacked(kept.statement)
        Ed25519PublicKey.from_public_bytes(from_multikey(key.public)).verify(signature, signed)
        method = json.loads(kept.document)["proof"][0]["verificationMethod"]
    except (InvalidSignature, LookupError, TypeError, ValueError):
        return False
    return bool(method == key.id and said.key == f"key-{key.number}")


def _waiting(session: Session) -> Iterator[Finding]:
    then = now() - PATIENCE
    waiting, never = queries.overdue(session, believed=believed(then), before=then)
    if waiting:
        yield Finding("credentials", f"{waiting} records have waited for their signature for more than ten minutes")
    for record in never:
        yield Finding(f"record {record}", "is not signed: it is not as this system wrote it, or cannot be read")


def _published(session: Session, issuer: Issuer) -> Iterator[Finding]:
    for number, ended in queries.ended_places(session, before=now() - PATIENCE).items():
        found = publishing.published_list(number)
        if found is None and ended:
            yield Finding(issuer.status_list(number), "is not published, or cannot be read")
        elif found and set(ended) - found[0]:
            yield Finding(issuer.status_list(number), "does not tell of every record that has ended")
    for record in queries.said_to_have_ended(session):
        said = "has ended for ever in its published list, but not in the ledger, as after a restore: end it again"
        yield Finding(f"record {record}", said)
