"""A program of a partner: reads the alumni feed and keeps who is an alumna or alumnus now. Standard library only.

    export ALUMNI_FEED_TOKEN=lmsfeed_...
    python alumni_reader.py https://seminar.example.org/api/events alumni.sqlite

Start it every few minutes. It may be killed at any moment: what a page of events changes and the cursor behind it are
written down together or not at all. Events that come twice or in another order do no harm.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

STATUS = "org.lemkinseminar.alumni.status."
ERASED = "org.lemkinseminar.person.erased.v1"
TABLES = """
CREATE TABLE IF NOT EXISTS alumni (subject TEXT PRIMARY KEY, sequence TEXT NOT NULL, since TEXT, records INTEGER);
CREATE TABLE IF NOT EXISTS reading (cursor TEXT NOT NULL);
INSERT INTO reading SELECT '' WHERE NOT EXISTS (SELECT * FROM reading);
"""
# A row stays, without a date, for whoever is no alumna or alumnus any more: its sequence keeps older events out.
NEWER = """
INSERT INTO alumni VALUES (:subject, :sequence, :since, :records) ON CONFLICT (subject) DO UPDATE
SET sequence = excluded.sequence, since = excluded.since, records = excluded.records
WHERE excluded.sequence > alumni.sequence
"""


class BeginAnew(Exception):
    """The feed is another one than was read before."""


def open_store(path: str) -> sqlite3.Connection:
    """What was made of the feed so far."""
    store = sqlite3.connect(path)
    store.executescript(TABLES)
    return store


def take_in(store: sqlite3.Connection, event: dict) -> None:
    """Take in one event; what is older than what is known of its subject changes nothing."""
    if not event["type"].startswith(STATUS) and event["type"] != ERASED:
        return
    data = event["data"]
    known = {"since": data.get("since"), "records": data.get("records")}
    store.execute(NEWER, {"subject": event["subject"], "sequence": event["sequence"], **known})


def next_page(address: str, token: str, cursor: str) -> tuple[list[dict], str, bool]:
    """The events behind a cursor, the cursor behind them, and whether there is more already."""
    query = urllib.parse.urlencode({"limit": "100", **({"after": cursor} if cursor else {})})
    request = urllib.request.Request(f"{address}?{query}", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer), answer.headers["Feed-Cursor"], answer.headers["Feed-More"] == "true"
    except urllib.error.HTTPError as refused:
        if refused.code == 410:
            raise BeginAnew from None
        raise


def read_on(store: sqlite3.Connection, address: str, token: str) -> bool:
    """Read one page and write down what it changes together with its cursor; says whether there is more."""
    [cursor] = store.execute("SELECT cursor FROM reading").fetchone()
    try:
        events, cursor, more = next_page(address, token, cursor)
    except BeginAnew:
        with store:
            store.execute("DELETE FROM alumni")
            store.execute("UPDATE reading SET cursor = ''")
        return True
    with store:  # one transaction
        for event in events:
            take_in(store, event)
        store.execute("UPDATE reading SET cursor = ?", [cursor])
    return more


def read_all(store: sqlite3.Connection, address: str, token: str, patience: int = 8) -> None:
    """Read to the end. Where the feed is away for a moment or asks to wait, try again a few times."""
    while True:
        try:
            if not read_on(store, address, token):
                return
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 503) or not patience:
                sys.exit(f"The feed refuses: {refused.read().decode()}")
            time.sleep(int(refused.headers.get("Retry-After", "5")))
            patience -= 1
        except (urllib.error.URLError, OSError):
            if not patience:
                raise
            time.sleep(1)
            patience -= 1


def alumni(store: sqlite3.Connection) -> dict[str, tuple[str, int]]:
    """Everybody who is an alumna or alumnus: since when, on how many records."""
    rows = store.execute("SELECT subject, since, records FROM alumni WHERE since IS NOT NULL")
    return {subject: (since, records) for subject, since, records in rows}


if __name__ == "__main__":
    kept = open_store(sys.argv[2])
    read_all(kept, sys.argv[1], os.environ["ALUMNI_FEED_TOKEN"])
    sys.stdout.write(f"{len(alumni(kept))} alumni\n")
