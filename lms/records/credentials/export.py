"""Taking everything out that proves a record: what the public verifies with, and what each holder could hold."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import Refused
from lms.kernel.secrets import new_token
from lms.records.certificates.services import pdf_of
from lms.records.certificates.sheet import Missing
from lms.records.models import PublicRecord

from . import publishing
from .handing import baked
from .holding import signed_document

_AT_A_TIME = 500


@dataclass(slots=True)
class Exported:
    """How much was written."""

    documents: int = 0
    certificates: int = 0
    unsigned: int = 0
    """Records without a signed file: they wait for their signature, or their holder is erased."""
    unprinted: int = 0
    """Records whose name this machine has no letters for."""


def export(session: Session, folder: Path, *, language: str) -> Exported:
    """Write everything into a new folder that only its owner can read; raises Refused for one that is used already.

    Nobody's folder is named after them, and none follows from another: the names inside the files are all there is.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(_("%(folder)s is there already, and nothing is written over.", folder=folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if publishing.folder().is_dir():
        shutil.copytree(publishing.folder(), folder / "public")
    (folder / "holders").mkdir(mode=0o700)
    done = Exported()
    for record in _records(session):
        _write(session, folder / "holders", record, language, done)
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
