"""Records for editions from before this system, proposed by one officer and confirmed by another.

Locks: none; the tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "c32a7e5d9f43"
down_revision = "2f40d8b17c63"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("proposed", "confirmed", "declined", "over")


def upgrade() -> None:
    op.create_table(
        "lms_past_attestation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("sealed_source", sa.LargeBinary(), nullable=True),
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
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_lms_past_attestation_decided_or_open")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR decided_by <> proposed_by", name=op.f("ck_lms_past_attestation_two_officers")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_past_attestation_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_past_attestation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_past_attestation_public_id")),
    )
    op.create_index(op.f("ix_lms_past_attestation_edition_id"), "lms_past_attestation", ["edition_id"])
    op.create_index(
        "uq_lms_past_attestation_one_open",
        "lms_past_attestation",
        ["edition_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "lms_past_place",
        sa.Column("attestation_id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["attestation_id"], ["lms_past_attestation.id"], name=op.f("fk_lms_past_place_attestation_id")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_past_place_enrolment_id")),
        sa.PrimaryKeyConstraint("attestation_id", "enrolment_id", name=op.f("pk_lms_past_place")),
    )
    op.create_index(op.f("ix_lms_past_place_enrolment_id"), "lms_past_place", ["enrolment_id"])


def downgrade() -> None:
    op.drop_table("lms_past_place")
    op.drop_table("lms_past_attestation")
