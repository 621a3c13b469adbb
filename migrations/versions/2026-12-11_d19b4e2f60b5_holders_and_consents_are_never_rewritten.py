"""Whose record it is may change when two entries are joined; what is sealed with it, never. What a holder said about
showing their name is added to, and goes with the holder: the database itself refuses everything else.

Locks: lms_record_subject and lms_record_name_showing, for a moment; triggers are made.
"""

from alembic import op

revision = "d19b4e2f60b5"
down_revision = "d08a3d1e5fa4"
branch_labels = None
depends_on = None

REFUSED = (
    ("lms_record_subject", "UPDATE OF record, subject, enrolment_id, correction, sealed_name, issued_at"),
    ("lms_record_subject", "DELETE"),
    ("lms_record_name_showing", "UPDATE"),
)
FUNCTION = (
    "CREATE FUNCTION lms_holders_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'records and consents are append-only'; END $$"
)
DOES = {
    "sqlite": "BEGIN SELECT RAISE(ABORT, 'records and consents are append-only'); END",
    "postgresql": "FOR EACH STATEMENT EXECUTE FUNCTION lms_holders_are_kept()",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(FUNCTION)
    for table, what in REFUSED:
        op.execute(f"CREATE TRIGGER {_name(table, what)} BEFORE {what} ON {table} {DOES[dialect]}")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, what in REFUSED:
        op.execute(f"DROP TRIGGER {_name(table, what)}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION lms_holders_are_kept()")


def _name(table: str, what: str) -> str:
    return f"{table}_no_{what.split()[0].lower()}"
