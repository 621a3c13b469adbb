"""Places for which a record from before this system was attested have come as far as a record.

Locks: the rows it writes; there are as many as people of past editions were attested.
"""

from alembic import op

revision = "e54c9d7f1b60"
down_revision = "d43b8f6e0a54"
branch_labels = None
depends_on = None

_ATTESTED = """
    SELECT s.enrolment_id, 'recorded', s.issued_at
    FROM lms_record_subject s JOIN lms_enrolment e ON e.id = s.enrolment_id
    WHERE e.state = 'nominated' AND s.correction = 0
"""


def upgrade() -> None:
    op.execute(
        f"INSERT INTO lms_stage_reached (enrolment_id, stage, at) {_ATTESTED} AND NOT EXISTS "  # noqa: S608
        "(SELECT 1 FROM lms_stage_reached r WHERE r.enrolment_id = s.enrolment_id AND r.stage = 'recorded')"
    )


def downgrade() -> None:
    op.execute(
        "DELETE FROM lms_stage_reached WHERE stage = 'recorded' AND enrolment_id IN "
        "(SELECT id FROM lms_enrolment WHERE state = 'nominated')"
    )
