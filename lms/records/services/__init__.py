"""Every change of completion records."""

from __future__ import annotations

from lms.seminars.services import NotNewer

from .closing import close_edition
from .correcting import ask_correction, close_requests, grant_request, refuse_request, take_back_request
from .ending import end, withdraw
from .issuing import consider, consider_person
from .moving import ForecastChanged, move_edition
from .portions import consider_edition
from .revoking import confirm_revocation, decline_revocation, propose_revocation

__all__ = [
    "ForecastChanged",
    "NotNewer",
    "ask_correction",
    "close_edition",
    "close_requests",
    "confirm_revocation",
    "consider",
    "consider_edition",
    "consider_person",
    "decline_revocation",
    "end",
    "grant_request",
    "move_edition",
    "propose_revocation",
    "refuse_request",
    "take_back_request",
    "withdraw",
]
