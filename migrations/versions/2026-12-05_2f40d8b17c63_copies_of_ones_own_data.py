"""Copies of one's own data, kept for three days under the person's key.

Locks: nothing; the table is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "2f40d8b17c63"
down_revision = "b21f6d4c8e32"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lms_own_copy",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("work", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_data", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_pages", sa.LargeBinary(), nullable=True),
        sa.Column("script", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_own_copy_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_own_copy")),
    )


def downgrade() -> None:
    op.drop_table("lms_own_copy")
