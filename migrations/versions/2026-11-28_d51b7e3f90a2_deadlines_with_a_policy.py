"""Deadlines with a policy: an instant, or the end of a day where each person's institution is; everybody's own is kept.

Existing editions and extensions stay what they are, an instant: `deadline_on` is empty. Each enrolment gets `due_at`, the
later of its edition's deadline and its own.

Locks: lms_enrolment, while every row is written once.
"""

import sqlalchemy as sa
from alembic import op

revision = "d51b7e3f90a2"
down_revision = "c4e8b2a90d13"
branch_labels = None
depends_on = None

FILL = """
UPDATE lms_enrolment SET due_at = (
    SELECT CASE WHEN lms_enrolment.deadline_at > lms_edition.deadline_at
        THEN lms_enrolment.deadline_at ELSE lms_edition.deadline_at END
    FROM lms_edition WHERE lms_edition.id = lms_enrolment.edition_id
)
"""


def upgrade() -> None:
    op.add_column("lms_edition", sa.Column("deadline_on", sa.Date(), nullable=True))
    op.add_column("lms_extension", sa.Column("deadline_on", sa.Date(), nullable=True))
    op.add_column("lms_enrolment", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(FILL)
    with op.batch_alter_table("lms_enrolment") as batch:
        batch.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    op.drop_column("lms_enrolment", "due_at")
    op.drop_column("lms_extension", "deadline_on")
    op.drop_column("lms_edition", "deadline_on")
