"""What native readers said of translations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.catalogue.models import ConfirmationAct, TranslationConfirmation, UnitRevision
from lms.catalogue.rules.outline import Translation
from lms.catalogue.rules.substance import digest


def is_confirmed(session: Session, translation: Translation) -> bool:
    """Whether a native reader stands behind a translation: said in its file, or here and not taken back. One statement
    on an index, and none where the file says it."""
    return translation.confirmed_in_file or last_word(session, translation.revision_id) is ConfirmationAct.CONFIRMED


def last_word(session: Session, revision_id: int) -> ConfirmationAct | None:
    """What was last said here of a translation's text."""
    said = select(TranslationConfirmation.act).where(TranslationConfirmation.revision_id == revision_id)
    return session.scalar(said.order_by(TranslationConfirmation.id.desc()).limit(1))


def same_words(session: Session, revision_id: int) -> list[int]:
    """Every revision of a text, itself included, that says the same in the same file: only sources, definitions or our
    own rendering differ. One statement, oldest first."""
    one = aliased(UnitRevision)
    rows = session.execute(
        select(UnitRevision.id, UnitRevision.document)
        .join(one, (one.unit_id == UnitRevision.unit_id) & (one.language == UnitRevision.language))
        .where(one.id == revision_id, one.source == UnitRevision.source)
        .order_by(UnitRevision.id)
    )
    documents = {row.id: digest(row.document) for row in rows}
    return [number for number, document in documents.items() if document == documents[revision_id]]


def last_word_of_all(session: Session, revision_ids: Collection[int]) -> TranslationConfirmation | None:
    """What was last said of any of these texts."""
    said = select(TranslationConfirmation).where(TranslationConfirmation.revision_id.in_(revision_ids))
    return session.scalar(said.order_by(TranslationConfirmation.id.desc()).limit(1))


def reason_place(revision_id: int, at: dt.datetime) -> str:
    """Where the reason for taking a confirmation back belongs."""
    return f"lms_translation_confirmation:reason:{revision_id}:{at.astimezone(dt.UTC).isoformat()}"
