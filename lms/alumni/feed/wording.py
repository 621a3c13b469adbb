"""What partners are told, in words."""

from __future__ import annotations

from collections.abc import Collection

from lms.web.languages import lazy_gettext as _l
from lms.web.languages import listed

from .rules import Field

FIELDS = {Field.EDITIONS: _l("editions"), Field.STATES: _l("states"), Field.NAMES: _l("names")}


def told_beside(fields: Collection[Field]) -> str:
    """What is told beside ids; empty for nothing."""
    return listed([str(FIELDS[field]) for field in Field if field in fields])
