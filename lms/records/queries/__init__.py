"""Every read of completion records."""

from __future__ import annotations

from .held import EditionHeld, HeldRecord, RecordPage, editions_of, my_record, my_records, valid_of, valid_records
from .ledger import Head, chain, head, unsealed
from .moving import forecast
from .standing import (
    Standing,
    conditions_for,
    own_standings,
    standings,
    standings_in,
    without_record,
)

__all__ = [
    "EditionHeld",
    "Head",
    "HeldRecord",
    "RecordPage",
    "Standing",
    "chain",
    "conditions_for",
    "editions_of",
    "forecast",
    "head",
    "my_record",
    "my_records",
    "own_standings",
    "standings",
    "standings_in",
    "unsealed",
    "valid_of",
    "valid_records",
    "without_record",
]
