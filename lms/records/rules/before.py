"""What the ledger says of records from before this system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NO_VERSION = "0" * 64
"""What stands there for the content hash of the course version: there was none."""


def from_before(facts: Mapping[str, Any]) -> bool:
    """Whether the facts of an entry say that the record is from before this system."""
    return bool(facts.get("before"))
