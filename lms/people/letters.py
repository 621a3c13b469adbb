"""Letters: what is written to a person, in their language; no name and no code is at rest outside their own key.

A context adds a letter with `@letter("seminars/extension-granted")`. The function gets the reader and the facts that
were enqueued (for ours also link and code) and gives subject and paragraphs. The mail effect calls `letter_for`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.secrets import digest, unseal
from lms.kernel.settings import keyring, present_settings
from lms.web.dates import moment
from lms.web.languages import speaking, text_direction
from lms.web.pages import PRODUCT

from .models import IdentityKind, IdentityRow, MailedToken, Person, PersonKey
from .queries.institutions import zone_on
from .queries.persons import name_of
from .queries.sensitive import is_to_be_named
from .rules.codes import spaced
from .rules.names import PersonName
from .sealing import name_place


@dataclass(frozen=True)
class Letter:
    """A letter ready to be sent; `paragraphs` is the text between greeting and closing, for a form in HTML."""

    to_address: str
    to_name: str
    subject: str
    body_text: str
    paragraphs: tuple[str, ...]
    locale: str
    rtl: bool


@dataclass(frozen=True)
class Reader:
    """Whom a letter is written to."""

    name: str
    locale: str
    zone: str


@dataclass(frozen=True)
class Draft:
    """What a letter says: a subject that gives nothing away, and its paragraphs."""

    subject: str
    paragraphs: tuple[str, ...]


Writer = Callable[[Reader, Mapping[str, Any]], Draft]
writers: dict[str, Writer] = {}


def letter(template: str) -> Callable[[Writer], Writer]:
    """Register what is written under a name such as "seminars/extension-granted"."""

    def register(write: Writer) -> Writer:
        writers[template] = write
        return write

    return register


def place_of(template: str, identity_id: int) -> str:
    """Where the sealed part of a letter belongs."""
    return f"lms_job:letter:{template}:{identity_id}"


def absolute_url(endpoint: str, **values: Any) -> str:
    """The address of a page as a letter gives it: from the settings, never from what a client sent."""
    base = urlsplit(present_settings().public_url)
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def letter_for(session: Session, payload: Mapping[str, Any]) -> Letter | None:
    """The letter that a job asks for; None when its reader is gone or disabled, or its code is no longer good."""
    row = session.execute(
        select(Person, PersonKey.wrapped, IdentityRow)
        .join(PersonKey, PersonKey.person_id == Person.id)
        .join(IdentityRow, IdentityRow.person_id == Person.id)
        .where(Person.id == payload["person_id"], IdentityRow.id == payload["identity_id"])
        .where(IdentityRow.kind == IdentityKind.ADDRESS, Person.disabled_at.is_(None), Person.erased_at.is_(None))
    ).first()
    if row is None:
        return None
    person, wrapped, identity = row
    key = keyring().unwrap(wrapped, person.subject)
    facts = {**payload.get("context", {}), **_secrets(payload, key)}
    if "link" in facts and not _still_good(session, facts["link"]):
        return None
    address = unseal(key, identity.sealed, name_place(identity.place)).decode()
    name = name_of(session, person.id)
    reader = Reader(
        name=_called(session, person.id, name, address),
        locale=person.locale or "en",
        zone=person.zone or zone_on(session, person.id, now().date()),
    )
    return compose(payload["template"], reader, facts, address)


def _called(session: Session, person_id: int, name: PersonName | None, address: str) -> str:
    """What a letter calls its reader; nothing that tells who it is, where that is not to stand in a letter."""
    if not is_to_be_named(session, person_id):
        return ""
    return name.called if name else address


def _secrets(payload: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    if not payload.get("sealed"):
        return {}
    plain = unseal(key, bytes.fromhex(payload["sealed"]), place_of(payload["template"], payload["identity_id"]))
    opened: dict[str, Any] = json.loads(plain)
    return opened


def _still_good(session: Session, link: str) -> bool:
    asked = select(MailedToken.id).where(
        MailedToken.link_digest == digest(link),
        MailedToken.void_at.is_(None),
        MailedToken.used_at.is_(None),
        MailedToken.expires_at > now(),
    )
    return session.scalar(asked) is not None


def compose(template: str, reader: Reader, facts: Mapping[str, Any], address: str) -> Letter:
    """Write a letter in the reader's language; raises KeyError for a template nobody registered."""
    with speaking(reader.locale):
        draft = writers[template](reader, facts)
        closing = _("If you have a question, write to %(address)s.", address=present_settings().support_address)
        parts = (
            _("Dear %(name)s,", name=reader.name) if reader.name else _("Dear participant,"),
            *draft.paragraphs,
            closing,
            str(PRODUCT["name"]),
        )
        return Letter(
            to_address=address,
            to_name=reader.name,
            subject=draft.subject,
            body_text="\n\n".join(parts) + "\n",
            paragraphs=draft.paragraphs,
            locale=reader.locale,
            rtl=text_direction() == "rtl",
        )


def deadline(reader: Reader, facts: Mapping[str, Any]) -> str:
    """Until when a code is good, in the reader's own time."""
    return moment(dt.datetime.fromisoformat(facts["until"]), reader.zone)


def _how_to(reader: Reader, facts: Mapping[str, Any], endpoint: str) -> tuple[str, ...]:
    """Link, code and how long both are good."""
    return (
        _("Open this page:") + "\n" + absolute_url(endpoint, link=facts["link"]),
        _("Type this code there: %(code)s", code=spaced(facts["code"])),
        _("The code is good until %(moment)s. Opening the page alone uses nothing up.", moment=deadline(reader, facts)),
    )


@letter("people/invitation")
def _invitation(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    title = facts.get("edition_title")
    first = (
        _("you are invited to the %(title)s. You read the first part on this site, at your own pace.", title=title)
        if title
        else _("an account has been opened for you at the Raphael Lemkin Seminar.")
    )
    return Draft(_("Raphael Lemkin Seminar: your invitation"), (first, *_how_to(reader, facts, "people.invitation")))


@letter("people/invited-again")
def _invited_again(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    text = _("you are invited to the %(title)s. Your account is open as before.", title=facts["edition_title"])
    return Draft(
        _("Raphael Lemkin Seminar: your invitation"),
        (text, _("Sign in here:") + "\n" + absolute_url("people.sign_in")),
    )


@letter("people/reset")
def _reset(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    first = _("somebody, probably you, asked to choose a new password. If it was not you, nothing needs to be done.")
    return Draft(_("Raphael Lemkin Seminar: a new password"), (first, *_how_to(reader, facts, "people.reset")))


@letter("people/address")
def _address(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    first = _("this address was given as a second address for an account. If it was not you, nothing needs to be done.")
    return Draft(_("Raphael Lemkin Seminar: your address"), (first, *_how_to(reader, facts, "people.address")))


@letter("people/password-changed")
def _password_changed(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    text = _("the password of your account was changed. If it was not you, write to us at once.")
    return Draft(_("Raphael Lemkin Seminar: a change to your account"), (text,))


@letter("people/addresses-changed")
def _addresses_changed(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    text = _("the e-mail addresses of your account were changed. If it was not you, write to us at once.")
    return Draft(_("Raphael Lemkin Seminar: a change to your account"), (text,))
