"""Drafts of courses: what was begun, every saved state of their files, and what was done to them; and the public line
of a version.

Locks: the new column is added without rewriting the table (its default is constant), a moment on PostgreSQL. The other
tables are new. Their triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a1d9c40f7e21"
down_revision = "7d4749e95f46"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
STATES = ("draft", "in-review", "published", "abandoned")
ORIGINS = ("browser", "files")
ACTS = ("opened", "renamed", "sent", "taken-back", "brought-up", "abandoned", "taken-up", "published")

# What was saved and done stays: the database itself refuses to change or remove it.
TABLES = ("lms_draft_event", "lms_draft_save")
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'drafts are append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_drafts_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_drafts_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'drafts are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table("lms_course_version") as table:
        table.add_column(sa.Column("summary", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "lms_draft",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("base_id", BIG, nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", one_of("draftstate", STATES), nullable=False),
        sa.Column("origin", one_of("draftorigin", ORIGINS), nullable=False),
        sa.Column("begun_by", BIG, nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["lms_course_version.id"], name=op.f("fk_lms_draft_base_id")),
        sa.ForeignKeyConstraint(["begun_by"], ["lms_person.id"], name=op.f("fk_lms_draft_begun_by")),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_draft_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_draft")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_draft_public_id")),
        sa.UniqueConstraint("course_id", "client_key", name=op.f("uq_lms_draft_course_id_client_key")),
    )
    op.create_index(op.f("ix_lms_draft_course_id"), "lms_draft", ["course_id"])
    op.create_table(
        "lms_draft_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("act", one_of("draftact", ACTS), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("files_hash", sa.String(length=64), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["lms_draft.id"], name=op.f("fk_lms_draft_event_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_draft_event_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_draft_event")),
    )
    op.create_index(op.f("ix_lms_draft_event_draft_id"), "lms_draft_event", ["draft_id"])
    op.create_table(
        "lms_draft_save",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["lms_draft.id"], name=op.f("fk_lms_draft_save_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_draft_save_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_draft_save")),
        sa.UniqueConstraint("draft_id", "client_key", "path", name=op.f("uq_lms_draft_save_draft_id_client_key_path")),
    )
    op.create_index("ix_lms_draft_save_path", "lms_draft_save", ["draft_id", "path", "id"])
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for table in TABLES:
        for verb in VERBS[dialect]:
            op.execute(REFUSES[dialect].format(table=table, verb=verb))


def downgrade() -> None:
    for name in ("lms_draft_save", "lms_draft_event", "lms_draft"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_drafts_are_append_only()")
    with op.batch_alter_table("lms_course_version") as table:
        table.drop_column("summary")
