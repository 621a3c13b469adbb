"""An index of who was joined into whom, asked of every person who is removed.

Locks: PostgreSQL builds it while writing to the table of people waits; a second for a million rows.
"""

from alembic import op

revision = "2b0d3f61a7c8"
down_revision = "4d8c1f7ab263"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_lms_person_joined_into_id", "lms_person", ["joined_into_id"])


def downgrade() -> None:
    op.drop_index("ix_lms_person_joined_into_id", table_name="lms_person")
