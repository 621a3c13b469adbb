"""Every row of the database that leads to a person. The schema says which: from the person along every foreign key that
points to what is theirs, so that a table that is added later is in the copy without anybody's doing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from lms.kernel.db import Base
from lms.kernel.values import dataclass
from lms.people.joining import PERSON
from lms.people.queries.persons import blinds_of
from lms.seminars.queries.enrolments import name_blinds_of

ACTING = frozenset({"by_person_id", "begun_by", "joined_into_id", "blocked_id"})
"""Columns of whoever did something: what it was done to is somebody else's, and is not shown here. Nor is anybody told
who has shut them out."""
BY_ADDRESS = frozenset({"lms_nomination", "lms_import_row"})
"""What others put forward about somebody, found by the blind index of an address of theirs, or of what stands for
one, until it is decided on."""
WITHOUT_KEY = {
    "lms_ledger_entry": ("record", "lms_record_subject", "record"),
    "lms_record_public": ("record", "lms_record_subject", "record"),
    "lms_record_credential": ("record", "lms_record_subject", "record"),
}
"""Tables that lead to what is the person's by a value, not by a key of the schema: column, other table, its column."""
OF_NOBODY: Mapping[str, str] = {
    **dict.fromkeys(
        ("lms_course", "lms_course_version", "lms_draft", "lms_unit", "lms_unit_revision", "lms_version_module",
         "lms_version_unit", "lms_version_media", "lms_media", "lms_media_size"),
        "courses, and what is written for all",
    ),
    **dict.fromkeys(
        ("lms_edition", "lms_edition_version", "lms_on_site_session", "lms_called_off", "lms_attendance_closing",
         "lms_nomination_call", "lms_reminder_text", "lms_weekly_reminder"),
        "editions, and what holds for all of one",
    ),
    **dict.fromkeys(
        ("lms_edition_count", "lms_edition_count_delta", "lms_tally", "lms_tally_delta", "lms_part_tally",
         "lms_part_tally_delta", "lms_question_tally", "lms_frozen_table", "lms_attention_tally", "lms_attention_delta",
         "lms_reminder_sending"),
        "numbers",
    ),
    **dict.fromkeys(("lms_state", "lms_institution", "lms_network", "lms_network_state"), "states and institutions"),
    **dict.fromkeys(("lms_feed_partner", "lms_feed_token"), "organisations"),
    **dict.fromkeys(
        ("lms_import", "lms_import_institution", "lms_past_attestation"),
        "files and proposals of many people; what is said of each is told with their row or place",
    ),
    **dict.fromkeys(
        ("lms_job", "lms_form_receipt", "lms_worker", "lms_undertaking", "lms_throttle"), "work in hand, without names"
    ),
    "lms_signature_lines": "who signs for the institute, as every certificate prints it",
    "lms_audit": "told under `noted`",
}  # fmt: skip
"""The tables to which no way leads, and why: what somebody did to them as an officer is told under `noted`."""
ENDS = frozenset({"lms_draft", "lms_draft_save", "lms_draft_event"})
"""What hangs on these is of all who work on a course."""
_AT_ONCE = 400
Row = dict[str, Any]


@dataclass
class Found:
    """The rows that are a person's, by table, and by their key."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def one(self, table: str, number: int) -> Row:
        """A row that another one hangs on."""
        return next(row for row in self.rows[table] if row["id"] == number)


def walk(session: Session, person_id: int) -> Found:
    """Everything, with as many statements as there are ways to it."""
    person = Base.metadata.tables[PERSON]
    found = Found({PERSON: _select(session, person, person.c.id, [person_id])})
    waiting = [PERSON]
    while waiting:
        parent = waiting.pop(0)
        for table, column, key in _ways_from(parent):
            values = [row[key] for row in found.rows[parent] if row[key] is not None]
            known = {_key(table, row) for row in found.rows.get(table.name, [])}
            rows = _select(session, table, column, values)
            new = [row for row in rows if _key(table, row) not in known and _is_theirs(table.name, row, found)]
            if new:
                found.rows.setdefault(table.name, []).extend(new)
                if table.name not in ENDS:
                    waiting.append(table.name)
    _by_address(session, found, blinds_of(session, person_id) | name_blinds_of(session, person_id))
    return found


def _by_address(session: Session, found: Found, blinds: Collection[str]) -> None:
    """What waits under an address that is theirs, unless it became somebody else's meanwhile."""
    for name in sorted(BY_ADDRESS):
        table = Base.metadata.tables[name]
        known = {_key(table, row) for row in found.rows.get(name, [])}
        rows = [row for row in _select(session, table, table.c.blind, blinds) if row.get("person_id") is None]
        new = [row for row in rows if _key(table, row) not in known]
        if new:
            found.rows.setdefault(name, []).extend(new)


def _is_theirs(table: str, row: Row, found: Found) -> bool:
    """Whoever asked for an introduction does not learn that their message was reported."""
    if table != "lms_introduction_report":
        return True
    [person] = found.rows[PERSON]
    return bool(found.one("lms_introduction", row["introduction_id"])["asked_id"] == person["id"])


def _ways_from(parent: str) -> Iterator[tuple[Table, Column[Any], str]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                points = key.column.table.name == parent and table.name != parent
                if points and column.name not in ACTING:
                    yield table, column, key.column.name
        by_value = WITHOUT_KEY.get(table.name)
        if by_value and by_value[1] == parent:
            yield table, table.c[by_value[0]], by_value[2]


def reached() -> frozenset[str]:
    """The names of all tables to which a way leads from a person, whether or not anything is there."""
    known, waiting = {PERSON}, [PERSON]
    while waiting:
        for table, *_rest in _ways_from(waiting.pop()):
            if table.name not in known:
                known.add(table.name)
                waiting += [] if table.name in ENDS else [table.name]
    return frozenset(known)


def _key(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _select(session: Session, table: Table, column: Column[Any], values: Iterable[Any]) -> list[Row]:
    wanted, rows = sorted(set(values)), list[Row]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = select(table).where(column.in_(wanted[start : start + _AT_ONCE])).order_by(*table.primary_key)
        rows += [dict(row) for row in session.execute(some).mappings()]
    return rows
