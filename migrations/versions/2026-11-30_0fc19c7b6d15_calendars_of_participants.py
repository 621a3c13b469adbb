"""Calendars of participants: their secret addresses, half-days that were called off, and how often an edition changed.

Locks: lms_edition, for a moment; the other tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0fc19c7b6d15"
down_revision = "fff6d2e94a07"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lms_calendar_address",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_calendar_address_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_calendar_address")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_lms_calendar_address_token_digest")),
    )
    op.create_table(
        "lms_called_off",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("half IN ('morning', 'afternoon')", name=op.f("ck_lms_called_off_halfday")),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_called_off_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_called_off")),
    )
    op.create_index(op.f("ix_lms_called_off_edition_id"), "lms_called_off", ["edition_id"])
    op.add_column("lms_edition", sa.Column("revision", BIG, nullable=True))
    op.add_column("lms_edition", sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE lms_edition SET revision = 0, revised_at = created_at")
    with op.batch_alter_table("lms_edition") as batch:
        batch.alter_column("revision", existing_type=BIG, nullable=False)
        batch.alter_column("revised_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    op.drop_column("lms_edition", "revised_at")
    op.drop_column("lms_edition", "revision")
    op.drop_table("lms_called_off")
    op.drop_table("lms_calendar_address")
