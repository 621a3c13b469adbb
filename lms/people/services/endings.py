"""The end of a mandate, written in time to those whom it concerns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.people.models import Mandate, MandateEndTold
from lms.people.queries.mandates import administrators
from lms.people.queries.successions import ending_untold

from .letters import write_to

DAILY = 86_400


@outbox.database("people.mandate_ends", every=DAILY)
def tell_of_ends(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Write to the holder and to the administrators 14 days before a mandate's last day, once for each last day."""
    day = at.date()
    in_office = administrators(session, day)
    for mandate in ending_untold(session, day):
        session.add(MandateEndTold(mandate_id=mandate.id, until=mandate.until, at=at))
        _tell(session, mandate, in_office - {mandate.person_id})


def _tell(session: Session, mandate: Mandate, others: frozenset[int]) -> None:
    until = mandate.until.isoformat() if mandate.until else ""
    facts = {"role": mandate.role.value, "until": until, "mandate": mandate.public_id}
    write_to(session, person_id=mandate.person_id, template="people/mandate-ends", context=facts)
    for person_id in sorted(others):
        write_to(session, person_id=person_id, template="people/mandate-of-another-ends", context=facts)
