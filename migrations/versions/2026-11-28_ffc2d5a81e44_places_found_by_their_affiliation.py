"""Places are found by the affiliation they keep: without an index, the removal of one looks through all places.

Locks: PostgreSQL keeps others from writing to `lms_enrolment` while the index is built, a second for a million rows.
"""

from alembic import op

revision = "ffc2d5a81e44"
down_revision = "ffb1c9d27f40"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_lms_enrolment_affiliation_id"), "lms_enrolment", ["affiliation_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_lms_enrolment_affiliation_id"), table_name="lms_enrolment")
