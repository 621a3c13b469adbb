"""Bringing what is published in line with the ledger: a place once set stays set, whatever the database says later."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.records import places

from . import keys, publishing, queries
from .signing import Signer


def publish_all(session: Session, found: Signer, at: dt.datetime) -> None:
    """Write the lists that have changed: those that say of each record whether it holds."""
    known = keys.known()
    good = {key.id for key in known if key.believed and key.did == found.issuer.did}
    ended, remembered = queries.ended_places(session), places.remembered()
    for number in sorted({*ended, *remembered, *publishing.numbers(publishing.folder())}):
        before = publishing.published_list(number)
        ours = frozenset(ended.get(number, ())) | remembered.get(number, frozenset())
        there = ours | (before[0] if before else frozenset())
        if before is None or there != before[0] or before[1] not in good:
            publishing.publish(publishing.list_name(number), found.status_list(number, there, at))
