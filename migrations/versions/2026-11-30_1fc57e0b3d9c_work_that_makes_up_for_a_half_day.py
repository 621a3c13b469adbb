"""Reasons for marks on the sheet, and work that makes up for an excused half-day.

Results of sheets that are closed already say that nothing was made up for.

Locks: lms_attendance_mark and lms_attendance_result, for a moment; the other table is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "1fc57e0b3d9c"
down_revision = "0fc19c7b6d15"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lms_make_up",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_lms_make_up_confirmed_by_somebody")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_make_up_enrolment_id")),
        sa.ForeignKeyConstraint(["session_id"], ["lms_on_site_session.id"], name=op.f("fk_lms_make_up_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_make_up")),
        sa.UniqueConstraint("enrolment_id", "session_id", name=op.f("uq_lms_make_up_enrolment_id_session_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_make_up_public_id")),
    )
    op.add_column("lms_attendance_mark", sa.Column("sealed_reason", sa.LargeBinary(), nullable=True))
    op.add_column("lms_attendance_result", sa.Column("made_up", BIG, nullable=True))
    op.execute("UPDATE lms_attendance_result SET made_up = 0")
    with op.batch_alter_table("lms_attendance_result") as batch:
        batch.alter_column("made_up", existing_type=BIG, nullable=False)


def downgrade() -> None:
    op.drop_column("lms_attendance_result", "made_up")
    op.drop_column("lms_attendance_mark", "sealed_reason")
    op.drop_table("lms_make_up")
