"""A streaming export as one would write it by hand for one list: what ours is measured against.

One statement for all rows and one for the units read, the same cells, unsealed and escaped, and nothing else: nobody is
asked who they are, nothing is noted, no filter, one language. Nobody in it is marked as not to be named; that is asked
of each all the same, since no export could leave it out.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response
from sqlalchemy import Connection, create_engine, text

from lms.kernel.db import UtcDateTime
from lms.kernel.secrets import unseal
from lms.kernel.settings import from_environment
from lms.people.sealing import name_place

AT_ONCE = 200
SIGNS = "=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"
HEAD = (
    "Name", "State", "Ministry or institution", "Sector", "E-mail address", "Language", "Where they stand",
    "Units read", "Finished reading (UTC)", "Finished late", "More time, until (UTC)", "Waiting",
)  # fmt: skip
PEOPLE = """
    SELECT e.id, e.state, e.state_code, e.sector, e.deadline_at, i.name AS institution, p.subject, p.locale, k.wrapped,
        n.place AS name_place, n.sealed AS name, a.place AS address_place, a.sealed AS address, g.completed_at,
        g.completed_at > e.due_at AS late,
        (SELECT group_concat(s.stage, ',') FROM lms_stage_reached s WHERE s.enrolment_id = e.id) AS stages,
        EXISTS (SELECT 1 FROM lms_participant_request r WHERE r.enrolment_id = e.id AND r.answered_at IS NULL) AS asks,
        EXISTS (SELECT 1 FROM lms_name_awaited w WHERE w.enrolment_id = e.id) AS nameless
    FROM lms_enrolment e
    JOIN lms_institution i ON i.id = e.institution_id
    JOIN lms_person p ON p.id = e.person_id
    JOIN lms_person_key k ON k.person_id = p.id
    JOIN lms_identity n ON n.person_id = p.id AND n.kind = 'name' AND n."primary"
    JOIN lms_identity a ON a.person_id = p.id AND a.kind = 'address' AND a."primary"
    LEFT JOIN lms_enrolment_progress g ON g.enrolment_id = e.id
    WHERE e.edition_id = (SELECT id FROM lms_edition WHERE public_id = :edition)
        AND NOT EXISTS (SELECT 1 FROM lms_sensitive_mark m WHERE m.person_id = p.id)
        AND i.state_code NOT IN (SELECT m.state_code FROM lms_sensitive_mark m WHERE m.state_code IS NOT NULL)
    ORDER BY e.state_code, e.institution_id, e.id
"""
READ = """
    SELECT u.enrolment_id, count(*) FROM lms_unit_progress u JOIN lms_enrolment e ON e.id = u.enrolment_id
    WHERE e.edition_id = (SELECT id FROM lms_edition WHERE public_id = :edition) AND u.state = 'done'
    GROUP BY u.enrolment_id
"""
WORDS = {
    "recorded": "Record issued", "attended": "Attended", "pre-reading": "Finished reading", "reading": "Reading",
    "signed-in": "Signed in, not begun",
}  # fmt: skip
SECTORS = {
    "foreign-affairs": "Foreign affairs", "justice": "Justice", "defence": "Defence", "interior": "Interior",
    "education": "Education", "human-rights": "Human rights institution", "other": "Other ministry or institution",
}  # fmt: skip


def create_app() -> Flask:
    """The export as an app, on the database and with the keys of the settings."""
    app = Flask("by_hand")
    settings = from_environment(dict(os.environ))
    engine = create_engine(settings.database)
    names = {state["code"]: state["name"] for state in json.loads(os.environ["BENCH_STATES"])}
    kept = UtcDateTime().dialect_impl(engine.dialect)
    read_time = kept.result_processor(engine.dialect, None)

    def lines(connection: Connection, edition: str) -> Iterator[list[Any]]:
        zone = ZoneInfo("UTC")
        read: dict[int, int] = {row[0]: row[1] for row in connection.execute(text(READ), {"edition": edition})}
        for row in connection.execute(text(PEOPLE), {"edition": edition}):
            key = settings.keys.unwrap(row.wrapped, row.subject)
            name = json.loads(unseal(key, row.name, name_place(row.name_place)))["full"]
            address = unseal(key, row.address, name_place(row.address_place)).decode()
            stages = row.stages.split(",") if row.stages else []
            waits = []
            if "signed-in" not in stages:
                waits.append("Has not signed in")
            if row.asks:
                waits.append("Waits for an answer to a request")
            if row.nameless:
                waits.append("Has not confirmed their name")
            stands = next((word for stage, word in WORDS.items() if stage in stages), "Not signed in yet")
            times = (local(row.completed_at, zone), local(row.deadline_at, zone))
            yield [
                name, names[row.state_code], row.institution, SECTORS[row.sector], address, row.locale or "", stands,
                read.get(row.id, 0), times[0], "yes" if row.late else "", times[1],
                "; ".join(waits),
            ]  # fmt: skip

    def local(at: Any, zone: ZoneInfo) -> str:
        if at is None:
            return ""
        found: Any = read_time(at) if read_time else at
        return f"{found.astimezone(zone):%Y-%m-%d %H:%M}"

    @app.get("/by-hand/<edition>")
    def people(edition: str) -> Response:
        def parts() -> Iterator[bytes]:
            with engine.connect() as connection:
                found = lines(connection, edition)
                yield b"\xef\xbb\xbf" + written([list(HEAD)])
                while part := list(islice(found, AT_ONCE)):
                    yield written(part)

        return Response(parts(), mimetype="text/csv")

    return app


def written(lines: list[list[Any]]) -> bytes:
    """Lines as CSV, formulas escaped."""
    page = io.StringIO(newline="")
    csv.writer(page).writerows([[escaped(cell) for cell in line] for line in lines])
    return page.getvalue().encode()


def escaped(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell and cell[0] in SIGNS else cell
