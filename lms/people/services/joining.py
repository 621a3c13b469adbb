"""Bringing two entries of one person together, and what of it belongs to persons themselves."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import Conflict, Refused
from lms.kernel.events import publish
from lms.kernel.settings import keyring
from lms.people.events import PersonsJoined
from lms.people.joining import Joining, Told, binds, move_all, moves, objects, tells, why_not
from lms.people.models import (
    Affiliation,
    FormerKey,
    HostLink,
    IdentityKind,
    IdentityRow,
    MailChoice,
    MailedToken,
    Mandate,
    MandateAct,
    MandateState,
    NameConfirmation,
    Password,
    Person,
    PersonKey,
    SensitiveMark,
    SentLetter,
    SignInSession,
)
from lms.people.queries.institutions import function_place
from lms.people.queries.mandates import act_place
from lms.people.rules.codes import TokenPurpose
from lms.people.sealing import confirmation_place, key_of, name_place, unwrap_joined, wrap_joined

from .codes import make_code
from .letters import write_to


def join(session: Session, *, stays: Person, goes: Person, kept: Collection[int], at: dt.datetime, by: str) -> None:
    """Everything of `goes` becomes that of `stays`, and the entry `goes` names nobody any more.

    `kept` are the places chosen where both have one in the same edition. Raises Refused with every reason why not,
    Conflict where one of the two is gone by now.
    """
    hold_both(session, stays.id, goes.id)
    if stays.id == goes.id or stays.erased_at or goes.erased_at:
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
    if reasons := why_not(session, stays.id, goes.id):
        raise Refused(" ".join(reasons))
    keys = key_of(session, stays.id), key_of(session, goes.id)
    move_all(session, Joining(stays.id, goes.id, *keys, at=at, by=by, kept=frozenset(kept)))
    _keep_the_key(session, stays, goes)
    goes.erased_at = goes.disabled_at = at
    goes.locale = goes.zone = goes.name_confirmed_at = None
    goes.joined_into_id = stays.id
    audit.record(session, at=at, actor=by, act="person.joined", about=stays.subject, other=goes.subject)
    publish(session, PersonsJoined(stays.id, goes.id, at))


def hold_both(session: Session, stays: int, goes: int) -> None:
    """Nothing new comes to either entry until the transaction ends; both are read anew."""
    # In the order of their numbers, so that two joinings do not wait for each other.
    held = select(Person).where(Person.id.in_((stays, goes))).order_by(Person.id).with_for_update()
    session.scalars(held, execution_options={"populate_existing": True}).all()


def _keep_the_key(session: Session, stays: Person, goes: Person) -> None:
    """What is never written anew stays sealed as it was: its key is the other entry's from now on."""
    old = session.get_one(PersonKey, goes.id)
    theirs = select(FormerKey, Person.subject).join(Person, Person.id == FormerKey.former_id)
    for row, subject in session.execute(theirs.where(FormerKey.person_id == goes.id)).all():
        if key := unwrap_joined(row.wrapped, subject, goes.subject):
            row.person_id, row.proved_at, row.wrapped = stays.id, None, wrap_joined(key, subject, stays.subject)
    wrapped = wrap_joined(keyring().unwrap(old.wrapped, goes.subject), goes.subject, stays.subject)
    session.add(FormerKey(former_id=goes.id, person_id=stays.id, wrapped=wrapped))
    session.delete(old)


def _mandates() -> str:
    return str(_("The entry that would go has taken part in giving mandates, which takes two people. Keep that entry."))


def _hosts() -> str:
    return str(_("The entry that would go signs in through another system. Keep that entry."))


def _sensitive() -> str:
    return str(
        _("The entry that would go is or was marked as one not to be named, or has set such marks. Keep that entry.")
    )


binds(_sensitive, SensitiveMark.person_id, SensitiveMark.by_person_id)
binds(_mandates, MandateAct.by_person_id)
binds(_hosts, HostLink.person_id)


@objects
def _open_mandates(session: Session, stays: int, goes: int) -> list[str]:
    """A mandate is given by two people to one entry: joining must not be a way to pass it on, nor to come at it."""
    open_ones = Mandate.state.in_((MandateState.PROPOSED, MandateState.IN_FORCE))
    if not session.scalar(select(exists().where(Mandate.person_id.in_((stays, goes)), open_ones))):
        return []
    return [str(_("One of the two holds a mandate or is proposed for one. End it first; it can be given anew."))]


@moves(Mandate.person_id)
def _mandates_ended(session: Session, joining: Joining) -> None:
    acts = select(MandateAct, Mandate.public_id).join(Mandate, Mandate.id == MandateAct.mandate_id)
    for act, public_id in session.execute(acts.where(Mandate.person_id == joining.goes)):
        act.sealed_reason = joining.resealed(act.sealed_reason, act_place(public_id, act.kind))
    _over(session, joining, Mandate.person_id == joining.goes, Mandate)


@moves(Affiliation.person_id)
def _affiliations(session: Session, joining: Joining) -> None:
    """Where somebody served stays known; at present they serve where the entry that stays says, if it says so."""
    serves = session.scalar(select(exists().where(Affiliation.person_id == joining.stays, Affiliation.until.is_(None))))
    for row in session.scalars(select(Affiliation).where(Affiliation.person_id == joining.goes)):
        row.sealed_function = joining.resealed(row.sealed_function, function_place(row.since))
        row.person_id = joining.stays
        if serves and row.until is None:
            row.until = max(row.since, joining.at.date())
    session.flush()


@moves(NameConfirmation.person_id, NameConfirmation.by_person_id)
def _confirmations(session: Session, joining: Joining) -> None:
    for row in session.scalars(select(NameConfirmation).where(NameConfirmation.person_id == joining.goes)):
        row.sealed_reason = joining.resealed(row.sealed_reason, confirmation_place(row.at))
    _over(session, joining, NameConfirmation.person_id == joining.goes, NameConfirmation)
    by = update(NameConfirmation).where(NameConfirmation.by_person_id == joining.goes)
    session.execute(by.values(by_person_id=joining.stays))


@moves(
    IdentityRow.person_id,
    IdentityRow.former_id,
    MailedToken.person_id,
    PersonKey.person_id,
    FormerKey.person_id,
    FormerKey.former_id,
    Password.person_id,
    SignInSession.person_id,
)
def _identity(session: Session, joining: Joining) -> None:
    """The name is that of the entry that stays. Its own person alone can prove the addresses of the other one, the
    first of which is written to: until then nobody signs in with them. Passwords, codes and sign-ins are over."""
    tokens = update(MailedToken).where(MailedToken.person_id == joining.goes)
    session.execute(tokens.values(identity_id=None, person_id=joining.stays))
    session.execute(
        update(MailedToken)
        .where(MailedToken.person_id == joining.stays, MailedToken.identity_id.is_(None))
        .where(MailedToken.used_at.is_(None), MailedToken.void_at.is_(None))
        .values(void_at=joining.at)
    )
    ended = update(SignInSession).where(SignInSession.person_id == joining.goes, SignInSession.ended_at.is_(None))
    session.execute(ended.values(ended_at=joining.at))
    _over(session, joining, SignInSession.person_id == joining.goes, SignInSession)
    session.execute(delete(Password).where(Password.person_id == joining.goes))
    theirs = IdentityRow.person_id == joining.goes
    session.execute(delete(IdentityRow).where(theirs, IdentityRow.kind == IdentityKind.NAME))
    for row in session.scalars(select(IdentityRow).where(theirs).order_by(IdentityRow.primary)):
        row.sealed = joining.resealed(row.sealed, name_place(row.place)) or b""
        row.person_id, row.primary, row.verified_at = joining.stays, False, None
        row.former_id = row.former_id or joining.goes
        session.flush()  # the code refers to the row as it is now
        _ask_for_proof(session, joining, row.id)


def _ask_for_proof(session: Session, joining: Joining, identity_id: int) -> None:
    made = make_code(
        session, purpose=TokenPurpose.ADDRESS, person_id=joining.stays, identity_id=identity_id, at=joining.at
    )
    write_to(
        session,
        person_id=joining.stays,
        identity_id=identity_id,
        template="people/address",
        context={"until": made.until.isoformat()},
        secret={"link": made.link, "code": made.code},
    )


@moves(SentLetter.person_id, MailChoice.person_id)
def _letters(session: Session, joining: Joining) -> None:
    """What was written stays known. Whoever wanted no reminders, under either entry, gets none."""
    _over(session, joining, SentLetter.person_id == joining.goes, SentLetter)
    mine, theirs = session.get(MailChoice, joining.stays), session.get(MailChoice, joining.goes)
    if theirs is None:
        return
    if mine is None:
        _over(session, joining, MailChoice.person_id == joining.goes, MailChoice)
        return
    mine.says_little = mine.says_little or theirs.says_little
    mine.stopped_at = mine.stopped_at or theirs.stopped_at
    session.delete(theirs)


@tells
def account_and_letters(session: Session, stays: int, goes: int) -> Iterable[Told]:
    """What is open at present, and what was written to each."""
    parts = (
        (
            _("Sign-ins now"),
            select(SignInSession.person_id).where(SignInSession.ended_at.is_(None)),
            _("Those of the second end. Who was signed in when stays listed."),
        ),
        (
            _("Letters sent"),
            select(SentLetter.person_id),
            _("All stay listed. Whoever wanted no reminders under either entry gets none."),
        ),
        (
            _("Confirmations of the name"),
            select(NameConfirmation.person_id),
            _("All stay listed. What holds is whether the first name is confirmed."),
        ),
    )
    for part, rows, becomes in parts:
        found = Counter(session.scalars(rows.where(rows.selected_columns[0].in_((stays, goes)))))
        yield Told(part, str(found[stays]), str(found[goes]), becomes)


@moves(Person.joined_into_id)
def _joined_before(session: Session, joining: Joining) -> None:
    session.execute(update(Person).where(Person.joined_into_id == joining.goes).values(joined_into_id=joining.stays))


def _over(session: Session, joining: Joining, which: ColumnElement[bool], model: type) -> None:
    session.flush()
    session.execute(update(model).where(which).values(person_id=joining.stays))
