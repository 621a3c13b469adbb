"""What pages show of imports; each within one edition, whose coordinator the caller has checked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.queries import names_of
from lms.seminars.columns import Column
from lms.seminars.models import Edition, Enrolment
from lms.web.languages import gettext as _
from lms.web.slices import PAGE, Slice, slice_of

from .judging import KNOWN
from .models import Import, ImportRow, Verdict
from .rehearsing import rows_of
from .sealing import Cells
from .table import place_of


def imports_of(session: Session, edition: Edition) -> list[Import]:
    """The imports into an edition, the newest first."""
    return list(session.scalars(select(Import).where(Import.edition_id == edition.id).order_by(Import.id.desc())))


def import_of(session: Session, edition: Edition, public_id: str) -> Import:
    """The import with this public id; raises NotFound."""
    found = session.scalar(select(Import).where(Import.public_id == public_id, Import.edition_id == edition.id))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Shown:
    """One row as a page shows it; without its words once they are erased. `others`: how many rows more have the same
    unknown state or institution."""

    number: int
    verdict: Verdict
    reason: str | None
    columns: tuple[Column, ...]
    cells: Cells
    others: int = 0

    @property
    def place(self) -> str:
        """The number of the row, and of a file with several sheets which of them it stands on."""
        sheet, row = place_of(self.number)
        return _("%(row)s on sheet %(sheet)s", row=row, sheet=sheet) if sheet else str(row)

    @property
    def column(self) -> Column:
        """The cell that is to be mended."""
        return self.columns[0] if self.columns else Column.NAME


def rows_with(
    session: Session, found: Import, verdict: Verdict, page: int, most: int = PAGE
) -> tuple[list[Shown], Slice]:
    """A page of the rows with this verdict; of refused ones with one unknown state or institution only the first."""
    one = func.coalesce(ImportRow.knot, cast(ImportRow.number, String))
    firsts = select(func.min(ImportRow.number), func.count()).where(
        ImportRow.import_id == found.id, ImportRow.verdict == verdict
    )
    heads = [(number, count) for number, count in session.execute(firsts.group_by(one)) if number is not None]
    heads.sort()
    part = slice_of(heads, page)
    counts = dict(heads[(part.page - 1) * PAGE : part.page * PAGE][:most])
    pairs = _rows(session, found, ImportRow.number.in_(counts))
    return [_shown(found, row, cells, counts[row.number] - 1) for row, cells in pairs], part


def _rows(session: Session, found: Import, which: ColumnElement[bool]) -> Sequence[tuple[ImportRow, Cells]]:
    """Rows with what they say, which is nothing once it is erased."""
    if found.wrapped_key is not None:
        return rows_of(session, found, which)
    ended = select(ImportRow).where(ImportRow.import_id == found.id, which).order_by(ImportRow.number)
    return [(row, {}) for row in session.scalars(ended)]


def _shown(found: Import, row: ImportRow, cells: Cells, others: int) -> Shown:
    # Who is known here is said of those whom a saved import brought in. A file that is only looked at would tell it of
    # every address in it.
    reason = None if row.reason == KNOWN and found.wrapped_key is not None else row.reason
    columns = tuple(Column(name) for name in (row.column or "").split(",") if name)
    return Shown(row.number, row.verdict or Verdict.REFUSED, reason, columns, cells, others)


def every_row(session: Session, found: Import, verdict: Verdict) -> list[Shown]:
    """All rows with this verdict, to be taken away."""
    return [_shown(found, row, cells, 0) for row, cells in _rows(session, found, ImportRow.verdict == verdict)]


@dataclass(frozen=True)
class Against:
    """Somebody because of whom an import is not taken back."""

    name: str
    enrolment: str
    invited: bool


def named_against(session: Session, edition: Edition, enrolments: Collection[str]) -> list[Against]:
    """Whose places these are, by name, as far as they are still there."""
    theirs = select(Enrolment.public_id, Enrolment.person_id, Enrolment.invited_at).where(
        Enrolment.edition_id == edition.id, Enrolment.public_id.in_(enrolments)
    )
    rows = session.execute(theirs).all() if enrolments else []
    names = names_of(session, [row.person_id for row in rows])
    found = [Against(names[row.person_id], row.public_id, row.invited_at is not None) for row in rows]
    return sorted(found, key=lambda one: one.name.casefold())
