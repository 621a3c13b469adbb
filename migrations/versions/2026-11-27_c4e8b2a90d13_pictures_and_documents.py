"""Pictures and documents of courses: each once, with the narrower sizes of a picture, and which versions have them.

Locks: none; the tables are new. Their triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op

revision = "c4e8b2a90d13"
down_revision = "b7c20e54d913"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# A version or a draft may name a file for ever: the database itself refuses to change or remove one.
TABLES = ("lms_media", "lms_media_size", "lms_version_media")
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'media are append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_media_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_media_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'media are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def upgrade() -> None:
    op.create_table(
        "lms_media",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("width", BIG, nullable=True),
        sa.Column("height", BIG, nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('picture', 'document')", name=op.f("ck_lms_media_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_media")),
        sa.UniqueConstraint("sha256", name=op.f("uq_lms_media_sha256")),
    )
    op.create_table(
        "lms_media_size",
        sa.Column("medium_id", BIG, nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["medium_id"], ["lms_media.id"], name=op.f("fk_lms_media_size_medium_id")),
        sa.PrimaryKeyConstraint("medium_id", "width", name=op.f("pk_lms_media_size")),
    )
    op.create_table(
        "lms_version_media",
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("medium_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["medium_id"], ["lms_media.id"], name=op.f("fk_lms_version_media_medium_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["lms_course_version.id"], name=op.f("fk_lms_version_media_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "medium_id", name=op.f("pk_lms_version_media")),
    )
    op.create_index(op.f("ix_lms_version_media_medium_id"), "lms_version_media", ["medium_id"])
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for table in TABLES:
        for verb in VERBS[dialect]:
            op.execute(REFUSES[dialect].format(table=table, verb=verb))


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_media_are_append_only()")
