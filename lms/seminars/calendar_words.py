"""What calendars call each kind of entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from .rules.calendar import What


class Words(NamedTuple):
    """How an entry of a calendar is called, and what it says."""

    summary: str
    description: str


CALENDAR: Mapping[What, Words] = {
    What.DEADLINE: Words(
        _l("Raphael Lemkin Seminar: the pre-reading is due"),
        _l("The texts stay open afterwards. What is finished later counts and is marked as late."),
    ),
    What.SEMINAR: Words(_l("Raphael Lemkin Seminar"), _l("Everything about these days stands on your seminar page.")),
    What.MORNING: Words(
        _l("Raphael Lemkin Seminar: morning"), _l("The programme on your seminar page says the times.")
    ),
    What.AFTERNOON: Words(
        _l("Raphael Lemkin Seminar: afternoon"), _l("The programme on your seminar page says the times.")
    ),
}
"""The same words for everybody."""
