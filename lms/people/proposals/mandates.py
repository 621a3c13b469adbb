"""The mandates that wait for a second person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from lms.people.models import Mandate, MandateAct, MandateSuccession, Person
from lms.people.rules.mandates import MandateActKind, MandateState, Role

from .waiting import Waiting, waits_for_two


@waits_for_two("people/mandate", _l("A mandate"))
def mandates(session: Session, at: dt.datetime) -> Iterable[Waiting]:
    """Decided by administrators, a focal point's successor also by those who coordinate everything; never by whose it
    is to be. It lapses with its last day."""
    proposer = aliased(Person)
    rows = session.execute(
        select(Mandate, MandateAct.at, Person.subject, proposer.subject.label("by"), MandateSuccession.replaced_id)
        .join(MandateAct, (MandateAct.mandate_id == Mandate.id) & (MandateAct.kind == MandateActKind.PROPOSED))
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(proposer, proposer.id == MandateAct.by_person_id)
        .outerjoin(MandateSuccession, MandateSuccession.successor_id == Mandate.id)
        .where(Mandate.state == MandateState.PROPOSED)
        .where(or_(Mandate.until.is_(None), Mandate.until >= at.date()))
    )
    for found, proposed_at, whose, by, replaced in rows:
        follows = replaced is not None and found.role is Role.FOCAL_POINT
        yield Waiting(
            id=found.public_id,
            by=by or "",
            at=proposed_at,
            endpoint="people.successors" if follows else "people.mandate",
            values={} if follows else {"mandate": found.public_id},
            administrators=not follows,
            concerned=frozenset({whose}),
        )
