"""The keys of the ledger, from outside the database."""

from __future__ import annotations

from lms.kernel.secrets import derive
from lms.kernel.settings import keyring

from .rules.ledger import Keys


def ledger_keys() -> Keys:
    """The keys of marks and seals."""
    return Keys(marking=derive(keyring().ledger, "mark"), sealing=keyring().sealing)
