"""Which states are asked to nominate people for an edition, for how many places, and when they answered.

Locks: nothing; the table is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "2a71c5e90b44"
down_revision = "2a6e0d94c5b1"
branch_labels = None
depends_on = None

TABLE = "lms_nomination_call"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.Column("places", BIG, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint("places >= 0", name=op.f(f"ck_{TABLE}_some_places")),
        sa.CheckConstraint("answered_on IS NULL OR answered_on >= sent_on", name=op.f(f"ck_{TABLE}_in_order")),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f(f"fk_{TABLE}_edition_id")),
        sa.ForeignKeyConstraint(["state_code"], ["lms_state.code"], name=op.f(f"fk_{TABLE}_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("edition_id", "state_code", name=op.f(f"uq_{TABLE}_edition_id_state_code")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
