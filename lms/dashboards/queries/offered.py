"""The institutions that people of an edition serve in, as one text: what a filter offers is brought over with whatever
else is asked. A hundred rows cost several times as much one by one."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, Exists, Select, String, Table, exists, func, select, type_coerce

from lms.people.models import Institution, Sector
from lms.seminars.models import Enrolment

institution, _enrolment = (cast(Table, model.__table__) for model in (Institution, Enrolment))
_BETWEEN, _AFTER = "\x1f", "\x1e"
# Whatever stands in a name, it stands there last.
IN_ONE_TEXT: Select[*tuple[Any, ...]] = select(
    func.aggregate_strings(
        institution.c.public_id
        + _BETWEEN
        + institution.c.state_code
        + _BETWEEN
        + type_coerce(institution.c.sector, String)
        + _BETWEEN
        + func.replace(institution.c.name, _AFTER, " "),
        _AFTER,
    )
)


def serves_in(*which: ColumnElement[bool]) -> Exists:
    """Whether one of these enrolments is of an institution: asked of the institutions, which are few."""
    found = exists().where(
        *which,
        _enrolment.c.state_code == institution.c.state_code,
        _enrolment.c.institution_id == institution.c.id,
    )
    # Two levels below the edition that a look is at, which would else be looked for here once more: any edition.
    return found.correlate_except(_enrolment)


def rows_in(told: str | None) -> list[tuple[str, str, str, Sector]]:
    """What `IN_ONE_TEXT` wrote: public id, name, state code and sector of each."""
    rows = []
    for line in told.split(_AFTER) if told else ():
        public_id, state_code, sector, name = line.split(_BETWEEN, 3)
        rows.append((public_id, name, state_code, Sector(sector)))
    return rows
