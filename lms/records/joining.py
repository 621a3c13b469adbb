"""A record is its holder's: an entry that holds one is the one to keep."""

from __future__ import annotations

from lms.people.joining import binds
from lms.web.languages import gettext as _

from .models import RecordSubject


def holds_a_record() -> str:
    """Why not, in words."""
    return str(_("The entry that would go holds a completion record. Keep that entry."))


binds(holds_a_record, RecordSubject.person_id)
