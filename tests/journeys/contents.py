"""What a home holds, as one hash for each table; what looking alone may change is left out, with the reason."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

# When somebody was last seen, where they were reading, how often somebody knocked, who looked at whose names.
MAY_CHANGE: Mapping[str, frozenset[str]] = {
    "lms_session": frozenset({"seen_at"}),
    "lms_enrolment_progress": frozenset({"last_unit_id"}),
    "lms_throttle": frozenset({"key", "window", "count"}),
}
NOT_COUNTED: Mapping[str, str] = {
    "lms_audit": "act NOT IN ('alumni.cohort-listed', 'alumni.listed', 'attendance.looked', 'attention.listed', "
    "'attestations.looked', 'closing.looked-at', 'companions.looked', 'deadline.looked', 'door.looked', "
    "'duplicates.compared', 'duplicates.looked', 'focal-letter.looked', 'focal-points.looked', "
    "'import.opened', 'introduction-reports.listed', 'introduction.opened', 'introductions.listed', "
    "'list.taken', 'mailboxes.listed', 'mandate.seen', 'mandates.seen', 'nominations.listed', "
    "'participant.looked', 'past.listed', 'people.listed', 'readers.seen', 'record.looked-at', "
    "'records.looked-at', 'reminders.left-out', 'reminders.previewed', 'reviewers.seen', 'successors.seen', "
    "'version.looked-at', 'writers.seen')",
    # How often the page of a code was looked at is counted for its holder.
    "lms_record_looks": "FALSE",
    # Whoever opens a text for the first time gets a row that only says where they are.
    "lms_enrolment_progress": "units_done > 0 OR started_at IS NOT NULL",
}


def contents(home: Path) -> dict[str, str]:
    """Table by table, the hash of what is in it."""
    with closing(sqlite3.connect(home / "lms.sqlite")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: _hash(database, table) for table in sorted(tables)}


def _hash(database: sqlite3.Connection, table: str) -> str:
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
    kept = [column for column in columns if column not in MAY_CHANGE.get(table, ())]
    if not kept:
        return ""
    chosen, counted = ", ".join(f'"{column}"' for column in kept), NOT_COUNTED.get(table, "TRUE")
    rows = sorted(repr(row) for row in database.execute(f'SELECT {chosen} FROM "{table}" WHERE {counted}'))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
