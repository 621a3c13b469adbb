"""Consents in the directory end at an instant: the end of their last day in the zone of the member. Those that were given
with a last day get that instant, by the zone the member has now.

Locks: lms_directory_consent, for a moment. SQLite copies it; it has a row for each change of a member's choice. Its
triggers, which refuse every change, are taken off meanwhile, and are those of the first day again afterwards.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "e5b9d2f47a10"
down_revision = "e1b7c05a9d34"
branch_labels = None
depends_on = None

TABLE = "lms_directory_consent"
CHECK = op.f("ck_lms_directory_consent_ends_with_its_day")
AT = sa.DateTime(timezone=True)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_consents_are_append_only()"
    ),
}
WITH_A_DAY = (
    "SELECT c.id, c.until, COALESCE(p.zone, 'UTC') AS zone FROM lms_directory_consent c"
    " JOIN lms_membership_step s ON s.id = c.step_id JOIN lms_person p ON p.id = s.person_id"
    " WHERE c.until IS NOT NULL"
)


def upgrade() -> None:
    _without_triggers()
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("ends_at", AT, nullable=True))
    consent = sa.table(TABLE, sa.column("id", sa.BigInteger), sa.column("ends_at", AT))
    given = sa.text(WITH_A_DAY).columns(id=sa.BigInteger, until=sa.Date, zone=sa.String)
    for row in op.get_bind().execute(given).all():
        ends_at = _end_of(row.until, row.zone)
        op.execute(consent.update().where(consent.c.id == row.id).values(ends_at=ends_at))
    with op.batch_alter_table(TABLE) as table:
        table.create_check_constraint(CHECK, "(until IS NULL) = (ends_at IS NULL)")
    _with_triggers()


def downgrade() -> None:
    _without_triggers()
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(CHECK, type_="check")
        table.drop_column("ends_at")
    _with_triggers()


def _end_of(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def _without_triggers() -> None:
    dialect = op.get_bind().dialect.name
    for verb in VERBS[dialect]:
        op.execute(f"DROP TRIGGER {TABLE}_no_{verb}" + (f" ON {TABLE}" if dialect == "postgresql" else ""))


def _with_triggers() -> None:
    dialect = op.get_bind().dialect.name
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(table=TABLE, verb=verb))
