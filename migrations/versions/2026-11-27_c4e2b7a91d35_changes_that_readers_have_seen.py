"""That a reader said they had seen how a text has changed since they finished it.

Locks: none; the table is new. Its triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op

revision = "c4e2b7a91d35"
down_revision = "b3a1f6c09e52"
branch_labels = None
depends_on = None

TABLE = "lms_change_seen"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Said is said: the database itself refuses to change or remove it.
REFUSES = {
    "sqlite": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'changes seen are append-only'); END"
    ),
    "postgresql": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_changes_seen_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_changes_seen_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'changes seen are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
POINTS_TO = {
    "enrolment_id": "lms_enrolment",
    "unit_id": "lms_unit",
    "version_id": "lms_course_version",
    "receipt_id": "lms_receipt",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in POINTS_TO),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name, table in POINTS_TO.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_lms_change_seen_unit", TABLE, ["enrolment_id", "unit_id"])
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(verb=verb))


def downgrade() -> None:
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_changes_seen_are_append_only()")
