"""Bringing what is published in line with the ledger: a place once set stays set, whatever the database says later."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from . import keys, publishing, queries
from .signing import Signer


def publish_all(session: Session, found: Signer, at: dt.datetime) -> None:
    """Write the lists that have changed: those that say of each record whether it holds."""
    known = keys.known()
    good = {key.id for key in known if key.believed and key.did == found.issuer.did}
    for number, ended in queries.ended_places(session).items():
        before = publishing.published_list(number)
        places = frozenset(ended) | (before[0] if before else frozenset())
        if before is None or places != before[0] or before[1] not in good:
            publishing.publish(publishing.list_name(number), found.status_list(number, places, at))
