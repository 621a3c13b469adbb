"""By what the place of somebody without an address is found when their list is imported again.

Locks: nothing for longer than a moment; the index holds no row that is there already.
"""

import sqlalchemy as sa
from alembic import op

revision = "d7a90c35e4b1"
down_revision = "c1f05a8be274"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lms_enrolment", sa.Column("name_blind", sa.String(length=64), nullable=True))
    op.create_index("uq_lms_enrolment_name_blind", "lms_enrolment", ["edition_id", "name_blind"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_lms_enrolment_name_blind", table_name="lms_enrolment")
    op.drop_column("lms_enrolment", "name_blind")
