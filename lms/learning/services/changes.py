"""What a reader says of the changes they were told of."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.kernel.errors import Refused
from lms.learning.models import ChangeSeen
from lms.learning.queries import OwnEnrolment, Taken

from .progress import about, hold
from .receipts import take


def see_change(
    session: Session,
    *,
    own: OwnEnrolment,
    outline: Outline,
    unit: OutlineUnit,
    shown: str,
    key: str,
    at: dt.datetime,
) -> Taken:
    """Keep the reader's word that they have seen how a text has changed, up to the version that was `shown` (its
    number). It touches no progress. Raises Refused when yet another version came meanwhile, ChangedSince."""
    held = hold(session, own, outline)
    taken = take(session, own.id, key, action="seen", body={**about(unit), "version": shown}, at=at)
    if not taken.fresh:
        return taken
    if held.outline.number != shown:
        raise Refused(_("The texts have changed once more since you opened this page. Look at what is new."))
    row = {"enrolment_id": own.id, "unit_id": unit.id, "version_id": held.outline.version_id}
    session.execute(insert(ChangeSeen).values(**row, receipt_id=taken.id, at=taken.at))
    return taken
