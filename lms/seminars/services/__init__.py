"""Every change to editions and the people in them."""

from __future__ import annotations

from .attendance import (
    ClosedAlready,
    MarkedMeanwhile,
    close_attendance,
    hold,
    lay_out_sessions,
    mark_attendance,
    remove_session,
    set_session,
)
from .attestations import MakeUpWork, attest, confirm_make_up, make_up_done
from .calendar import end_calendar_address, make_calendar_address
from .calls import call_answered, note_calls
from .companions import add_companion, remove_companion
from .contacts import mark_seen, note_contact
from .counting import count, count_part, fold, fold_tallies, keep_names_awaited, reach, reach_all
from .deadlines import extend, fit_deadlines, set_deadline
from .editions import (
    NotNewer,
    change_edition,
    create_edition,
    follow_editorial,
    hold_version,
    use_version,
)
from .enrolments import (
    accept,
    came_back,
    decline,
    defer,
    enrol,
    hold_as_shown,
    invite,
    name_confirmed,
    replace,
    withdraw,
)
from .institutions import correct_institution
from .nominations import (
    Nominee,
    decline_all,
    decline_own,
    give_until,
    nominate,
    put_off,
    send_invitation,
    serves_elsewhere,
    substitute,
)
from .receipts import SentOtherwise, receipt
from .requests import answer_request, ask
from .taking_back import take_back
from .uniting import join_entries

__all__ = [
    "ClosedAlready",
    "MakeUpWork",
    "MarkedMeanwhile",
    "Nominee",
    "NotNewer",
    "SentOtherwise",
    "accept",
    "add_companion",
    "answer_request",
    "ask",
    "attest",
    "call_answered",
    "came_back",
    "change_edition",
    "close_attendance",
    "confirm_make_up",
    "correct_institution",
    "count",
    "count_part",
    "create_edition",
    "decline",
    "decline_all",
    "decline_own",
    "defer",
    "end_calendar_address",
    "enrol",
    "extend",
    "fit_deadlines",
    "fold",
    "fold_tallies",
    "follow_editorial",
    "give_until",
    "hold",
    "hold_as_shown",
    "hold_version",
    "invite",
    "join_entries",
    "keep_names_awaited",
    "lay_out_sessions",
    "make_calendar_address",
    "make_up_done",
    "mark_attendance",
    "mark_seen",
    "name_confirmed",
    "nominate",
    "note_calls",
    "note_contact",
    "put_off",
    "reach",
    "reach_all",
    "receipt",
    "remove_companion",
    "remove_session",
    "replace",
    "send_invitation",
    "serves_elsewhere",
    "set_deadline",
    "set_session",
    "substitute",
    "take_back",
    "use_version",
    "withdraw",
]
