"""Introductions between members, whom somebody has shut out, and what was reported.

Locks: none; the tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "b21f6d4c8e32"
down_revision = "3b7fa1e05d22"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "lms_introduction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("asker_id", BIG, nullable=False),
        sa.Column("asked_id", BIG, nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=False),
        _moment("at"),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        _moment("answered_at", nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (accepted IS NULL)", name=op.f("ck_lms_introduction_answered_one_way")
        ),
        sa.CheckConstraint("asker_id <> asked_id", name=op.f("ck_lms_introduction_two_people")),
        sa.ForeignKeyConstraint(["asked_id"], ["lms_person.id"], name=op.f("fk_lms_introduction_asked_id")),
        sa.ForeignKeyConstraint(["asker_id"], ["lms_person.id"], name=op.f("fk_lms_introduction_asker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_introduction")),
        sa.UniqueConstraint("asker_id", "client_key", name=op.f("uq_lms_introduction_asker_id_client_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_introduction_public_id")),
    )
    op.create_index(op.f("ix_lms_introduction_asked_id"), "lms_introduction", ["asked_id"])
    op.create_index(op.f("ix_lms_introduction_asker_id"), "lms_introduction", ["asker_id"])
    op.create_table(
        "lms_introduction_block",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("blocked_id", BIG, nullable=False),
        _moment("at"),
        sa.ForeignKeyConstraint(["blocked_id"], ["lms_person.id"], name=op.f("fk_lms_introduction_block_blocked_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_introduction_block_person_id")),
        sa.PrimaryKeyConstraint("person_id", "blocked_id", name=op.f("pk_lms_introduction_block")),
    )
    op.create_table(
        "lms_introduction_report",
        sa.Column("introduction_id", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        _moment("at"),
        _moment("handled_at", nullable=True),
        sa.Column("handled_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(handled_at IS NULL) = (handled_by IS NULL)", name=op.f("ck_lms_introduction_report_handled_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["lms_introduction.id"], name=op.f("fk_lms_introduction_report_introduction_id")
        ),
        sa.PrimaryKeyConstraint("introduction_id", name=op.f("pk_lms_introduction_report")),
    )


def downgrade() -> None:
    for table in ("introduction_report", "introduction_block", "introduction"):
        op.drop_table(f"lms_{table}")
