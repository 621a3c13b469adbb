"""What the worker does for credentials. Canonical RDF is heavy, so the modules that need it are imported at the first
job and never by whoever answers requests."""

from __future__ import annotations

import datetime as dt
import importlib
from typing import Any

from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.events import on
from lms.kernel.unit_of_work import one_at_a_time
from lms.records.events import RecordEnded, RecordsIssued

from . import keys, publishing, queries

SIGN = "credentials.sign"
PUBLISH = "credentials.publish"
_LOCK = 0x9B1157


def _heavy(name: str) -> Any:
    return importlib.import_module(f"lms.records.credentials.{name}")


@on(RecordsIssued)
def after_issuing(session: Session, _event: RecordsIssued) -> None:
    """One job signs whatever waits, however many records were issued at once."""
    outbox.enqueue(session, SIGN, key=SIGN)


@on(RecordEnded)
def after_an_end(session: Session, _event: RecordEnded) -> None:
    """Whoever verifies must see it within minutes."""
    outbox.enqueue(session, PUBLISH, key=PUBLISH)


@outbox.database(SIGN, every=60)
def sign(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Sign what waits, some at a time: each batch is committed with the asking for the next."""
    signing = _heavy("signing")
    found = signing.signer(session, at)
    signed = signing.sign_waiting(session, found, at) if found else 0
    if signed:
        # The first record of a list, or under a new key, needs something published that was not there before.
        outbox.enqueue(session, PUBLISH, key=PUBLISH)
    if signed == signing.AT_A_TIME:
        outbox.enqueue(session, SIGN, key=SIGN)


@outbox.database(PUBLISH, every=60)
def publish(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Bring the public files in line with the ledger and the keys. Doing it twice does no harm; two at once would: the
    slower one could put an older list over a newer."""
    one_at_a_time(session, _LOCK)
    issuer = keys.issuer()
    if issuer and issuer.demonstration:
        keys.make_for_show(issuer.did, at, used=queries.highest_key(session))
    if issuer and (known := keys.known()):
        # These need no private key, and must be there also when it is lost.
        publishing.publish_keys(issuer.did, known)
        publishing.publish(publishing.OFFLINE, _heavy("offline_page").page(issuer, known, at))
    found = _heavy("signing").signer(session, at)
    if found:
        _heavy("lists").publish_all(session, found, at)
