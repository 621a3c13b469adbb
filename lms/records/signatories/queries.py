"""Who signs the certificates of an edition."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.secrets import unseal
from lms.kernel.settings import keyring
from lms.web.meanwhile import marks_of

from .models import SignatureLines
from .rules import EVERYWHERE, Signatory, plain

Lines = tuple[Signatory, ...]


def lines_place(edition: str) -> str:
    """Where sealed signature lines belong."""
    return f"lms_signature_lines:sealed:{edition}"


def lines_for(session: Session, editions: Collection[str]) -> Mapping[str, Lines]:
    """The lines on certificates of these editions, their own or those of all; one statement."""
    own = _kept(session, {*editions, EVERYWHERE})
    everywhere = own.get(EVERYWHERE, ())
    return {edition: own.get(edition, everywhere) for edition in editions}


def own_lines(session: Session, edition: str) -> Lines:
    """The lines that an edition has for itself, or that all have; one statement."""
    return _kept(session, {edition}).get(edition, ())


def shown_of(lines: Sequence[Signatory]) -> str:
    """The marks of a page that shows these lines."""
    return marks_of({"lines": plain(lines)})


def _kept(session: Session, editions: Collection[str]) -> dict[str, Lines]:
    rows = session.scalars(select(SignatureLines).where(SignatureLines.edition.in_(editions)))
    return {row.edition: _opened(row) for row in rows}


def _opened(row: SignatureLines) -> Lines:
    key = keyring().unwrap(row.wrapped_key, lines_place(row.edition))
    said = json.loads(unseal(key, row.sealed, lines_place(row.edition)))
    return tuple(Signatory(name, title) for name, title in said)
