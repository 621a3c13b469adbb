"""Who signs the certificates of records to come.

Locks: nothing; the table is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "b87f2c0d4e93"
down_revision = "b87fc2a04e93"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lms_signature_lines",
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_lms_signature_lines")),
    )


def downgrade() -> None:
    op.drop_table("lms_signature_lines")
