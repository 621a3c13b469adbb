"""What is kept of records can be emptied at once no more on PostgreSQL, as the ledger cannot; SQLite knows no TRUNCATE.

Locks: the three tables, for a moment; triggers are made.
"""

from alembic import op

revision = "b4d1f7a03c92"
down_revision = "e2c4a8169f5b"
branch_labels = None
depends_on = None

KEPT_BY = {
    "lms_record_credential": "lms_ledger_is_append_only",
    "lms_record_subject": "lms_holders_are_kept",
    "lms_record_name_showing": "lms_holders_are_kept",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, function in KEPT_BY.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT_BY:
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
