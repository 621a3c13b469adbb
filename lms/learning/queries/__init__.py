"""Every read of a person's own way through the course. Each asks for one enrolment, whose holder the caller has
established, or for a list of them that a scope has already filtered."""

from __future__ import annotations

from .changes import ChangedText, changed_texts, history
from .finished import Finished, RunningEdition, finished, finished_module, running_editions, whole_modules
from .kept import Taken, Written, has_written, receipt, reflection, reflection_place
from .proposals import (
    OwnProposal,
    ProposedWord,
    open_proposals_for,
    own_proposals,
    proposal_in_course,
    proposed_words,
    remark_place,
)
from .quiz import TryRow, answer_place, answers_of, answers_under, latest_try, quiz, try_of
from .reports import Reported, own_reports, report_in_course, report_place, reports_of, waiting_reports
from .standing import (
    NOTHING_KEPT,
    OwnEnrolment,
    asked_done,
    asked_done_among,
    last_kind,
    open_tries_in,
    own_enrolment,
    progress_in,
    progress_of,
    standing,
    standings,
    standings_in,
    versions_read,
)
from .telling import grown, tally_of, told_in

__all__ = [
    "NOTHING_KEPT",
    "ChangedText",
    "Finished",
    "OwnEnrolment",
    "OwnProposal",
    "ProposedWord",
    "Reported",
    "RunningEdition",
    "Taken",
    "TryRow",
    "Written",
    "answer_place",
    "answers_of",
    "answers_under",
    "asked_done",
    "asked_done_among",
    "changed_texts",
    "finished",
    "finished_module",
    "grown",
    "has_written",
    "history",
    "last_kind",
    "latest_try",
    "open_proposals_for",
    "open_tries_in",
    "own_enrolment",
    "own_proposals",
    "own_reports",
    "progress_in",
    "progress_of",
    "proposal_in_course",
    "proposed_words",
    "quiz",
    "receipt",
    "reflection",
    "reflection_place",
    "remark_place",
    "report_in_course",
    "report_place",
    "reports_of",
    "running_editions",
    "standing",
    "standings",
    "standings_in",
    "tally_of",
    "told_in",
    "try_of",
    "versions_read",
    "waiting_reports",
    "whole_modules",
]
