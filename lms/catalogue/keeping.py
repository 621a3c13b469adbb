"""Pictures and documents into the database: each once, whoever brings it, and never out of it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.db import dialect_insert

from . import queries
from .checks import Checked
from .media.apart import Made, sized
from .models import Medium, MediumSize, VersionMedium
from .rules.course_files import Fields
from .rules.media import hash_of, medium_of


def keep(session: Session, made: Made, at: dt.datetime) -> bool:
    """Keep a file with its narrower sizes; False where the same bytes are kept already."""
    facts = made.medium
    row = {"sha256": facts.sha256, "kind": facts.kind, "size": facts.bytes, "width": facts.width}
    row |= {"height": facts.height, "data": made.data, "kept_at": at}
    inserted = session.scalar(
        dialect_insert(session)(Medium)
        .values(**row)
        .on_conflict_do_nothing(index_elements=[Medium.sha256])
        .returning(Medium.id)
    )
    if inserted is None:
        return False
    session.add_all(
        MediumSize(medium_id=inserted, width=width, data=data) for width, data in sorted(made.narrower.items())
    )
    return True


def keep_files(session: Session, checked: Checked, at: dt.datetime) -> None:
    """Keep what came with a course's files and is not kept yet. They were found to be in order."""
    by_hash = {hash_of(data): data for data in checked.media.values()}
    known = queries.kept(session, by_hash)
    for made in sized([data for sha256, data in by_hash.items() if sha256 not in known]):
        keep(session, made, at)


def note_version(session: Session, version_id: int, entries: Iterable[Fields]) -> None:
    """A version has these pictures and documents of its own."""
    hashes = {medium.sha256 for entry in entries if (medium := medium_of(entry))}
    ids = session.scalars(select(Medium.id).where(Medium.sha256.in_(hashes))).all() if hashes else []
    session.add_all(VersionMedium(version_id=version_id, medium_id=medium_id) for medium_id in sorted(ids))
