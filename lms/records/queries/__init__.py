"""Every read of completion records."""

from __future__ import annotations

from .held import EditionHeld, HeldRecord, RecordPage, editions_of, my_record, my_records, valid_of, valid_records
from .ledger import Head, chain, head, unsealed
from .moving import forecast
from .public import RecordState, every_public, public_by_code, public_by_credential, public_of, state_of, states_of
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
    "RecordState",
    "Standing",
    "chain",
    "conditions_for",
    "editions_of",
    "every_public",
    "forecast",
    "head",
    "my_record",
    "my_records",
    "own_standings",
    "public_by_code",
    "public_by_credential",
    "public_of",
    "standings",
    "standings_in",
    "state_of",
    "states_of",
    "unsealed",
    "valid_of",
    "valid_records",
    "without_record",
]
