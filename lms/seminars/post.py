"""The letters to one person, as their page shows them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people.letters import LETTER, writers
from lms.people.queries import LetterRow, letters_about, names_by_subject
from lms.web.dates import short_day
from lms.web.languages import gettext as _


@dataclass(frozen=True)
class Posted:
    """One letter: what it is, when and by whom it was asked for, and what became of it."""

    called: str
    at: dt.datetime
    by_name: str
    became: str


def posted(session: Session, person_id: int, edition: str) -> list[Posted]:
    """What was written to a person about an edition, whose door was passed before; the latest first."""
    rows = letters_about(session, person_id, edition)
    names = names_by_subject(session, {row.by for row in rows if row.by})
    return [
        Posted(
            called=str(writers[row.template].called if row.template in writers else LETTER),
            at=row.at,
            by_name=names.get(row.by or "", ""),
            became=_became(row),
        )
        for row in rows
    ]


def _became(row: LetterRow) -> str:
    if row.failed_on:
        return _("It came back on %(day)s.", day=short_day(row.failed_on))
    if row.withheld_at:
        return _("It was not sent: its reason was gone, or the person gets no such letters.")
    return _("It was sent.") if row.sent_at else _("It waits to be sent.")
