"""Taking an edition to another version, with exactly the effects that a coordinator was shown."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.kernel.errors import Conflict
from lms.learning import services as learning_services
from lms.people.rules import Scope
from lms.records.queries import forecast
from lms.records.rules.moving import Forecast
from lms.seminars import services as seminar_services
from lms.seminars.models import Edition


class ForecastChanged(Conflict):
    """What the coordinator was shown would not come true any more; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _("Something has changed since you opened this page. Nothing was done. Look at it again before you decide.")
        )


def move_edition(
    session: Session, *, edition: Edition, version_id: int, shown: str, scope: Scope, at: dt.datetime, by: str
) -> Forecast:
    """Let an edition read another version, with exactly the effects that were shown (the forecast's fingerprint).

    Raises NotNewer for a version that the edition reads already or has left behind, ForecastChanged when the effects
    would be others.
    """
    seminar_services.hold_version(session, edition=edition)
    learning_services.hold_reading(session, edition_id=edition.id)
    found = forecast(session, edition, version_id, scope, at)
    if found.present_id != version_id and found.fingerprint != shown:
        raise ForecastChanged
    seminar_services.use_version(session, edition=edition, version_id=version_id, at=at, by=by)
    return found
