"""That what is issued gets signed, and that what has ended is told to everyone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from lms.kernel import lines
from lms.kernel.checks import Finding, check
from lms.kernel.clock import now
from lms.records.rules.credential import Issuer
from lms.records.rules.issuer_keys import signing_key

from . import keys, publishing, queries
from .holding import disbelieved

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
    if key:
        yield from _published(session, issuer)


def _waiting(session: Session) -> Iterator[Finding]:
    then = now() - PATIENCE
    waiting, never = queries.overdue(session, disbelieved=disbelieved(then), before=then)
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
