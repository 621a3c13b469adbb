"""Tables of an edition's numbers as they were published, for those who are not responsible for its people.

Locks: none; the table is new. Its triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "07c21e8f40aa"
down_revision = "ffc2d5a81e44"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What was published stays as it was: the database itself refuses to change or remove a table.
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER lms_frozen_table_no_{verb} BEFORE {verb} ON lms_frozen_table "
        "BEGIN SELECT RAISE(ABORT, 'frozen tables are append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER lms_frozen_table_no_{verb} BEFORE {verb} ON lms_frozen_table "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_frozen_tables_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_frozen_tables_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'frozen tables are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def upgrade() -> None:
    op.create_table(
        "lms_frozen_table",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("groups", JSON, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_frozen_table_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_frozen_table")),
        sa.UniqueConstraint("edition_id", "as_of", name=op.f("uq_lms_frozen_table_edition_id_as_of")),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(verb=verb))


def downgrade() -> None:
    op.drop_table("lms_frozen_table")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_frozen_tables_are_append_only()")
