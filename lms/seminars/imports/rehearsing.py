"""A file is taken in, rehearsed, mended and rehearsed again; nothing of it touches people or places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.models import AuditEntry, Undertaking
from lms.kernel.secrets import new_key, new_token
from lms.kernel.settings import keyring
from lms.kernel.undertakings import begin, undertaking
from lms.people.rules.names import folded
from lms.people.states import named
from lms.seminars.columns import Column
from lms.seminars.models import Edition, Enrolment
from lms.seminars.queries import closing_of
from lms.seminars.queries.enrolments import name_blinds_of
from lms.web.languages import gettext as _

from .judging import NEW_ON_PURPOSE, Judgement, judged
from .models import Import, ImportRow, ImportState, Verdict
from .sealing import Cells, cells_in, key_of, name_blind_in, row_blind, sealed_cells, sealed_head
from .surroundings import around
from .table import Table

AT_ONCE = 200
"""A file of so many rows is rehearsed, or saved, while its sender waits."""
PIECE = 250
KEPT = dt.timedelta(days=7)
REHEARSE = "seminars.import.rehearse"
ERASED = "erased"
"""Why a row is not taken whose person was erased meanwhile; nothing of it is kept."""


def take_in(
    session: Session, *, edition: Edition, table: Table, at: dt.datetime, by: str, client_key: str | None = None
) -> Import:
    """Keep what a file says, sealed, and rehearse it: at once where it is short, else in the worker. What is sent again
    with the same `client_key` is the import that it made first. Raises Refused for an edition whose attendance is
    closed."""
    if closing_of(session, edition.id):
        raise Refused(_("The attendance of this edition is closed, so nobody can be added or taken out any more."))
    made = _written(session, edition, table, at=at, by=by, client_key=client_key)
    if made is None:  # sent before, or a moment ago beside us
        before = select(Import).where(Import.edition_id == edition.id, Import.client_key == client_key)
        return session.scalars(before).one()
    found, key = made
    rows = [_row(found, key, edition.public_id, number, cells) for number, cells in table.rows]
    session.execute(insert(ImportRow), rows)
    audit.record(session, at=at, actor=by, act="import.read", about=found.public_id, rows=found.size)
    rehearse(session, found, at=at, by=by)
    return found


def _written(
    session: Session, edition: Edition, table: Table, *, at: dt.datetime, by: str, client_key: str | None
) -> tuple[Import, bytes] | None:
    """The row of a new import, with its key; None where there is one of this client key."""
    key, public_id = new_key(), new_token()
    head = {name: said for name, said in vars(table).items() if name != "rows"}
    row = dialect_insert(session)(Import).values(
        public_id=public_id,
        edition_id=edition.id,
        by=by,
        at=at,
        state=ImportState.REHEARSING,
        size=len(table.rows),
        wrapped_key=keyring().wrap(key, public_id),
        sealed_head=sealed_head(key, public_id, head),
        client_key=client_key,
    )
    made = session.scalar(row.on_conflict_do_nothing().returning(Import.id))
    return (session.get_one(Import, made), key) if made is not None else None


def _row(found: Import, key: bytes, edition: str, number: int, cells: Cells) -> dict[str, Any]:
    sealed = sealed_cells(key, found, number, cells)
    return {"import_id": found.id, "number": number, "sealed_cells": sealed, "blind": row_blind(edition, cells)}


def rehearse(session: Session, found: Import, *, at: dt.datetime, by: str) -> None:
    """Judge every row anew."""
    forget = update(ImportRow).where(ImportRow.import_id == found.id).values(verdict=None, reason=None, column=None)
    session.execute(forget, execution_options={"synchronize_session": "fetch"})
    if found.size <= AT_ONCE:
        judge(session, found, rows_of(session, found, ImportRow.verdict.is_(None)), at)
        found.state = ImportState.REHEARSED
        return
    found.state = ImportState.REHEARSING
    found.undertaking = begin(session, REHEARSE, about=found.public_id, by=by, total=found.size, at=at).public_id


@undertaking(REHEARSE)
def rehearse_more(session: Session, work: Undertaking, at: dt.datetime) -> bool:
    """Judge the next rows."""
    found = held(session, work.about)
    if found.state is not ImportState.REHEARSING:
        return True
    rows = rows_of(session, found, ImportRow.verdict.is_(None), limit=PIECE)
    judge(session, found, rows, at)
    work.done += len(rows)
    if len(rows) < PIECE:
        found.state = ImportState.REHEARSED
        return True
    return False


def held(session: Session, public_id: str) -> Import:
    """The import, so that nobody else changes it meanwhile."""
    return session.scalars(select(Import).where(Import.public_id == public_id).with_for_update()).one()


def rows_of(session: Session, found: Import, *which: Any, limit: int | None = None) -> list[tuple[ImportRow, Cells]]:
    """Rows of an import with what they say, in their order."""
    key = key_of(found)
    some = select(ImportRow).where(ImportRow.import_id == found.id, *which).order_by(ImportRow.number).limit(limit)
    return [(row, cells_in(key, found, row.number, row.sealed_cells)) for row in session.scalars(some)]


def judge(
    session: Session, found: Import, rows: Sequence[tuple[ImportRow, Cells]], at: dt.datetime
) -> list[tuple[ImportRow, Judgement]]:
    """Say of each of these rows what becomes of it."""
    known, edition = around(session, found, rows, at), session.get_one(Edition, found.edition_id).public_id
    verdicts = [
        (row, judged(row.number, cells, row.blind, known, name_blind_in(edition, cells) if known.over else None))
        for row, cells in rows
    ]
    for (row, verdict), (_row, cells) in zip(verdicts, rows, strict=True):
        row.verdict, row.reason = verdict.verdict, verdict.reason
        row.column = ",".join(verdict.columns) or None
        row.knot = knot_of(found, cells, verdict.reason or "")
    return verdicts


# For what is unknown in many rows alike: the cells that one correction puts right in all of them.
_TIED = {
    "state-unknown": frozenset({str(Column.STATE)}),
    "institution-unknown": frozenset({str(Column.INSTITUTION), str(Column.SECTOR), str(Column.ZONE), NEW_ON_PURPOSE}),
}


def knot_of(found: Import, cells: Mapping[str, str], reason: str) -> str | None:
    """What rows with one and the same unknown state or institution have in common."""
    if reason not in _TIED:
        return None
    if reason == "state-unknown":
        return keyring().veil(f"{found.public_id}|?{folded(cells.get(Column.STATE, ''))}")
    state = named(cells.get(Column.STATE, ""))
    return keyring().veil(f"{found.public_id}|{state and state.code}|{folded(cells.get(Column.INSTITUTION, ''))}")


def mend(session: Session, *, found: Import, mended: Mapping[int, Mapping[str, str]], at: dt.datetime, by: str) -> None:
    """Put other words into cells, by the number of their row, and rehearse again. For a state or an institution,
    what is said of one row is said of all with the same. Raises Conflict where the import is beyond that."""
    found = held(session, found.public_id)
    if found.state is not ImportState.REHEARSED:
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
    key, edition = key_of(found), session.get_one(Edition, found.edition_id).public_id
    for row, cells in _concerned(session, found, mended):
        said = {**cells, **mended.get(row.number, {})}
        row.sealed_cells, row.blind = sealed_cells(key, found, row.number, said), row_blind(edition, said)
    audit.record(session, at=at, actor=by, act="import.mended", about=found.public_id, rows=len(mended))
    session.flush()  # the rows are judged by what is in the database
    rehearse(session, found, at=at, by=by)


def times_mended(session: Session, found: Import) -> int:
    """How often something was corrected in it."""
    mended = select(func.count()).where(AuditEntry.about == found.public_id, AuditEntry.act == "import.mended")
    return session.scalar(mended) or 0


def _concerned(
    session: Session, found: Import, mended: Mapping[int, Mapping[str, str]]
) -> Iterable[tuple[ImportRow, Cells]]:
    """The rows that are mended, and those that share their state or institution, with what is to be put into them."""
    rows = rows_of(session, found, ImportRow.number.in_(mended))
    tied = {row.knot: _shared(row, mended[row.number]) for row, _ in rows if row.knot}
    yield from rows
    if not tied:
        return
    alike = rows_of(session, found, ImportRow.knot.in_(tied), ImportRow.number.not_in(mended))
    yield from ((row, {**cells, **tied[row.knot or ""]}) for row, cells in alike)


def _shared(row: ImportRow, mended: Mapping[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in mended.items() if column in _TIED.get(row.reason or "", ())}


def discard(session: Session, *, found: Import, at: dt.datetime, by: str) -> None:
    """Leave a file alone; nothing of it is kept. Twice is once. Raises Conflict once it is being saved."""
    found = held(session, found.public_id)
    if found.state is ImportState.DISCARDED:
        return
    if found.state not in (ImportState.REHEARSED, ImportState.REHEARSING):
        raise Conflict(_("This import is saved or being saved already."))
    end(session, found, ImportState.DISCARDED, at)
    audit.record(session, at=at, actor=by, act="import.discarded", about=found.public_id)


def end(session: Session, found: Import, state: ImportState, at: dt.datetime) -> None:
    """Bring an import to its end: the key is destroyed and with it every cell."""
    found.state, found.ended_at = state, at
    found.wrapped_key = found.sealed_head = None
    mine = update(ImportRow).where(ImportRow.import_id == found.id)
    session.execute(
        mine.values(sealed_cells=None, blind=None, knot=None), execution_options={"synchronize_session": "fetch"}
    )


def forget(session: Session, person_id: int, blinds: Collection[str]) -> None:
    """Erase the rows of somebody who is erased from every file that nobody has decided on yet, by their addresses,
    or by what they are called in an edition."""
    theirs = update(ImportRow).where(ImportRow.blind.in_({*blinds, *name_blinds_of(session, person_id)}))
    nothing = {"sealed_cells": None, "blind": None, "knot": None}
    session.execute(
        theirs.values(**nothing, verdict=Verdict.REFUSED, reason=ERASED, column=Column.NAME),
        execution_options={"synchronize_session": "fetch"},
    )
    session.execute(update(Enrolment).where(Enrolment.person_id == person_id).values(name_blind=None))


@outbox.database("seminars.imports_tidy", every=86_400.0)
def tidy(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Erase what nobody has decided on for seven days."""
    waiting = or_(Import.state == ImportState.REHEARSED, Import.state == ImportState.REHEARSING)
    for found in session.scalars(select(Import).where(waiting, Import.at < at - KEPT).with_for_update()).all():
        end(session, found, ImportState.DISCARDED, at)
        session.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
        audit.record(session, at=at, actor=None, act="import.expired", about=found.public_id)


def verdicts(session: Session, found: Import) -> dict[str, int]:
    """How many rows have which verdict."""
    mine = select(ImportRow.verdict, func.count()).where(
        ImportRow.import_id == found.id, ImportRow.verdict.is_not(None)
    )
    return {str(verdict): number for verdict, number in session.execute(mine.group_by(ImportRow.verdict))}
