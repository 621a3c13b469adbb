"""How everybody stands who counts in an edition, for the morning sheet, and how many stand alike.

Filled from what is known of them. Locks: nothing; the tables are new. Takes about a minute for a million people.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "d20a94f2b6e1"
down_revision = "e5b9d2f47a10"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 5000
EDITIONS = """
    SELECT lms_edition.id, lms_edition.zone, lms_edition_version.version_id, lms_course_version.rule
    FROM lms_edition
    JOIN lms_edition_version ON lms_edition_version.id =
        (SELECT max(id) FROM lms_edition_version WHERE edition_id = lms_edition.id)
    JOIN lms_course_version ON lms_course_version.id = lms_edition_version.version_id
    ORDER BY lms_edition.id
"""
ASKED = """
    SELECT lms_version_module.key, lms_version_unit.unit_id, lms_unit_revision.substance
    FROM lms_version_module
    JOIN lms_version_unit ON lms_version_unit.module_id = lms_version_module.id
    JOIN lms_unit_revision ON lms_unit_revision.id = lms_version_unit.revision_id
    WHERE lms_version_module.version_id = :version
"""
FINISHED = """
    SELECT lms_unit_progress.enrolment_id, lms_unit_progress.unit_id, lms_unit_progress.substance,
        lms_unit_progress.done_at
    FROM lms_unit_progress
    JOIN lms_enrolment ON lms_enrolment.id = lms_unit_progress.enrolment_id
    WHERE lms_enrolment.edition_id = :edition AND lms_unit_progress.state = 'done'
"""
PEOPLE = """
    SELECT lms_enrolment.id, lms_enrolment.due_at, lms_enrolment.invited_at, lms_enrolment.first_seen_at,
        lms_person.name_confirmed_at, lms_enrolment_progress.completed_at
    FROM lms_enrolment
    JOIN lms_person ON lms_person.id = lms_enrolment.person_id
    LEFT JOIN lms_enrolment_progress ON lms_enrolment_progress.enrolment_id = lms_enrolment.id
    WHERE lms_enrolment.edition_id = :edition AND lms_enrolment.state IN ('invited', 'accepted')
        AND lms_person.erased_at IS NULL
    ORDER BY lms_enrolment.id
"""
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lms_attention_stand",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("stand", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_attention_stand_edition_id")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_attention_stand_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_lms_attention_stand")),
    )
    op.create_index("ix_lms_attention_stand_edition", "lms_attention_stand", ["edition_id", "stand", "enrolment_id"])
    op.create_table(
        "lms_attention_tally",
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("stand", sa.String(length=40), nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_attention_tally_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "stand", name=op.f("pk_lms_attention_tally")),
    )
    op.create_table(
        "lms_attention_delta",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("stand", sa.String(length=40), nullable=False),
        sa.Column("change", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_attention_delta_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_attention_delta")),
    )
    op.create_index(op.f("ix_lms_attention_delta_edition_id"), "lms_attention_delta", ["edition_id"])
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """Note how everybody stands, edition by edition."""
    for edition, zone, version, rule in connection.execute(sa.text(EDITIONS)).all():
        stands = list(_stands(connection, edition, ZoneInfo(zone), _asked(connection, version, rule)))
        for first in range(0, len(stands), AT_ONCE):
            connection.execute(
                sa.text("INSERT INTO lms_attention_stand (enrolment_id, edition_id, stand) VALUES (:n, :e, :s)"),
                [{"n": number, "e": edition, "s": stand} for number, stand in stands[first : first + AT_ONCE]],
            )
        tallies = Counter(stand for _number, stand in stands)
        if tallies:
            connection.execute(
                sa.text("INSERT INTO lms_attention_tally (edition_id, stand, count) VALUES (:e, :s, :n)"),
                [{"e": edition, "s": stand, "n": number} for stand, number in tallies.items()],
            )


def _asked(connection: sa.Connection, version: int, rule: Any) -> set[tuple[int, str]]:
    wanted = (json.loads(rule) if isinstance(rule, str) else rule)["modules"]
    rows = connection.execute(sa.text(ASKED), {"version": version})
    return {(unit, substance) for key, unit, substance in rows if wanted == "all" or key in wanted}


def _stands(
    connection: sa.Connection, edition: int, zone: ZoneInfo, asked: set[tuple[int, str]]
) -> Iterator[tuple[int, str]]:
    done: Counter[int] = Counter()
    last: dict[int, dt.datetime] = {}
    for number, unit, substance, at in connection.execute(_typed(FINISHED, "done_at"), {"edition": edition}):
        done[number] += (unit, substance) in asked
        if at is not None:
            last[number] = max(at, last.get(number, at))
    columns = ("due_at", "invited_at", "first_seen_at", "name_confirmed_at", "completed_at")
    for row in connection.execute(_typed(PEOPLE, *columns), {"edition": edition}):
        complete = row.completed_at is not None
        life = row.completed_at or last.get(row.id) or row.first_seen_at or row.invited_at
        flags = ("s" if row.first_seen_at else "") + ("n" if row.name_confirmed_at else "")
        due, units = ("-", 0) if complete else (_day(row.due_at, zone), done[row.id])
        yield row.id, f"{due} {units} {_day(life, zone) if life else '-'} {flags or '-'}"


def _typed(statement: str, *instants: str) -> sa.TextClause:
    return sa.text(statement).columns(**dict.fromkeys(instants, _AT))


def _day(at: dt.datetime, zone: ZoneInfo) -> str:
    return str((at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(zone).date())


def downgrade() -> None:
    for name in ("lms_attention_delta", "lms_attention_tally", "lms_attention_stand"):
        op.drop_table(name)
