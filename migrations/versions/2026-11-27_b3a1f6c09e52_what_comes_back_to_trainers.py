"""What is answered to reports of errors, with the version that was read; what may be told of answers to questions.

Reports lose a column that nothing ever filled. Locks: the table of reports, for as long as it takes to add a column
and an index to it; on SQLite it is copied. The other tables are new. The triggers are written out here as they were
on the first day.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b3a1f6c09e52"
down_revision = "a1d9c40f7e21"
branch_labels = None
depends_on = None

REPORTS, OUTCOMES, TALLIES = "lms_text_report", "lms_text_report_outcome", "lms_question_tally"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Answered is answered: the database itself refuses to change or remove it.
REFUSES = {
    "sqlite": (
        f"CREATE TRIGGER {OUTCOMES}_no_{{verb}} BEFORE {{verb}} ON {OUTCOMES} "
        "BEGIN SELECT RAISE(ABORT, 'answers to reports are append-only'); END"
    ),
    "postgresql": (
        f"CREATE TRIGGER {OUTCOMES}_no_{{verb}} BEFORE {{verb}} ON {OUTCOMES} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_report_answers_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_report_answers_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'answers to reports are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def upgrade() -> None:
    with op.batch_alter_table(REPORTS, schema=None) as batch_op:
        batch_op.add_column(sa.Column("version_id", BIG, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_lms_text_report_version_id"), "lms_course_version", ["version_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_lms_text_report_person_id"), ["person_id"], unique=False)
        batch_op.drop_column("settled_at")

    op.create_table(
        OUTCOMES,
        sa.Column("report_id", BIG, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("mended", "no-error", name="reportoutcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_lms_text_report_outcome_answered_in_words")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["lms_text_report.id"], name=op.f("fk_lms_text_report_outcome_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_lms_text_report_outcome")),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(verb=verb))

    op.create_table(
        TALLIES,
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "told", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_question_tally_course_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_unit.id"], name=op.f("fk_lms_question_tally_unit_id")),
        sa.PrimaryKeyConstraint("course_id", "unit_id", name=op.f("pk_lms_question_tally")),
    )


def downgrade() -> None:
    op.drop_table(TALLIES)
    op.drop_table(OUTCOMES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_report_answers_are_append_only()")
    with op.batch_alter_table(REPORTS, schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_lms_text_report_person_id"))
        batch_op.drop_constraint(batch_op.f("fk_lms_text_report_version_id"), type_="foreignkey")
        batch_op.drop_column("version_id")
