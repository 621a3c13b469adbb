"""Every change of completion records."""

from __future__ import annotations

from lms.seminars.services import NotNewer

from .ending import end
from .issuing import consider, consider_edition, consider_person
from .moving import ForecastChanged, move_edition

__all__ = [
    "ForecastChanged",
    "NotNewer",
    "consider",
    "consider_edition",
    "consider_person",
    "end",
    "move_edition",
]
