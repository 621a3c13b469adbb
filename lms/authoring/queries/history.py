"""The saved states of one text of a draft, wherever it stood, without their words where these are not shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftSave
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass

from .drafts import SavedState

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StateLine:
    """One saved state: whose, and when."""

    id: int
    person_id: int | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class TextName:
    """A text of a unit, in whatever module: the keys that the unit has and had, and the language of a translation
    (empty for the original)."""

    keys: tuple[str, ...]
    language: str

    def files(self) -> ColumnElement[bool]:
        """Whether a save is of this text."""
        ends = [f"{key}.{self.language}".rstrip(".") for key in self.keys]
        return or_(*(DraftSave.path.like(f"modules/%/{end}{suffix}") for end in ends for suffix in (".md", ".yaml")))


def states_of(session: Session, draft: Draft, text: TextName) -> Iterator[StateLine]:
    """Every saved state of a text, the newest first; not those in which it was taken out. Read as far as it is
    asked."""
    mine = select(DraftSave.id, DraftSave.person_id, DraftSave.at)
    mine = mine.where(DraftSave.draft_id == draft.id, text.files(), DraftSave.text.is_not(None))
    rows = session.execute(mine.order_by(DraftSave.id.desc()), execution_options={"yield_per": AT_ONCE})
    return (StateLine(*row) for row in rows)


def state_of(session: Session, draft: Draft, text: TextName, save_id: int) -> SavedState:
    """One saved state of a text; raises NotFound for that of another."""
    wanted = select(DraftSave.id, DraftSave.path, DraftSave.person_id, DraftSave.at, DraftSave.text)
    row = session.execute(wanted.where(DraftSave.draft_id == draft.id, DraftSave.id == save_id, text.files())).first()
    if row is None:
        raise NotFound
    return SavedState(*row)


def names_of_unit(session: Session, draft: Draft, key: str, published: Collection[str]) -> tuple[str, ...]:
    """The key of a unit and those it had before in this draft. What was ever `published` keeps its key; any other was
    renamed where its first save took one other unit out."""
    names = [key]
    while names[-1] not in published:
        first = select(DraftSave.client_key).where(DraftSave.draft_id == draft.id, TextName((names[-1],), "").files())
        act = session.scalar(first.order_by(DraftSave.id).limit(1))
        gone = select(DraftSave.path).where(
            DraftSave.draft_id == draft.id, DraftSave.client_key == act, DraftSave.text.is_(None)
        )
        before = {path.rpartition("/")[2].partition(".")[0] for path in session.scalars(gone)} - {*names, "module"}
        if len(before) != 1:
            break
        names += before
    return tuple(names)


def texts_of_states(session: Session, draft: Draft, ids: Iterable[int]) -> dict[int, str]:
    """The texts of some of them, in one statement; empty where the file was taken out."""
    wanted = select(DraftSave.id, DraftSave.text).where(DraftSave.draft_id == draft.id, DraftSave.id.in_(set(ids)))
    return {number: text or "" for number, text in session.execute(wanted)}
