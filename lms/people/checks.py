"""What `flask lms check` recomputes about persons and mandates."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.checks import Finding, check
from lms.kernel.secrets import Unsealable, same
from lms.kernel.settings import keyring
from lms.people import erased
from lms.people.models import (
    FormerKey,
    IdentityKind,
    IdentityRow,
    Institution,
    Mandate,
    MandateAct,
    MandateSuccession,
    Person,
    PersonKey,
)
from lms.people.rules.mandates import (
    SHORTEST_REASON,
    STATE_AFTER,
    WITH_AN_END,
    MandateActKind,
    MandateState,
    ScopeKind,
    scope_refusal,
)
from lms.people.rules.names import PersonName
from lms.people.sealing import name_place, unwrap_joined


@check("people.mandates")
def mandates_follow_from_their_acts(session: Session) -> Iterable[Finding]:
    """The state is that of the last act; whatever came into force has two people or a reason in writing."""
    acts: dict[int, list[MandateAct]] = {}
    for act in session.scalars(select(MandateAct).order_by(MandateAct.id)):
        acts.setdefault(act.mandate_id, []).append(act)
    for mandate in session.scalars(select(Mandate).order_by(Mandate.id)):
        yield from _look_at(mandate, acts.get(mandate.id, []))


@check("people.successions")
def no_mandate_is_held_by_two(session: Session) -> Iterable[Finding]:
    """Where a mandate changed hands, the one that was replaced is not in force beside its successor."""
    old, new = aliased(Mandate), aliased(Mandate)
    both = (
        select(new.public_id)
        .join(MandateSuccession, MandateSuccession.successor_id == new.id)
        .join(old, old.id == MandateSuccession.replaced_id)
        .where(old.state == MandateState.IN_FORCE, new.state == MandateState.IN_FORCE)
    )
    for public_id in session.scalars(both):
        yield Finding(f"mandate {public_id}", "its predecessor is in force beside it")


@check("people.mandate_ends")
def focal_points_and_evaluators_have_a_last_day(session: Session) -> Iterable[Finding]:
    """A mandate of a role that always has an end has one."""
    endless = select(Mandate.public_id).where(Mandate.role.in_(WITH_AN_END), Mandate.until.is_(None))
    for public_id in session.scalars(endless.where(Mandate.state == MandateState.IN_FORCE)):
        yield Finding(f"mandate {public_id}", "it has no last day")


@check("people.mandate_reaches")
def mandates_reach_over_what_their_role_can(session: Session) -> Iterable[Finding]:
    """No mandate in force is over something that its role shows nothing of."""
    for mandate in session.scalars(select(Mandate).where(Mandate.state == MandateState.IN_FORCE).order_by(Mandate.id)):
        if scope_refusal(mandate.role, mandate.scope, mandate.scope_id, mandate.since, mandate.until):
            yield Finding(f"mandate {mandate.public_id}", "its role is not given over this, so it shows nothing")
    there = exists().where(Institution.public_id == Mandate.scope_id)
    lost = select(Mandate.public_id).where(Mandate.scope == ScopeKind.INSTITUTION, ~there)
    for public_id in session.scalars(lost.where(Mandate.state == MandateState.IN_FORCE).order_by(Mandate.id)):
        yield Finding(f"mandate {public_id}", "the institution it is over is not there, so it shows nothing")


def _look_at(mandate: Mandate, acts: list[MandateAct]) -> Iterable[Finding]:
    about = f"mandate {mandate.public_id}"
    if not acts or STATE_AFTER[acts[-1].kind] is not mandate.state:
        yield Finding(about, "its state does not follow from its last act")
    if mandate.state is MandateState.IN_FORCE and not _rightly_given(mandate, acts):
        yield Finding(about, "it is in force without a second person or a written exception")


def _rightly_given(mandate: Mandate, acts: list[MandateAct]) -> bool:
    proposer = next((act.by_person_id for act in acts if act.kind is MandateActKind.PROPOSED), None)
    for act in acts:
        if act.kind is MandateActKind.CONFIRMED:
            return act.by_person_id not in (None, proposer, mandate.person_id)
        if act.kind is MandateActKind.CONFIRMED_ALONE:
            return act.reason_length >= SHORTEST_REASON
    return False


@check("people.identity")
def identities_open_and_agree(session: Session) -> Iterable[Finding]:
    """Every sealed row opens with its person's key, and every blind index is that of its address."""
    rows = session.execute(
        select(IdentityRow, PersonKey.wrapped, Person.subject)
        .join(Person, Person.id == IdentityRow.person_id)
        .join(PersonKey, PersonKey.person_id == Person.id)
    )
    for row, wrapped, subject in rows:
        problem = _problem(row, wrapped, subject)
        if problem:
            yield Finding(f"person {subject}", problem)


def _problem(row: IdentityRow, wrapped: bytes, subject: str) -> str | None:
    try:
        plain = keyring().unseal(wrapped, subject, row.sealed, name_place(row.place)).decode()
    except Unsealable:
        return f"the sealed {row.kind.value} does not open"
    if row.kind is IdentityKind.ADDRESS:
        agrees = same(row.blind_index or "", keyring().blind(plain))
        return None if agrees else "the blind index is not that of the address"
    return None if PersonName.from_json(plain).full else "the name is empty"


@check("people.keys")
def only_the_erased_have_no_key(session: Session) -> Iterable[Finding]:
    """A person without a key is an erased one, and an erased one has no key and no sealed row."""
    rows = session.execute(
        select(Person.subject, Person.erased_at, PersonKey.person_id)
        .outerjoin(PersonKey, PersonKey.person_id == Person.id)
        .where(Person.erased_at.is_(None) == PersonKey.person_id.is_(None))
    )
    for subject, erased_at, _key in rows:
        yield Finding(f"person {subject}", "erased, but the key is there" if erased_at else "the key is missing")
    left = select(Person.subject).where(Person.erased_at.is_not(None), Person.id.in_(select(IdentityRow.person_id)))
    for subject in session.scalars(left):
        yield Finding(f"person {subject}", "erased, but a sealed row is there")


@check("people.former-keys")
def former_keys_are_of_joined_entries(session: Session) -> Iterable[Finding]:
    """The key of a joined entry opens, and is held by the person whose that entry is, who was not erased; no entry is
    said to be joined without it."""
    former, holder = aliased(Person), aliased(Person)
    said = (former.subject, former.joined_into_id, holder.subject, holder.erased_at)
    rows = session.execute(
        select(FormerKey.person_id, FormerKey.wrapped, *said)
        .join(former, former.id == FormerKey.former_id)
        .join(holder, holder.id == FormerKey.person_id)
    )
    for person_id, wrapped, subject, joined_into_id, stays, erased_at in rows:
        if joined_into_id != person_id:
            yield Finding(f"person {subject}", "the key of this entry is held by somebody it was not joined into")
        if erased_at:
            yield Finding(f"person {subject}", "the key of this entry is there, but whose it was is erased")
        if unwrap_joined(wrapped, subject, stays) is None:
            yield Finding(
                f"person {subject}", "the key of this entry does not open for whom it is said to be joined into"
            )
    proof = (FormerKey.former_id == former.id) & (FormerKey.person_id == former.joined_into_id)
    bare = select(former.subject).join(holder, holder.id == former.joined_into_id).outerjoin(FormerKey, proof)
    for subject in session.scalars(bare.where(FormerKey.former_id.is_(None), holder.erased_at.is_(None))):
        yield Finding(f"person {subject}", "is said to be joined into another entry, and no key proves it")


@check("people.erasures")
def nobody_erased_has_come_back(session: Session) -> Iterable[Finding]:
    """Whoever is on the list of the erased outside the database is erased in it."""
    back = select(Person.subject).where(Person.erased_at.is_(None), Person.subject.in_(erased.subjects()))
    for subject in session.scalars(back):
        yield Finding(f"person {subject}", "on the list of the erased, but is here again")
    for line in erased.unreadable():
        yield Finding(f"list of the erased, line {line}", "cannot be read")
