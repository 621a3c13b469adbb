"""Imports for tests: from rows to a rehearsed file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.seminars.imports.models import Import, ImportRow
from lms.seminars.imports.reading import Table
from lms.seminars.imports.rehearsing import take_in
from lms.seminars.models import Edition
from tests.seminars.makers import AT

JUSTICE = "Ministry of Justice"


def said(number: int = 1, **more: str) -> dict[str, str]:
    """What a row says of somebody new at the ministry of justice of Tanzania; a cell of "" is empty."""
    cells = {
        "name": f"Neema Mfano {number}",
        "address": f"neema{number}@example.org",
        "state": "Tanzania",
        "institution": JUSTICE,
        **more,
    }
    return {column: cell for column, cell in cells.items() if cell}


def table(rows: Iterable[Mapping[str, str]]) -> Table:
    """A file with these rows, the first of them in row 2."""
    return Table([(number, dict(cells)) for number, cells in enumerate(rows, 2)], {}, [], "utf-8", ",")


def taken_in(session: Session, edition: Edition, *rows: Mapping[str, str], **more: Any) -> Import:
    """A file with these rows, rehearsed."""
    return take_in(session, edition=edition, table=table(rows), **{"at": AT, "by": "coordinator", **more})


def verdict_of(session: Session, found: Import, number: int = 2) -> tuple[str | None, str | None, str | None]:
    """(verdict, reason, column) of a row."""
    row = session.scalars(select(ImportRow).where(ImportRow.import_id == found.id, ImportRow.number == number)).one()
    return row.verdict, row.reason, row.column


def verdicts_of(session: Session, found: Import) -> list[str | None]:
    """The verdicts of all rows, in their order."""
    rows = select(ImportRow.verdict).where(ImportRow.import_id == found.id).order_by(ImportRow.number)
    return list(session.scalars(rows))
