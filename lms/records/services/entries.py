"""Entries of the ledger as they are written: each with its mark."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from lms.records.ledger_keys import ledger_keys
from lms.records.rules.ledger import Entry, mark


def row_of(entry: Entry) -> dict[str, Any]:
    """The row to insert; its number is the database's."""
    marked = asdict(replace(entry, mark=mark(ledger_keys().marking, entry)))
    del marked["id"]
    return marked
