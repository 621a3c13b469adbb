"""Ministries and institutions that were entered wrongly: what is put right, and what follows from it at places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.kernel.errors import Conflict
from lms.people import services as people_services
from lms.people.models import Institution, Sector
from lms.people.queries.persons import full_names_of
from lms.people.rules.names import folded
from lms.seminars.imports.sealing import name_blind
from lms.seminars.models import Edition, Enrolment, Extension
from lms.seminars.rules import COUNTED

from .attendance import hold, revised
from .counting import recount_all
from .deadlines import fit_deadlines

AT_ONCE = 1000


def correct_institution(
    session: Session,
    *,
    institution: Institution,
    name: str,
    sector: Sector,
    zone: str,
    shown: str = "",
    keeping: Collection[int] = (),
    at: dt.datetime,
    by: str,
) -> bool:
    """Put right what was entered wrongly, said on the page with the marks `shown`; says whether anything changed.

    Deadlines at the end of a day follow the zone in every edition, and the numbers the sector, but in the editions
    `keeping` theirs: what is published of these holds for a whole term. Raises Refused, Conflict, ChangedMeanwhile.
    """
    people_services.hold_names(session, institution.state_code)
    # In the order of whoever gives a place: the names of the state, the edition, the institution, the place.
    editions = _editions(session, institution)
    for edition in editions:
        hold(session, edition)
    changed = people_services.correct_institution(
        session, institution=institution, name=name, sector=sector, zone=zone, shown=shown, at=at, by=by
    )
    if len(_editions(session, institution)) > len(editions):
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
    if "name" in changed:
        _find_by_name(session, institution)
    if "zone" in changed:
        _fit(session, institution, editions, at)
    if "sector" in changed:
        _count_elsewhere(session, institution, keeping)
    return bool(changed)


def _find_by_name(session: Session, institution: Institution) -> None:
    """Whoever came without an address is found by the right name of the institution from now on."""
    theirs = select(Enrolment).where(Enrolment.institution_id == institution.id, Enrolment.name_blind.is_not(None))
    places = session.scalars(theirs).all()
    names = full_names_of(session, {place.person_id for place in places}) if places else {}
    for place in places:
        if place.person_id in names:
            called = (institution.state_code, folded(institution.name), folded(names[place.person_id].full))
            place.name_blind = name_blind(place.edition.public_id, *called)


def _editions(session: Session, institution: Institution) -> list[Edition]:
    theirs = select(Enrolment.edition_id).where(Enrolment.institution_id == institution.id)
    return list(session.scalars(select(Edition).where(Edition.id.in_(theirs)).order_by(Edition.id)))


def _fit(session: Session, institution: Institution, editions: Collection[Edition], at: dt.datetime) -> None:
    """More time that was given until the end of a day ends with it on the right clocks now, and so do deadlines."""
    last = select(func.max(Extension.id)).join(Enrolment, Enrolment.id == Extension.enrolment_id)
    last = last.where(Enrolment.institution_id == institution.id).group_by(Extension.enrolment_id)
    by_day = session.scalars(select(Extension).where(Extension.id.in_(last), Extension.deadline_on.is_not(None))).all()
    for one in by_day:
        session.get_one(Enrolment, one.enrolment_id).deadline_at = one.deadline.within(institution.zone)
    session.flush()
    for edition in editions:
        fit_deadlines(session, edition=edition)
        revised(edition, at)


def _count_elsewhere(session: Session, institution: Institution, keeping: Collection[int]) -> None:
    """Its people are of its right sector, in every number."""
    theirs = select(Enrolment.id, Enrolment.state).where(
        Enrolment.institution_id == institution.id,
        Enrolment.edition_id.not_in(list(keeping)),
        Enrolment.sector != institution.sector,
    )
    rows = session.execute(theirs.order_by(Enrolment.id).with_for_update(key_share=True)).all()
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        here = [row.id for row in some if row.state in COUNTED]
        recount_all(session, enrolment_ids=here, change=-1)
        move = update(Enrolment).where(Enrolment.id.in_([row.id for row in some]))
        session.execute(move.values(sector=institution.sector))
        recount_all(session, enrolment_ids=here, change=1)
