"""Verifying what somebody brings to a page of ours: within bounds, in a process apart."""

from __future__ import annotations

import json

from lms.kernel.apart import Limits, run_apart
from lms.kernel.values import dataclass
from lms.records.rules.credential import MOST_OF_A_PICTURE
from lms.records.rules.issuer_keys import key_document

from . import keys

_JUDGED = "lms.records.credentials.checking:judged"
_LIMITS = Limits(memory=256 * 1024 * 1024, processor=3, patience=6.0, answer=64 * 1024)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a signed file of ours says; whether its record still holds, the ledger says."""

    credential: str
    name: str
    programme: str
    version: str
    issuer: str


def verified(data: bytes) -> Verified:
    """What a file says that a key of ours has signed. Raises Rejected with the reason: too-big, nothing-inside,
    not-json, not-ours, not-a-record, not-signed, or too-heavy; TooMany where others keep every place."""
    known = keys.known()
    documents = {did: key_document(did, known) for did in {key.did for key in known}}
    judged = run_apart(_JUDGED, data[: MOST_OF_A_PICTURE + 1], limits=_LIMITS, documents=documents)
    return Verified(**json.loads(judged))
