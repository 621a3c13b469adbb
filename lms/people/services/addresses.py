"""A person's addresses: a second one keeps the account open when a ministry closes its mailbox."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import new_token
from lms.kernel.settings import keyring
from lms.people.models import IdentityKind, IdentityRow, Person
from lms.people.queries.mandates import may_hold_mandates
from lms.people.rules.codes import TokenPurpose
from lms.people.sealing import key_of, seal_text, unseal_text

from .codes import forget_address_codes, make_code
from .invitations import let_in
from .letters import write_to
from .persons import add_address_row, checked_address

MOST_ADDRESSES = 5


def ask_for_address(session: Session, *, person: Person, address: str, at: dt.datetime) -> None:
    """Ask for a letter that proves an address. The request does the same whether the address is free or somebody
    else's; the worker looks. Raises Refused."""
    address = checked_address(address)
    # Unproved ones do not count: they are kept only where the address is nobody else's, and the limit would tell.
    mine = select(func.count()).where(IdentityRow.person_id == person.id, IdentityRow.kind == IdentityKind.ADDRESS)
    if (session.scalar(mine.where(IdentityRow.primary | IdentityRow.verified_at.is_not(None))) or 0) >= MOST_ADDRESSES:
        raise Refused(_("Five addresses are kept for one person. Remove one first."))
    place = new_token()
    sealed = seal_text(session, person.id, address, f"lms_job:address:{place}")
    outbox.enqueue(session, "people.address", {"person_id": person.id, "sealed": sealed.hex(), "place": place})
    audit.record(session, at=at, actor=person.subject, act="address.asked", about=person.subject)


@outbox.database("people.address")
def send_address_code(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Keep the address as unproved and write to it; nothing happens where it is somebody else's or the asker gone."""
    person_id = int(payload["person_id"])
    asking = select(Person.id).where(Person.id == person_id, Person.erased_at.is_(None))
    if session.scalar(asking.with_for_update(key_share=True)) is None:
        return
    place = f"lms_job:address:{payload['place']}"
    address = unseal_text(session, person_id, bytes.fromhex(payload["sealed"]), place)
    identity_id = _own_row(session, person_id, address) or add_address_row(
        session, person_id, key_of(session, person_id), address, at=at, primary=False
    )
    if identity_id is None:
        return
    made = make_code(session, purpose=TokenPurpose.ADDRESS, person_id=person_id, identity_id=identity_id, at=at)
    write_to(
        session,
        person_id=person_id,
        identity_id=identity_id,
        template="people/address",
        context={"until": made.until.isoformat()},
        secret={"link": made.link, "code": made.code},
    )


def _own_row(session: Session, person_id: int, address: str) -> int | None:
    return session.scalar(
        select(IdentityRow.id).where(
            IdentityRow.person_id == person_id, IdentityRow.blind_index == keyring().blind(address)
        )
    )


def make_primary(session: Session, *, person: Person, public_id: str, at: dt.datetime) -> None:
    """Letters go to this address from now on; the one before is told. Raises NotFound, Refused."""
    row = _row(session, person, public_id)
    if row.verified_at is None:
        raise Refused(_("Confirm this address first, with the code that was sent to it."))
    if row.primary:
        return
    write_to(session, person_id=person.id, template="people/addresses-changed")
    addresses = update(IdentityRow).where(IdentityRow.person_id == person.id, IdentityRow.kind == IdentityKind.ADDRESS)
    session.execute(addresses.where(IdentityRow.primary).values(primary=False))
    session.execute(addresses.where(IdentityRow.id == row.id).values(primary=True))
    audit.record(session, at=at, actor=person.subject, act="address.primary", about=person.subject)


def remove_address(session: Session, *, person: Person, public_id: str, at: dt.datetime) -> None:
    """Forget an address; the one that letters go to stays. Raises NotFound, Refused."""
    row = _row(session, person, public_id)
    if row.primary:
        raise Refused(_("Letters go to this address. Choose another for letters first, then remove it."))
    forget_address_codes(session, row.id, at)
    session.execute(delete(IdentityRow).where(IdentityRow.id == row.id))
    write_to(session, person_id=person.id, template="people/addresses-changed")
    audit.record(session, at=at, actor=person.subject, act="address.removed", about=person.subject)


def _row(session: Session, person: Person, public_id: str) -> IdentityRow:
    # The person is held, so that two changes at once do not leave two first addresses, or none.
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    row = session.scalar(
        select(IdentityRow).where(
            IdentityRow.person_id == person.id,
            IdentityRow.kind == IdentityKind.ADDRESS,
            IdentityRow.place == public_id,
        ),
        execution_options={"populate_existing": True},
    )
    if row is None:
        raise NotFound
    return row


def reach_at(session: Session, *, person: Person, address: str, at: dt.datetime, by: str) -> None:
    """Letters to a person go to another address from now on, by the word of officers, who have made sure that it is
    theirs: the one before is told and stays, and a link to come in goes to the new one. Raises Refused for an address
    that is somebody else's, and for whoever holds a mandate."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    refuse_holder(session, person, at)
    theirs = update(IdentityRow).where(IdentityRow.person_id == person.id, IdentityRow.kind == IdentityKind.ADDRESS)
    identity_id = _own_row(session, person.id, address) or add_address_row(
        session, person.id, key_of(session, person.id), address, at=at, primary=False
    )
    if identity_id is None:
        raise Refused(_("The new address belongs to somebody else here. Perhaps one person was entered twice."))
    write_to(session, person_id=person.id, template="people/addresses-changed")
    session.execute(theirs.where(IdentityRow.primary).values(primary=False))
    session.execute(theirs.where(IdentityRow.id == identity_id).values(primary=True))
    let_in(session, person=person, identity_id=identity_id, at=at, unasked=True)
    audit.record(session, at=at, actor=by, act="address.given-by-officers", about=person.subject)


def refuse_holder(session: Session, person: Person, at: dt.datetime) -> None:
    """Raises Refused for whoever holds a mandate or is proposed for one: to have their letters sent elsewhere must not
    be a way to come at it, which only administrators give."""
    if may_hold_mandates(session, person.id, at.date()):
        raise Refused(
            _("This person holds a mandate or is proposed for one. It must end first; then it can be given anew.")
        )
