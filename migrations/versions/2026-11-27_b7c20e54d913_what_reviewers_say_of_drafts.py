"""What reviewers say of drafts: sign-offs, remarks on passages, and what became of these.

Locks: nothing; the tables are new. Their triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op

revision = "b7c20e54d913"
down_revision = "c4e2b7a91d35"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SIGNED = ("given", "withheld", "taken-back")
SETTLED = ("resolved", "reopened")

# What was said stays: the database itself refuses to change or remove it.
TABLES = ("lms_sign_off", "lms_draft_comment", "lms_draft_comment_outcome")
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_reviews_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_reviews_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'reviews are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "lms_sign_off",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("act", one_of("signoffact", SIGNED), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("files_hash", sa.String(length=64), nullable=False),
        sa.Column("base_id", BIG, nullable=True),
        sa.Column("last_save_id", BIG, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act <> 'withheld' OR sealed_reason IS NOT NULL", name=op.f("ck_lms_sign_off_withheld_for_a_reason")
        ),
        sa.CheckConstraint("(kind = 'language') = (language <> '')", name=op.f("ck_lms_sign_off_of_a_language")),
        sa.ForeignKeyConstraint(["base_id"], ["lms_course_version.id"], name=op.f("fk_lms_sign_off_base_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["lms_draft.id"], name=op.f("fk_lms_sign_off_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_sign_off_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_sign_off")),
    )
    op.create_index(op.f("ix_lms_sign_off_draft_id"), "lms_sign_off", ["draft_id"])
    op.create_table(
        "lms_draft_comment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("answers_id", BIG, nullable=True),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("heading", sa.String(length=300), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answers_id"], ["lms_draft_comment.id"], name=op.f("fk_lms_draft_comment_answers_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["lms_draft.id"], name=op.f("fk_lms_draft_comment_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_draft_comment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_draft_comment")),
        sa.UniqueConstraint("draft_id", "client_key", name=op.f("uq_lms_draft_comment_draft_id_client_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_draft_comment_public_id")),
    )
    op.create_table(
        "lms_draft_comment_outcome",
        sa.Column("id", BIG, nullable=False),
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("act", one_of("commentact", SETTLED), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["lms_draft_comment.id"], name=op.f("fk_lms_draft_comment_outcome_comment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_draft_comment_outcome_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_draft_comment_outcome")),
    )
    op.create_index(op.f("ix_lms_draft_comment_outcome_comment_id"), "lms_draft_comment_outcome", ["comment_id"])
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for table in TABLES:
        for verb in VERBS[dialect]:
            op.execute(REFUSES[dialect].format(table=table, verb=verb))


def downgrade() -> None:
    for name in ("lms_draft_comment_outcome", "lms_draft_comment", "lms_sign_off"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_reviews_are_append_only()")
