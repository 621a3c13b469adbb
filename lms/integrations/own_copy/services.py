"""Asking for a copy of one's own data; the worker makes it in two pieces: the data, then the pages to be read."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from typing import Any

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.errors import NotFound
from lms.kernel.events import on
from lms.kernel.models import Undertaking
from lms.kernel.secrets import seal, unseal
from lms.kernel.undertakings import begin, undertaking
from lms.kernel.values import dataclass
from lms.people.events import PersonErased
from lms.people.models import Person
from lms.people.sealing import key_of
from lms.records.certificates.sheet import Missing
from lms.web.languages import speaking

from .gathering import gather
from .models import OwnCopy
from .wording import sections

KIND = "own-copy.make"
KEPT = dt.timedelta(days=1)
PARTS = ("data", "pages")
PIECES = 2
log = structlog.get_logger("lms.own_copy")


def ask(session: Session, *, person: Person, language: str, at: dt.datetime) -> None:
    """Ask for a copy; it takes the place of the one before. While one is being made, that one it is."""
    found = session.get(OwnCopy, person.id, with_for_update=True)
    if found is not None and found.sealed_data is None and found.asked_at > at - dt.timedelta(hours=1):
        return
    session.execute(delete(OwnCopy).where(OwnCopy.person_id == person.id))
    work = begin(session, KIND, about=person.subject, by=person.subject, total=PIECES, at=at)
    session.add(OwnCopy(person_id=person.id, work=work.public_id, language=language, asked_at=at))
    audit.record(session, at=at, actor=person.subject, act="own-copy.asked", about=person.subject)


@undertaking(KIND)
def make(session: Session, work: Undertaking, at: dt.datetime) -> bool:
    """The data first, then the pages; nothing for whoever was erased or asked anew meanwhile."""
    found = session.scalar(select(OwnCopy).where(OwnCopy.work == work.public_id).with_for_update())
    if found is None:
        return True
    try:
        key = key_of(session, found.person_id)
    except NotFound:
        session.delete(found)
        return True
    if found.sealed_data is None:
        said = {"made_at": at.isoformat(), "about": work.about, "data": gather(session, found.person_id)}
        plain = json.dumps(said, ensure_ascii=False, indent=1).encode()
        found.sealed_data = seal(key, plain, place_of(found.person_id, "data"))
    else:
        _set_pages(found, key)
    work.done += 1
    return work.done >= PIECES


def _set_pages(found: OwnCopy, key: bytes) -> None:
    said = json.loads(unseal(key, found.sealed_data or b"", place_of(found.person_id, "data")))
    # typst makes a process heavier; so the worker alone has it.
    setting = importlib.import_module("lms.integrations.own_copy.setting")
    with speaking(found.language):
        pages = sections(said, found.language)
    try:
        pdf = setting.pdf_of(pages)
    except Missing as missing:
        found.script = missing.script
        log.error("own_copy.letters_missing", script=missing.script)
        return
    found.sealed_pages = seal(key, pdf, place_of(found.person_id, "pages"))


def place_of(person_id: int, part: str) -> str:
    """Where a sealed copy belongs."""
    return f"lms_own_copy:{part}:{person_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A copy as the page shows it."""

    work: str
    asked_at: dt.datetime
    until: dt.datetime
    data: bool
    pages: bool
    """Whether each can be taken."""
    taken: bool
    """Whether one was taken once and for all."""
    script: str | None


def asked_by(session: Session, person_id: int, at: dt.datetime) -> Asked | None:
    """The copy that is kept or being made; none after a day."""
    found = session.get(OwnCopy, person_id)
    if found is None or found.asked_at <= at - KEPT:
        return None
    parts = (found.sealed_data, found.sealed_pages)
    data, pages = map(bool, parts)
    return Asked(found.work, found.asked_at, found.asked_at + KEPT, data, pages, b"" in parts, found.script)


def take(session: Session, *, person: Person, part: str, once: bool, at: dt.datetime) -> bytes:
    """The data or the pages, for the person alone; with `once` they cannot be taken again.

    Raises NotFound where there are none (any more).
    """
    found = session.get(OwnCopy, person.id, with_for_update=True) if part in PARTS else None
    sealed = getattr(found, f"sealed_{part}") if found and found.asked_at > at - KEPT else None
    if not sealed:
        raise NotFound
    made = unseal(key_of(session, person.id), sealed, place_of(person.id, part))
    if once:
        setattr(found, f"sealed_{part}", b"")
    audit.record(session, at=at, actor=person.subject, act="own-copy.taken", about=person.subject, part=part)
    return made


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """Its key is gone; what cannot be read need not lie there."""
    session.execute(delete(OwnCopy).where(OwnCopy.person_id == event.person_id))


@outbox.database("own-copy.tidy", every=3600.0)
def tidy(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """A copy is kept for a day."""
    session.execute(delete(OwnCopy).where(OwnCopy.asked_at <= at - KEPT))
