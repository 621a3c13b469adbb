"""What the filter of an edition's list offers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Exists,
    String,
    Table,
    bindparam,
    exists,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.dashboards.rules.looks import NOT_SHOWN, Sight, institution_key
from lms.kernel.db import ask
from lms.kernel.values import dataclass
from lms.people.models import Sector
from lms.people.queries.sensitive import not_to_be_named, unnamed_people
from lms.people.rules import Scope
from lms.seminars.models import Enrolment
from lms.seminars.queries import visible_to
from lms.web.languages import language

from .looks import Look
from .offered import IN_ONE_TEXT, institution, rows_in, serves_in

Modules = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choices:
    """What the filter offers: only states, sectors and institutions that are in the edition and in sight."""

    states: tuple[str, ...]
    sectors: tuple[Sector, ...]
    institutions: tuple[tuple[str, str, str], ...]
    """(public id, name, state code)."""
    modules: Modules = ()
    """(key, title) in their order; none for those who do not see progress."""

    @property
    def module_keys(self) -> tuple[str, ...]:
        """The modules that can be asked about."""
        return tuple(key for key, _title in self.modules)


_enrolment = cast(Table, Enrolment.__table__)
_COLUMNS = select(institution.c.public_id, institution.c.name, institution.c.state_code, institution.c.sector)
_HERE = serves_in(_enrolment.c.edition_id == bindparam("edition_id"))
_EVERYWHERE = IN_ONE_TEXT.where(_HERE)


def _named_here(seen: Look) -> Exists:
    """Whether somebody who is in sight and may be named is there."""
    here = _HERE if seen.scope.everything else _HERE.where(visible_to(seen.scope))
    return here.where(~not_to_be_named(_enrolment.c.person_id)) if seen.unnamed else here


def module_choices(session: Session, seen: Look) -> Modules:
    """The modules of the version that the edition reads, for those who see progress."""
    if seen.sight is not Sight.EVERYTHING:
        return ()
    return outline(session, seen.version_id).titles(language())


def choices(session: Session, seen: Look) -> Choices:
    """What can be chosen in the filter of an edition's list: what the look at it brought along, or in one statement."""
    modules = module_choices(session, seen)
    if seen.offered and not seen.unnamed:
        return _read(seen.offered, unnamed=False, modules=modules)
    found = _EVERYWHERE if seen.scope.everything and not seen.unnamed else IN_ONE_TEXT.where(_named_here(seen))
    told = ask(session, found, {"edition_id": seen.edition.id}).scalar_one()
    return _read(told, unnamed=seen.unnamed, modules=modules)


@lru_cache(maxsize=8)
def _read(told: str | None, *, unnamed: bool, modules: Modules) -> Choices:
    """The last few are kept, as the filters that are drawn from them."""
    return _offered(rows_in(told), unnamed=unnamed, modules=modules)


def choices_among(session: Session, edition_ids: Collection[int], scope: Scope) -> Choices:
    """What a list over several editions can be narrowed by, in one statement."""
    theirs = (_enrolment.c.edition_id.in_(edition_ids), visible_to(scope))
    named = _COLUMNS.where(serves_in(*theirs, ~not_to_be_named(_enrolment.c.person_id)))
    # From the few who are marked to their places.
    unnamed = exists().where(*theirs, _enrolment.c.person_id.in_(unnamed_people()))
    nobody = (literal(text, String) for text in ("", "", NOT_SHOWN))
    apart = select(*nobody, type_coerce(literal(Sector.OTHER.value), institution.c.sector.type)).where(unnamed)
    rows: Sequence[Any] = ask(session, union_all(named, apart)).all()
    told = [row for row in rows if row[2] != NOT_SHOWN]
    return _offered(told, unnamed=len(told) < len(rows))


def _offered(rows: Sequence[Any], *, unnamed: bool, modules: Modules = ()) -> Choices:
    institutions = [(public_id, name, state_code) for public_id, name, state_code, _sector in rows]
    in_order = sorted(zip([institution_key(row[1]) for row in rows], institutions, strict=True))
    present = {sector for _public_id, _name, _state_code, sector in rows}
    return Choices(
        modules=modules,
        states=(*sorted({code for _, _, code in institutions}), *((NOT_SHOWN,) if unnamed else ())),
        sectors=tuple(sector for sector in Sector if sector in present or unnamed),
        institutions=tuple([one for _key, one in in_order]),
    )
