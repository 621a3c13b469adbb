"""Closing an edition's attendance, with exactly what a coordinator was shown."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.people.rules import Scope
from lms.records.queries import foreseen
from lms.seminars import queries as seminars
from lms.seminars import services as seminar_services
from lms.seminars.models import Edition

from .moving import ForecastChanged


def close_edition(session: Session, *, edition: Edition, shown: str, scope: Scope, at: dt.datetime, by: str) -> None:
    """Close the sheet for good with what was shown (the fingerprint of what was foreseen); whoever meets the rule gets
    their record.

    Raises ClosedAlready for a second time, ForecastChanged when other half-days would be counted now, Refused where
    there are none."""
    seminar_services.hold(session, edition)
    if seminars.closing_of(session, edition.id):
        raise seminar_services.ClosedAlready
    if foreseen(session, edition, scope).fingerprint != shown:
        raise ForecastChanged
    seminar_services.close_attendance(session, edition=edition, at=at, by=by)
