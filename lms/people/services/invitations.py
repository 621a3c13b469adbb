"""Invitations and new passwords: what a link in a letter opens."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.kernel.settings import keyring
from lms.people.events import InvitationDeclined
from lms.people.models import IdentityRow, MailedToken, Person, SentLetter
from lms.people.queries.mail import stopped
from lms.people.queries.persons import owned, subjects_of
from lms.people.rules.codes import TokenPurpose

from .codes import Made, make_code
from .letters import primary_address, write_to

PAUSE = dt.timedelta(minutes=5)
ONE_CLICK = dt.timedelta(seconds=10)
"""What is asked for twice within this time is one click made twice; an officer may have a reason to send again soon."""


def invite(
    session: Session,
    *,
    person: Person,
    by: int | None,
    at: dt.datetime,
    edition_title: str | None = None,
    about: str | None = None,
) -> None:
    """Send an invitation with a link and a code; an older one is good no more. Whoever has been here before is told
    to sign in instead. `about` is the edition's public id. What was sent to the same address a moment ago is not sent
    again: it is one click made twice. Raises Refused for somebody without an address, or to whose address letters come
    back."""
    identity_id = primary_address(session, person.id)
    if identity_id is None:
        raise Refused(_("There is no e-mail address to send an invitation to."))
    if session.scalar(select(stopped(identity_id))):
        raise Refused(_("Letters to this address come back. Correct the address, or say that it shall be tried again."))
    actor = subjects_of(session, [by]).get(by) if by else None
    if _lately(session, person, identity_id, about, at):
        return
    template = _template(person)
    if person.welcomed_at is None:
        made = make_code(session, purpose=TokenPurpose.INVITATION, person_id=person.id, identity_id=identity_id, at=at)
        _send(session, template, person.id, identity_id, made, about, actor, edition_title=edition_title)
    elif edition_title:
        context = {"edition_title": edition_title}
        write_to(session, person_id=person.id, template=template, context=context, about=about, by=actor)
    audit.record(session, at=at, actor=actor, act="person.invited", about=person.subject)


def _lately(session: Session, person: Person, identity_id: int, about: str | None, at: dt.datetime) -> bool:
    """Whether the same was sent a moment ago, and is still good."""
    sent = select(SentLetter.id).where(
        SentLetter.template == _template(person), SentLetter.identity_id == identity_id, SentLetter.about == about,
        SentLetter.at > at - ONE_CLICK, SentLetter.withheld_at.is_(None),
    )  # fmt: skip
    if person.welcomed_at is None:
        good = MailedToken.used_at.is_(None) & MailedToken.void_at.is_(None) & (MailedToken.created_at > at - ONE_CLICK)
        sent = sent.where(exists().where(MailedToken.identity_id == identity_id, good))
    return session.scalar(sent.limit(1)) is not None


def _template(person: Person) -> str:
    return "people/invitation" if person.welcomed_at is None else "people/invited-again"


def decline_invitation(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """Whoever was invited says that they do not come; no account is opened. Raises Refused."""
    subject = subjects_of(session, [person_id])[person_id]
    audit.record(session, at=at, actor=subject, act="invitation.declined", about=subject)
    publish(session, InvitationDeclined(person_id, at))


def send_invitation(session: Session, person_id: int, identity_id: int, at: dt.datetime) -> Made:
    """Make the link and ask for the letter; gives both, for whoever has no mail yet."""
    made = make_code(session, purpose=TokenPurpose.INVITATION, person_id=person_id, identity_id=identity_id, at=at)
    _send(session, "people/invitation", person_id, identity_id, made)
    return made


def _send(
    session: Session,
    template: str,
    person_id: int,
    identity_id: int,
    made: Made,
    about: str | None = None,
    by: str | None = None,
    **context: str | None,
) -> None:
    write_to(
        session,
        person_id=person_id,
        identity_id=identity_id,
        template=template,
        context={**context, "until": made.until.isoformat()},
        secret={"link": made.link, "code": made.code},
        about=about,
        by=by,
    )


def ask_for_new_password(session: Session, *, address: str) -> None:
    """Ask for a letter with a new code. The request does the same for every address, known or not; the worker looks."""
    blind = keyring().blind(address)
    outbox.enqueue(session, "people.reset", {"blind": blind}, key=f"people.reset:{blind}")


@outbox.database("people.reset")
def send_reset(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Write to the person who has the address, if there is one; at most one letter in five minutes."""
    row = session.execute(
        select(Person, IdentityRow.id)
        .join(IdentityRow, IdentityRow.person_id == Person.id)
        .where(IdentityRow.blind_index == payload["blind"], Person.disabled_at.is_(None))
        .where(owned())
    ).first()
    if row is None or _written_lately(session, row[0].id, at):
        return
    person, identity_id = row
    let_in(session, person=person, identity_id=identity_id, at=at)


def let_in(session: Session, *, person: Person, identity_id: int, at: dt.datetime, unasked: bool = False) -> None:
    """Send a link to one of a person's addresses: to a new password, or for whoever was never here an invitation.
    `unasked` where somebody else had it sent: the letter says so, and the link waits until it is read."""
    if person.welcomed_at is None:
        send_invitation(session, person.id, identity_id, at)
        return
    made = make_code(
        session, purpose=TokenPurpose.RESET, person_id=person.id, identity_id=identity_id, at=at, unasked=unasked
    )
    _send(session, "people/back-in" if unasked else "people/reset", person.id, identity_id, made)


def _written_lately(session: Session, person_id: int, at: dt.datetime) -> bool:
    lately = select(MailedToken.id).where(MailedToken.person_id == person_id, MailedToken.created_at > at - PAUSE)
    open_ones = lately.where(MailedToken.void_at.is_(None), MailedToken.used_at.is_(None))
    return session.scalar(open_ones.where(MailedToken.purpose != TokenPurpose.ADDRESS).limit(1)) is not None
