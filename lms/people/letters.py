"""Letters: what is written to a person, in their language; no name and no code is at rest outside their own key.

A context adds a letter with `@letter("seminars/extension-granted", called=_l("Answer"))`. The function gets the reader
and the facts that were enqueued (for ours also link and code) and gives subject and paragraphs. The mail effect calls
`letter_for`.

A letter may be written long after it was asked for. Where its reason can go meanwhile, or what it says can change, its
context looks again with `@looks_again("seminars/extension-granted")`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.secrets import digest, unseal
from lms.kernel.settings import keyring, present_settings
from lms.kernel.values import dataclass
from lms.web.dates import long_day, moment, opening_day
from lms.web.languages import speaking, text_direction
from lms.web.pages import PRODUCT

from .models import IdentityKind, IdentityRow, MailChoice, MailedToken, Person, PersonKey
from .queries.institutions import zone_on
from .queries.mail import stopped
from .queries.persons import name_of
from .queries.sensitive import is_to_be_named
from .rules.codes import spaced
from .rules.letters import PROVING
from .sealing import name_place

LETTER = _l("Letter")


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
    sender: str = ""
    """What stands before our address; empty for the product's name."""
    stop_url: str = ""
    """Where one click stops letters of this kind (RFC 8058); empty for letters that are not digests."""


@dataclass(frozen=True)
class Reader:
    """Whom a letter is written to. `says_little` when sender, subject and greeting shall give nothing away."""

    name: str
    locale: str
    zone: str
    says_little: bool = False
    stop_url: str = ""


@dataclass(frozen=True)
class Draft:
    """What a letter says: a subject that gives nothing away, and its paragraphs."""

    subject: str
    paragraphs: tuple[str, ...]


Writer = Callable[[Reader, Mapping[str, Any]], Draft]


@dataclass(frozen=True)
class Kind:
    """A kind of letter: how it is written, what lists call it, and whether it is a digest, which a person may stop."""

    write: Writer
    called: LazyString
    digest: bool


Look = Callable[[Session, int, Mapping[str, Any]], Mapping[str, Any] | None]

writers: dict[str, Kind] = {}
_looks: dict[str, Look] = {}


def letter(template: str, *, called: LazyString = LETTER, digest: bool = False) -> Callable[[Writer], Writer]:
    """Register what is written under a name such as "seminars/extension-granted"."""

    def register(write: Writer) -> Writer:
        writers[template] = Kind(write, called, digest)
        return write

    return register


def looks_again(*templates: str) -> Callable[[Look], Look]:
    """Register what looks once more before letters of these kinds are written: given the reader's id and the facts, it
    gives the facts as they are now, or None where there is no reason left to write. `about` is among the facts."""

    def register(look: Look) -> Look:
        _looks.update(dict.fromkeys(templates, look))
        return look

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
    """The letter that a job asks for; None when its reader is gone, disabled, not to be written to at this address or
    has stopped such letters, its code is no longer good, or what it is about is over."""
    template = payload["template"]
    row = session.execute(_reader(template, payload["identity_id"])).first()
    if row is None or row.id != payload["person_id"]:
        return None
    key = keyring().unwrap(row.wrapped, row.subject)
    asked = {"about": payload.get("about"), **payload.get("context", {}), **_secrets(payload, key)}
    if "link" in asked and not _still_good(session, asked["link"]):
        return None
    facts = _looks[template](session, row.id, asked) if template in _looks else asked
    if facts is None:
        return None
    address = unseal(key, row.sealed, name_place(row.place)).decode()
    reader = replace(
        reader_of(session, row.id, template=template, address=address),
        **{name: facts[f"as_{name}"] for name in ("locale", "zone") if f"as_{name}" in facts},
    )
    return compose(template, reader, facts, address)


def _reader(template: str, identity_id: int) -> Select[*tuple[Any, ...]]:
    """The address and its holder, if this kind of letter may go there now."""
    found = (
        select(Person.id, Person.subject, PersonKey.wrapped, IdentityRow.sealed, IdentityRow.place)
        .join(PersonKey, PersonKey.person_id == Person.id)
        .join(IdentityRow, IdentityRow.person_id == Person.id)
        .outerjoin(MailChoice, MailChoice.person_id == Person.id)
        .where(IdentityRow.id == identity_id, IdentityRow.kind == IdentityKind.ADDRESS)
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
    )
    if writers[template].digest:
        found = found.where(MailChoice.stopped_at.is_(None))
    return found if template in PROVING else found.where(~stopped(IdentityRow.id))


def reader_of(
    session: Session, person_id: int, *, template: str, address: str = "", locale: str | None = None
) -> Reader:
    """A person as the reader of a kind of letter: what they are called, their language (or `locale`) and their time."""
    row = session.execute(
        select(Person.subject, Person.locale, Person.zone, MailChoice.says_little)
        .outerjoin(MailChoice, MailChoice.person_id == Person.id)
        .where(Person.id == person_id)
    ).one()
    name, named = name_of(session, person_id), is_to_be_named(session, person_id)
    called = name.called if name else address
    return Reader(
        name=called if named else "",
        locale=locale or row.locale or "en",
        zone=row.zone or zone_on(session, person_id, now().date()),
        says_little=bool(row.says_little) or not named,
        stop_url=stop_url(row.subject) if writers[template].digest else "",
    )


def stop_url(subject: str) -> str:
    """Where a person stops digests, without signing in."""
    return absolute_url("people.stop_letters", handle=keyring().handle(subject))


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
        draft = writers[template].write(reader, facts)
        greeting = _("Good day,") if reader.says_little else _("Dear %(name)s,", name=reader.name)
        closing = _("If you have a question, write to %(address)s.", address=present_settings().support_address)
        sender = _("The office") if reader.says_little else str(PRODUCT["name"])
        parts = (greeting, *draft.paragraphs, closing, sender, *_how_to_stop(reader))
        return Letter(
            to_address=address,
            to_name="" if reader.says_little else reader.name,
            subject=_("A message for you") if reader.says_little else draft.subject,
            body_text="\n\n".join(parts) + "\n",
            paragraphs=draft.paragraphs,
            locale=reader.locale,
            rtl=text_direction() == "rtl",
            sender=sender,
            stop_url=reader.stop_url,
        )


def _how_to_stop(reader: Reader) -> tuple[str, ...]:
    if not reader.stop_url:
        return ()
    why = _("You get reminders because you have a place here. To get no more of them, open this page:")
    return (why + "\n" + reader.stop_url,)


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


@letter("people/invitation", called=_l("Invitation"))
def _invitation(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    title = facts.get("edition_title")
    first = (
        _("you are invited to the %(title)s. You read the first part on this site, at your own pace.", title=title)
        if title
        else _("an account has been opened for you at the Raphael Lemkin Seminar.")
    )
    said = (first, *_held(reader, facts), *_how_to(reader, facts, "people.invitation"))
    return Draft(_("Raphael Lemkin Seminar: your invitation"), said)


def _held(reader: Reader, facts: Mapping[str, Any]) -> Iterator[str]:
    """When and where that to which the reader is invited is held, and until when they read, in their own time."""
    if "place" in facts:
        first, last = (dt.date.fromisoformat(facts[name]) for name in ("first", "last"))
        yield _(
            "%(place)s, from %(first)s to %(last)s.",
            place=facts["place"],
            first=opening_day(first, last),
            last=long_day(last),
        )
    if "until_read" in facts:
        due = moment(dt.datetime.fromisoformat(facts["until_read"]), reader.zone)
        stays = _("The texts stay open afterwards. What is finished later counts and is marked as late.")
        yield " ".join([_("The pre-reading is due on %(moment)s.", moment=due), stays])


@letter("people/invited-again", called=_l("Invitation"))
def _invited_again(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    text = _("you are invited to the %(title)s. Your account is open as before.", title=facts["edition_title"])
    return Draft(
        _("Raphael Lemkin Seminar: your invitation"),
        (text, *_held(reader, facts), _("Sign in here:") + "\n" + absolute_url("people.sign_in")),
    )


@letter("people/reset")
def _reset(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    first = _("somebody, probably you, asked to choose a new password. If it was not you, nothing needs to be done.")
    return Draft(_("Raphael Lemkin Seminar: a new password"), (first, *_how_to(reader, facts, "people.reset")))


@letter("people/back-in")
def _back_in(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    texts = (
        _("the office was asked to write to you at this address, because letters to your old one do not arrive."),
        _("To use your account again, choose a new password. If the account is not yours, write to us."),
    )
    return Draft(_("Raphael Lemkin Seminar: your account"), (*texts, *_how_to(reader, facts, "people.reset")))


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
