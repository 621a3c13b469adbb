"""The yearly question to members, and other addresses for alumni whose mailbox is lost.

Locks: none; the tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "d43b8f6e0a54"
down_revision = "c32a7e5d9f43"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("proposed", "confirmed", "declined", "over")


def upgrade() -> None:
    op.create_table(
        "lms_membership_ask",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("step_id", BIG, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_membership_ask_person_id")),
        sa.ForeignKeyConstraint(["step_id"], ["lms_membership_step.id"], name=op.f("fk_lms_membership_ask_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_membership_ask")),
        sa.UniqueConstraint("digest", name=op.f("uq_lms_membership_ask_digest")),
    )
    op.create_index(op.f("ix_lms_membership_ask_person_id"), "lms_membership_ask", ["person_id"])
    op.create_index(op.f("ix_lms_membership_ask_step_id"), "lms_membership_ask", ["step_id"])
    op.create_table(
        "lms_reinvitation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="paststate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_lms_reinvitation_decided_or_open")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR decided_by <> proposed_by", name=op.f("ck_lms_reinvitation_two_officers")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_reinvitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_reinvitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_reinvitation_public_id")),
    )
    op.create_index(op.f("ix_lms_reinvitation_person_id"), "lms_reinvitation", ["person_id"])
    op.create_index(
        "uq_lms_reinvitation_one_open",
        "lms_reinvitation",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("lms_reinvitation")
    op.drop_table("lms_membership_ask")
