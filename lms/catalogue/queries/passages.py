"""What changed in the words of a text between two of its revisions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.cache import Kept
from lms.catalogue.files.read import read_unit
from lms.catalogue.models import UnitRevision
from lms.catalogue.rules.passages import Changed, changes, passages_of
from lms.catalogue.rules.readable import all_readable

_CHARACTERS_KEPT = 500_000


def _size(found: tuple[Changed, ...]) -> int:
    return 100 + sum(200 + len(piece.text) for one in found for piece in one.pieces)


_changed: Kept[tuple[Changed, ...]] = Kept(_CHARACTERS_KEPT, _size)


def words_changed(session: Session, before: int, after: int) -> tuple[Changed, ...]:
    """Every passage that differs between two revisions, as those who read it find it: one statement when cold, none
    when warm."""
    return _changed.get(session, (before, after), _read)


def _read(session: Session, pair: tuple[int, int]) -> tuple[Changed, ...]:
    rows = session.execute(
        select(UnitRevision.id, UnitRevision.language, UnitRevision.source).where(UnitRevision.id.in_(pair))
    )
    texts = {row.id: all_readable(passages_of(read_unit("text", row.language, row.source))) for row in rows}
    return tuple(changes(texts[pair[0]], texts[pair[1]]))
