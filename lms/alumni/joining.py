"""Everything of alumni follows from the records, and an entry that holds one is the one to keep."""

from __future__ import annotations

from lms.people.joining import binds
from lms.records.joining import holds_a_record

from .models import (
    AlumniStatus,
    DirectoryWords,
    Introduction,
    IntroductionBlock,
    Member,
    MembershipAsk,
    MembershipStep,
    Reinvitation,
)

binds(
    holds_a_record,
    AlumniStatus.person_id,
    MembershipStep.person_id,
    Member.person_id,
    MembershipAsk.person_id,
    Reinvitation.person_id,
    DirectoryWords.person_id,
    Introduction.asker_id,
    Introduction.asked_id,
    IntroductionBlock.person_id,
    IntroductionBlock.blocked_id,
)
