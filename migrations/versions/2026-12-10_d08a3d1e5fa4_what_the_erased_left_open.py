"""What people who were erased before this left open is closed, as it is from now on: their requests for a correction,
proposals about their address, certificates that wait for letters, and the source of a record from before this system.
Two checks get the names that the models give them.

Locks: lms_past_attestation and lms_reinvitation, for a moment. SQLite copies both; they are small.
"""

import sqlalchemy as sa
from alembic import op

revision = "d08a3d1e5fa4"
down_revision = "c98f3e1a5d04"
branch_labels = None
depends_on = None

STATES = "state IN ('proposed', 'confirmed', 'declined', 'over')"
TABLES = ("lms_past_attestation", "lms_reinvitation")
CLOSED = (
    "UPDATE lms_record_correction SET state = 'over', decided_at = CURRENT_TIMESTAMP WHERE state = 'asked'"
    " AND record IN (SELECT s.record FROM lms_record_subject s JOIN lms_person p ON p.id = s.person_id"
    " WHERE p.erased_at IS NOT NULL)",
    "DELETE FROM lms_certificate WHERE record IN (SELECT s.record FROM lms_record_subject s"
    " JOIN lms_person p ON p.id = s.person_id WHERE p.erased_at IS NOT NULL)",
    "UPDATE lms_reinvitation SET state = 'over', decided_at = CURRENT_TIMESTAMP WHERE state = 'proposed'"
    " AND person_id IN (SELECT id FROM lms_person WHERE erased_at IS NOT NULL)",
    "UPDATE lms_past_attestation SET sealed_source = NULL WHERE id IN ("
    "SELECT a.attestation_id FROM lms_past_place a JOIN lms_enrolment e ON e.id = a.enrolment_id"
    " JOIN lms_person p ON p.id = e.person_id WHERE p.erased_at IS NOT NULL)",
)


def upgrade() -> None:
    _renamed("paststate", "proposalstate")
    for statement in CLOSED:
        op.execute(sa.text(statement))


def downgrade() -> None:
    _renamed("proposalstate", "paststate")


def _renamed(old: str, new: str) -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_{old}"), type_="check")
            table.create_check_constraint(op.f(f"ck_{name}_{new}"), STATES)
