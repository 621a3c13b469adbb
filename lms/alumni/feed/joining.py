"""What the feed told of an entry that goes is emptied; its records are told of the entry that stays."""

from __future__ import annotations

from lms.people.joining import keeps

from .models import FeedEvent, FeedPerson

keeps(FeedEvent.person_id, FeedPerson.person_id)
