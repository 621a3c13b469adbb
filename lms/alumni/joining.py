"""The status follows from the records, and an entry that holds one is the one to keep."""

from __future__ import annotations

from lms.people.joining import binds
from lms.records.joining import holds_a_record

from .models import AlumniStatus

binds(holds_a_record, AlumniStatus.person_id)
