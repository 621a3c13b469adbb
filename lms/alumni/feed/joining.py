"""Whoever the feed tells of holds a record, and an entry that holds one is the one to keep."""

from __future__ import annotations

from lms.people.joining import binds
from lms.records.joining import holds_a_record

from .models import FeedEvent, FeedPerson

binds(holds_a_record, FeedEvent.person_id, FeedPerson.person_id)
