"""Putting somebody forward, taking them over, leaving them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import new_token
from lms.people import queries as people
from lms.people.queries import subjects_of
from lms.people.sealing import key_of
from lms.seminars.cells import sector_of, zone_of
from lms.seminars.columns import Column
from lms.seminars.imports.judging import Judgement, address_in
from lms.seminars.imports.models import Verdict
from lms.seminars.imports.sealing import blind_in
from lms.seminars.imports.wording import why_refused
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Nomination, NominationState
from lms.seminars.rules.nominations import MOST_WAITING, NOMINATIONS_WAITING
from lms.seminars.services.calls import call_answered
from lms.seminars.services.counting import count
from lms.seminars.services.enrolments import nominate_again
from lms.seminars.services.nominations import Nominee, nominate
from lms.web.languages import gettext as _
from lms.web.languages import ngettext

from .queries import judged_alone
from .sealing import Cells, cells_of, sealed_anew, sealed_under

KEPT = dt.timedelta(days=30)
"""How long after the first day of its edition the words of a nomination are kept that was not taken over."""


def refusal(judgement: Judgement, cells: Mapping[str, str]) -> tuple[Column, str] | None:
    """Which cell keeps a nomination from being taken, and why; None where nothing does."""
    if judgement.verdict is not Verdict.REFUSED:
        return None
    column = judgement.columns[0]
    return column, why_refused(judgement.reason, column, cells.get(column, ""))


def put_forward(session: Session, *, edition_id: int, cells: Cells, key: str, at: dt.datetime, by: int) -> Nomination:
    """Nominate somebody, once for each `key`; `by` is the id of the focal point, and `cells` what a row of an import
    says, of a state within their reach. Nobody is looked up: the answer is the same whether an account exists or not.

    Raises Refused for what no import would take, for an address that the same focal point nominated already, and where
    many wait; Conflict for the same key with other words."""
    told = refusal(judged_alone(session, cells, at.date()), cells)
    if told:
        raise Refused(told[1])
    _not_too_many(session, edition_id, by)
    public_id = new_token()
    wrapped, sealed = sealed_anew(public_id, cells)
    new = dialect_insert(session)(Nomination).values(
        public_id=public_id, edition_id=edition_id, by_person_id=by, state_code=cells[Column.STATE], client_key=key,
        at=at, state=NominationState.WAITING, wrapped_key=wrapped, sealed_words=sealed, blind=blind_in(cells),
    )  # fmt: skip
    made = session.scalar(new.on_conflict_do_nothing().returning(Nomination.id))
    if made is None:
        return _there_already(session, edition_id, cells, key, by)
    count(session, edition_id=edition_id, what=NOMINATIONS_WAITING, change=1)
    call_answered(session, edition_id=edition_id, state_code=cells[Column.STATE], on=at.date())
    actor = subjects_of(session, [by])[by]
    audit.record(session, at=at, actor=actor, act="nomination.put-forward", about=public_id)
    return session.get_one(Nomination, made)


def _not_too_many(session: Session, edition_id: int, by: int) -> None:
    mine = (Nomination.edition_id == edition_id, Nomination.by_person_id == by)
    wait = session.scalar(select(func.count()).where(*mine, Nomination.state == NominationState.WAITING)) or 0
    if wait >= MOST_WAITING:
        raise Refused(
            ngettext(
                "%(num)s nomination of yours waits for the coordinator. Write to them before you add more.",
                "%(num)s nominations of yours wait for the coordinator. Write to them before you add more.",
                wait,
            )
        )


def _there_already(session: Session, edition_id: int, cells: Cells, key: str, by: int) -> Nomination:
    """The same form sent twice; raises Refused for the same address, Conflict for other words."""
    kept = session.scalar(select(Nomination).where(Nomination.by_person_id == by, Nomination.client_key == key))
    if kept is None:
        raise Refused(_("You have nominated somebody with this address for this edition already."))
    if kept.edition_id != edition_id or (kept.wrapped_key and cells_of(kept, {}) != cells):
        raise Conflict(_("This form was sent already, with other words. Look at your nominations, then fill it anew."))
    return kept


def take_over(session: Session, *, found: Nomination, at: dt.datetime, by: str) -> Enrolment:
    """Give the person a place, nominated and not invited yet; whoever is nominated there already keeps theirs. Asked
    twice, it is done once. Raises Refused as `nominate` does, Conflict where it was left."""
    session.refresh(found, with_for_update=True)
    if found.state is NominationState.TAKEN:
        return session.get_one(Enrolment, found.enrolment_id)
    _still_waiting(found)
    cells = cells_of(found, {})
    place = _place_of(session, found, cells, at, by)
    sealed = sealed_under(key_of(session, place.person_id), found.public_id, cells)
    found.state, found.enrolment_id, found.person_id = NominationState.TAKEN, place.id, place.person_id
    found.sealed_words, found.wrapped_key = sealed, None
    _decided(session, found, at, by, "nomination.taken-over")
    return place


def _still_waiting(found: Nomination) -> None:
    if found.state is not NominationState.WAITING or found.wrapped_key is None:
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))


def _place_of(session: Session, found: Nomination, cells: Cells, at: dt.datetime, by: str) -> Enrolment:
    edition = session.get_one(Edition, found.edition_id)
    person = people.person_by_address(session, address_in(cells))
    mine = select(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.person_id == (person and person.id))
    there: Enrolment | None = session.scalar(mine)
    if there is None or there.state_code != found.state_code:
        return nominate(session, edition=edition, nominee=_nominee(cells), at=at, by=by)
    if there.state is EnrolmentState.WITHDRAWN and there.invited_at is None:
        nominate_again(session, enrolment=there, at=at, by=by)
    return there


def _nominee(cells: Cells) -> Nominee:
    return Nominee(
        name=cells[Column.NAME],
        address=address_in(cells),
        state=cells[Column.STATE],
        institution=cells[Column.INSTITUTION],
        sector=sector_of(cells.get(Column.SECTOR, "")),
        zone=zone_of(cells.get(Column.ZONE, "")) or "",
        language=cells.get(Column.LANGUAGE) or None,
        function=cells.get(Column.FUNCTION, ""),
    )


def leave(session: Session, *, found: Nomination, at: dt.datetime, by: str) -> None:
    """Do not take a nomination over; asked twice, it is done once. Raises Conflict where it was taken over."""
    session.refresh(found, with_for_update=True)
    if found.state is NominationState.LEFT:
        return
    _still_waiting(found)
    found.state = NominationState.LEFT
    _decided(session, found, at, by, "nomination.left")


def _decided(session: Session, found: Nomination, at: dt.datetime, by: str | None, act: str) -> None:
    found.decided_at, found.decided_by = at, by
    count(session, edition_id=found.edition_id, what=NOMINATIONS_WAITING, change=-1)
    audit.record(session, at=at, actor=by, act=act, about=found.public_id)


def forget(session: Session, *, person_id: int, blinds: Collection[str], at: dt.datetime) -> None:
    """Erase what was said of somebody who is erased: what became a place of theirs, and what waits or was left under
    one of their addresses. What waits is left."""
    theirs = or_(Nomination.person_id == person_id, Nomination.person_id.is_(None) & Nomination.blind.in_(blinds))
    for found in session.scalars(select(Nomination).where(theirs).order_by(Nomination.id).with_for_update()).all():
        found.wrapped_key = found.sealed_words = found.blind = None
        if found.state is NominationState.WAITING:
            found.state = NominationState.LEFT
            _decided(session, found, at, None, "nomination.erased")


@outbox.database("seminars.nominations_tidy", every=86_400.0)
def tidy(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Erase the words of what was not taken over, when its edition is long under way."""
    over = select(Edition.id).where(Edition.starts_on < (at - KEPT).date())
    old = update(Nomination).where(Nomination.wrapped_key.is_not(None), Nomination.edition_id.in_(over))
    session.execute(
        old.values(wrapped_key=None, sealed_words=None, blind=None), execution_options={"synchronize_session": "fetch"}
    )
