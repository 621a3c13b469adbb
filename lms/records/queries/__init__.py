"""Every read of completion records."""

from __future__ import annotations

from .closing import Foreseen, foreseen
from .edition import EditionRecord, record_in, records_of, waiting_in
from .held import (
    EditionHeld,
    HeldRecord,
    RecordPage,
    editions_of,
    held_record,
    my_record,
    my_records,
    valid_of,
    valid_records,
)
from .ledger import Head, chain, head, unsealed
from .life import (
    Asked,
    Happening,
    Holding,
    Proposal,
    Wish,
    confirmed_causes,
    endings,
    history,
    holding,
    proposal_on,
    requests_on,
    shown_on,
)
from .moving import forecast
from .public import RecordState, every_public, public_by_credential, public_of, state_of, states_of
from .standing import (
    ISSUING,
    Standing,
    being_issued,
    conditions_for,
    own_standings,
    standings,
    standings_in,
    without_record,
)

__all__ = [
    "ISSUING",
    "Asked",
    "EditionHeld",
    "EditionRecord",
    "Foreseen",
    "Happening",
    "Head",
    "HeldRecord",
    "Holding",
    "Proposal",
    "RecordPage",
    "RecordState",
    "Standing",
    "Wish",
    "being_issued",
    "chain",
    "conditions_for",
    "confirmed_causes",
    "editions_of",
    "endings",
    "every_public",
    "forecast",
    "foreseen",
    "head",
    "held_record",
    "history",
    "holding",
    "my_record",
    "my_records",
    "own_standings",
    "proposal_on",
    "public_by_credential",
    "public_of",
    "record_in",
    "records_of",
    "requests_on",
    "shown_on",
    "standings",
    "standings_in",
    "state_of",
    "states_of",
    "unsealed",
    "valid_of",
    "valid_records",
    "waiting_in",
    "without_record",
]
