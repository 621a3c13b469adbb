"""Who has not been seen in an edition, in the order of its list; and who has reached a stage.

Locks: PostgreSQL holds lms_enrolment and lms_stage_reached against writing while the indexes are built, a second or two
for a million rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "b87fc2a04e93"
down_revision = "0a76e1b9d382"
branch_labels = None
depends_on = None

UNSEEN = sa.text("first_seen_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_lms_enrolment_edition_unseen",
        "lms_enrolment",
        ["edition_id", "state_code", "institution_id", "id"],
        sqlite_where=UNSEEN,
        postgresql_where=UNSEEN,
    )
    op.create_index("ix_lms_stage_reached_stage", "lms_stage_reached", ["stage", "enrolment_id"])


def downgrade() -> None:
    op.drop_index("ix_lms_stage_reached_stage", table_name="lms_stage_reached")
    op.drop_index("ix_lms_enrolment_edition_unseen", table_name="lms_enrolment")
