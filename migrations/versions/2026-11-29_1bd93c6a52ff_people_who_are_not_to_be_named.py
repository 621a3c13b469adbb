"""Marks of people and states that are not to be named in lists, letters and files.

Locks: none; the table is new. Its triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op

revision = "1bd93c6a52ff"
down_revision = "07c21e8f40aa"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Who was not to be named, when and by whose act stays known: the database itself refuses to change or remove a mark.
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER lms_sensitive_mark_no_{verb} BEFORE {verb} ON lms_sensitive_mark "
        "BEGIN SELECT RAISE(ABORT, 'marks are append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER lms_sensitive_mark_no_{verb} BEFORE {verb} ON lms_sensitive_mark "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_sensitive_marks_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_sensitive_marks_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'marks are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def upgrade() -> None:
    op.create_table(
        "lms_sensitive_mark",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("state_code", sa.String(length=2), nullable=True),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("by_person_id", BIG, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (state_code IS NULL)", name=op.f("ck_lms_sensitive_mark_one_of_both")
        ),
        sa.ForeignKeyConstraint(["by_person_id"], ["lms_person.id"], name=op.f("fk_lms_sensitive_mark_by_person_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_sensitive_mark_person_id")),
        sa.ForeignKeyConstraint(["state_code"], ["lms_state.code"], name=op.f("fk_lms_sensitive_mark_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_sensitive_mark")),
    )
    op.create_index(op.f("ix_lms_sensitive_mark_person_id"), "lms_sensitive_mark", ["person_id"])
    op.create_index(op.f("ix_lms_sensitive_mark_state_code"), "lms_sensitive_mark", ["state_code"])
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(verb=verb))


def downgrade() -> None:
    op.drop_table("lms_sensitive_mark")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_sensitive_marks_are_append_only()")
