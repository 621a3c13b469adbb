"""The saved states of one file of a draft, without their texts where these are not shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftSave

MOST = 3000


@dataclass(frozen=True, slots=True)
class StateLine:
    """One saved state: whose, and when."""

    id: int
    person_id: int | None
    at: dt.datetime


def states_of(session: Session, draft: Draft, path: str) -> list[StateLine]:
    """Every saved state of a file, the newest first."""
    mine = select(DraftSave.id, DraftSave.person_id, DraftSave.at)
    mine = mine.where(DraftSave.draft_id == draft.id, DraftSave.path == path).order_by(DraftSave.id.desc()).limit(MOST)
    return [StateLine(*row) for row in session.execute(mine)]


def texts_of_states(session: Session, draft: Draft, ids: Iterable[int]) -> dict[int, str]:
    """The texts of some of them, in one statement; empty where the file was taken out."""
    wanted = select(DraftSave.id, DraftSave.text).where(DraftSave.draft_id == draft.id, DraftSave.id.in_(set(ids)))
    return {number: text or "" for number, text in session.execute(wanted)}
