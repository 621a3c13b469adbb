"""The edition beside every stage that somebody reached, and in which order people came to it, asked and left.

Filled from the places. Locks: PostgreSQL holds the three tables against writing while they are filled and their indexes
built, about a minute for a million people.
"""

import sqlalchemy as sa
from alembic import op

revision = "e1ba503c7f26"
down_revision = "d3b70c5e91a2"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FILL = """
    UPDATE lms_stage_reached SET edition_id =
        (SELECT lms_enrolment.edition_id FROM lms_enrolment WHERE lms_enrolment.id = lms_stage_reached.enrolment_id)
"""


def upgrade() -> None:
    op.add_column("lms_stage_reached", sa.Column("edition_id", BIG, nullable=True))
    op.execute(FILL)
    with op.batch_alter_table("lms_stage_reached") as table:
        table.alter_column("edition_id", existing_type=BIG, nullable=False)
        table.create_foreign_key(op.f("fk_lms_stage_reached_edition_id"), "lms_edition", ["edition_id"], ["id"])
    op.create_index("ix_lms_stage_reached_edition", "lms_stage_reached", ["edition_id", "stage", "at", "enrolment_id"])
    op.create_index("ix_lms_enrolment_event_state", "lms_enrolment_event", ["state", "at"])
    op.create_index("ix_lms_participant_request_at", "lms_participant_request", ["at"])


def downgrade() -> None:
    op.drop_index("ix_lms_participant_request_at", table_name="lms_participant_request")
    op.drop_index("ix_lms_enrolment_event_state", table_name="lms_enrolment_event")
    op.drop_index("ix_lms_stage_reached_edition", table_name="lms_stage_reached")
    with op.batch_alter_table("lms_stage_reached") as table:
        table.drop_constraint(op.f("fk_lms_stage_reached_edition_id"), type_="foreignkey")
        table.drop_column("edition_id")
