"""Many people for whom only the closing is missing, put in by few statements: with keys and
sealed names of their own, but without the steps by which they came so far."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.kernel.secrets import new_key, new_token, seal
from lms.kernel.settings import keyring
from lms.learning.models import EnrolmentProgress
from lms.people.models import Affiliation, IdentityKind, IdentityRow, Person, PersonKey, Sector
from lms.people.rules import PersonName
from lms.people.sealing import name_place
from lms.seminars import queries as seminars
from lms.seminars.models import AttendanceMark, Edition, Enrolment, EnrolmentState, Mark
from tests.records.makers import AT, make_edition
from tests.seminars.makers import make_institution


def crowded_edition(session: Session, people: int) -> Edition:
    """An edition in which so many people meet everything but the closing."""
    edition, ministry = make_edition(session), make_institution(session)
    subjects = [new_token() for _ in range(people)]
    session.execute(
        insert(Person),
        [{"subject": one, "created_at": AT, "welcomed_at": AT, "name_confirmed_at": AT} for one in subjects],
    )
    ids = dict(session.execute(select(Person.id, Person.subject).where(Person.subject.in_(subjects))).all())
    keys = {number: new_key() for number in ids}
    ring = keyring()
    session.execute(insert(PersonKey), [{"person_id": n, "wrapped": ring.wrap(keys[n], ids[n])} for n in ids])
    session.execute(insert(IdentityRow), [_name(number, keys[number]) for number in ids])
    since = {"institution_id": ministry.id, "since": dt.date(2020, 1, 1)}
    session.execute(insert(Affiliation), [{"person_id": number, **since} for number in ids])
    affiliations = dict(
        session.execute(select(Affiliation.person_id, Affiliation.id).where(Affiliation.person_id.in_(ids))).all()
    )
    session.execute(insert(Enrolment), [_place(edition, ministry.id, n, affiliations[n]) for n in ids])
    places = session.scalars(select(Enrolment.id).where(Enrolment.edition_id == edition.id)).all()
    version = seminars.version_in_force(session, edition.id)
    read = {"started_at": AT, "completed_at": AT, "version_id": version, "units_done": 2, "late": False}
    session.execute(insert(EnrolmentProgress), [{"enrolment_id": place, **read} for place in places])
    days = [row.id for row in seminars.sessions_of(session, edition.id)]
    marks = {"mark": Mark.PRESENT, "by": "coordinator", "at": AT}
    session.execute(
        insert(AttendanceMark),
        [{"enrolment_id": place, "session_id": day, **marks} for place in places for day in days],
    )
    return edition


def _name(number: int, key: bytes) -> dict[str, Any]:
    place = new_token()
    sealed = seal(key, PersonName(full=f"Person Mfano {number}").to_json().encode(), name_place(place))
    return {
        "person_id": number, "kind": IdentityKind.NAME, "place": place, "sealed": sealed, "blind_index": None,
        "primary": True, "created_at": AT,
    }  # fmt: skip


def _place(edition: Edition, institution: int, person: int, affiliation: int) -> dict[str, Any]:
    return {
        "public_id": new_token(), "edition_id": edition.id, "person_id": person, "affiliation_id": affiliation,
        "institution_id": institution, "state_code": "TZ", "sector": Sector.JUSTICE,
        "state": EnrolmentState.ACCEPTED, "due_at": edition.deadline_at,
    }  # fmt: skip
