"""Receipts of forms, by which what is sent twice is done once.

Locks: nothing; the table is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "d3b70c5e91a2"
down_revision = "d20a94f2b6e1"
branch_labels = None
depends_on = None

TABLE = "lms_form_receipt"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("made", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("by", "client_key", name=op.f(f"uq_{TABLE}_by_client_key")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
