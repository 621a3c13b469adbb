"""Every change on a person's way through the course."""

from __future__ import annotations

from .changes import see_change
from .modules import count_stage, keep_modules
from .progress import complete_unit, note_opened, undo_unit
from .proposals import answer_proposal, propose_equivalent, withdraw_proposal
from .quiz import Checked, check_try, open_try, save_answers
from .receipts import ChangedSince
from .reports import answer_report
from .telling import tally, tally_one
from .texts import report_text, write_instead, write_reflection
from .uniting import unite_progress, unite_texts
from .versions import complete_whoever_has_finished, hold_reading

__all__ = [
    "ChangedSince",
    "Checked",
    "answer_proposal",
    "answer_report",
    "check_try",
    "complete_unit",
    "complete_whoever_has_finished",
    "count_stage",
    "hold_reading",
    "keep_modules",
    "note_opened",
    "open_try",
    "propose_equivalent",
    "report_text",
    "save_answers",
    "see_change",
    "tally",
    "tally_one",
    "undo_unit",
    "unite_progress",
    "unite_texts",
    "withdraw_proposal",
    "write_instead",
    "write_reflection",
]
