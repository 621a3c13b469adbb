"""Taking everything out that proves a record: what the public verifies with, and what each holder could hold."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

import structlog
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import Unsealable, new_token
from lms.kernel.values import dataclass
from lms.records.certificates.services import pdf_of
from lms.records.certificates.sheet import Missing
from lms.records.models import PublicRecord

from . import publishing
from .handing import baked
from .holding import signed_document

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


def export(session: Session, folder: Path, *, language: str) -> Exported:
    """Write everything into a new folder that only its owner can read; raises Refused for one that is used already.
    It has its name only when it is complete; until then it is called `.part`.

    Nobody's folder is named after them, and none follows from another: the names inside the files are all there is.
    """
    part = folder.with_name(f"{folder.name}.part")
    for place in (folder, part):
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise Refused(_("%(folder)s is there already, and nothing is written over.", folder=place))
    part.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.chmod(0o700)
    try:
        done = _fill(session, part, language)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    part.replace(folder)
    return done


def _fill(session: Session, folder: Path, language: str) -> Exported:
    if publishing.folder().is_dir():
        shutil.copytree(publishing.folder(), folder / "public")
    (folder / "holders").mkdir(mode=0o700)
    done = Exported()
    for record in _records(session):
        try:
            _write(session, folder / "holders", record, language, done)
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


def _write(session: Session, holders: Path, record: str, language: str, done: Exported) -> None:
    document = signed_document(session, record)
    if document is None:
        done.unsigned += 1
        return
    place = holders / new_token()
    place.mkdir(mode=0o700)
    _keep(place / "completion-record.json", document)
    _keep(place / "completion-record.png", baked(document, "png"))
    done.documents += 1
    try:
        _keep(place / "certificate.pdf", pdf_of(session, record=record, language=language))
        done.certificates += 1
    except Missing:
        done.unprinted += 1


def _keep(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
