"""Taking everything out that proves a record: what the public verifies with, and what each holder could hold."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import field
from pathlib import Path

import structlog
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import Unsealable, new_token
from lms.kernel.settling import settle, settle_one
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.records.certificates.services import pdf_of
from lms.records.certificates.sheet import Missing
from lms.records.models import PublicRecord, RecordSubject
from lms.web.languages import SOURCE, have_catalogue

from . import publishing
from .handing import baked
from .holding import how_it_stands, signed_document

_AT_A_TIME = 500
log = structlog.get_logger("lms.records")


@dataclass(slots=True)
class Exported:
    """How much was written."""

    documents: int = 0
    certificates: int = 0
    unsigned: int = 0
    """Records without a signed file: they wait for their signature, or their holder is erased."""
    unprinted: int = 0
    """Records whose name this machine has no letters for."""
    unreadable: list[str] = field(default_factory=list)
    """Records that are not as this system wrote them, or cannot be opened; what could be written of them is there."""


def make_room(folder: Path) -> Path:
    """The new folder that only its owner can read, in which an export comes about; raises Refused where one cannot be
    made, or something is there already."""
    part = _part(folder)
    for place in (folder, part):
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise Refused(_("%(folder)s is there already, and nothing is written over.", folder=place))
    try:
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.chmod(0o700)
    except OSError as no:
        raise Refused(f"{part}: {no.strerror}") from None
    return part


def leave_room(folder: Path) -> None:
    """Take away what `make_room` made, where nothing came of it."""
    with suppress(OSError):  # there is something in it, or it was never made
        _part(folder).rmdir()


def _part(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.part")


def export(session: Session, folder: Path) -> Exported:
    """Write everything, into what `make_room` gives. It has its name only when it is complete and on the disk; until
    then it is called `.part`. Raises Refused.

    Nobody's folder is named after them, and none follows from another: the names inside the files are all there is.
    """
    part = make_room(folder)
    try:
        done = _fill(session, part)
        settle(part)
        part.replace(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    settle_one(folder.parent)
    return done


def _fill(session: Session, folder: Path) -> Exported:
    if publishing.folder().is_dir():
        shutil.copytree(publishing.folder(), folder / "public")
    (folder / "holders").mkdir(mode=0o700)
    done = Exported()
    for record in _records(session):
        try:
            _write(session, folder / "holders", record, done)
        except (Unsealable, LookupError, ValueError, NotFound) as no:
            log.error("export.unreadable", record=record, error=type(no).__name__)
            done.unreadable.append(record)
    return done


def _records(session: Session) -> Iterator[str]:
    page = select(PublicRecord.record).order_by(PublicRecord.record).limit(_AT_A_TIME)
    found = session.scalars(page).all()
    while found:
        yield from found
        found = session.scalars(page.where(PublicRecord.record > found[-1])).all()


def _write(session: Session, holders: Path, record: str, done: Exported) -> None:
    document = signed_document(session, record)
    if document is None:
        if how_it_stands(session, record) == "closed":
            raise Unsealable("its signed file cannot be opened")
        done.unsigned += 1
        return
    place = holders / new_token()
    place.mkdir(mode=0o700)
    _keep(place / "completion-record.json", document)
    _keep(place / "completion-record.png", baked(document, "png"))
    done.documents += 1
    try:
        _keep(place / "certificate.pdf", pdf_of(session, record=record, language=_language_of(session, record)))
        done.certificates += 1
    except Missing:
        done.unprinted += 1


def _language_of(session: Session, record: str) -> str:
    """In which its holder reads; English where they have chosen none that there is."""
    of_holder = select(Person.locale).join(RecordSubject, RecordSubject.person_id == Person.id)
    chosen = session.scalar(of_holder.where(RecordSubject.record == record))
    return chosen if chosen in have_catalogue() else SOURCE


def _keep(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
