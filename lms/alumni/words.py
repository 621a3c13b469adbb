"""What fields and audiences of the directory are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from .rules.directory import Audience, Field

FIELDS: Mapping[Field, Any] = {
    Field.NAME: _l("Name"),
    Field.STATE: _l("State"),
    Field.SECTOR: _l("Sector"),
    Field.INSTITUTION: _l("Ministry or institution"),
    Field.EDITION: _l("Edition"),
    Field.LANGUAGES: _l("Languages"),
    Field.SUBJECTS: _l("Subjects"),
}
AUDIENCES: Mapping[Audience, Any] = {
    Audience.NOBODY: _l("Only you"),
    Audience.EDITION: _l("Members of the same edition"),
    Audience.STATE: _l("Members of the same state"),
    Audience.NETWORK: _l("Members of the same network of states"),
    Audience.MEMBERS: _l("All members"),
}
