"""Words that readers propose for the terms of a glossary, and what became of each.

Locks: none; both tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "7d4749e95f46"
down_revision = "058ced308d9f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lms_term_proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("word", sa.String(length=200), nullable=False),
        sa.Column("sealed_remark", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_term_proposal_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["lms_course_version.id"], name=op.f("fk_lms_term_proposal_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_term_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_term_proposal_public_id")),
    )
    with op.batch_alter_table("lms_term_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_term_proposal_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lms_term_proposal_version_id"), ["version_id"], unique=False)

    op.create_table(
        "lms_term_proposal_outcome",
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "withdrawn",
                "taken-up",
                "declined",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'declined' OR reason <> ''", name=op.f("ck_lms_term_proposal_outcome_declined_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["lms_term_proposal.id"], name=op.f("fk_lms_term_proposal_outcome_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_lms_term_proposal_outcome")),
    )


def downgrade() -> None:
    op.drop_table("lms_term_proposal_outcome")
    with op.batch_alter_table("lms_term_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_term_proposal_version_id"))
        batch_op.drop_index(batch_op.f("ix_lms_term_proposal_person_id"))

    op.drop_table("lms_term_proposal")
