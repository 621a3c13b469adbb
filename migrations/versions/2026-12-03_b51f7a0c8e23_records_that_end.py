"""Proposals to revoke completion records, and requests for their correction.

Locks: none; both tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "b51f7a0c8e23"
down_revision = "2b0d3f61a7c8"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "lms_record_revocation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column(
            "cause",
            _one_of("cause", "conditions-not-met", "other-person", "deception", "misuse-of-the-system"),
            nullable=False,
        ),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("words_length", BIG, nullable=False),
        sa.Column("state", _one_of("proposalstate", "proposed", "confirmed", "declined", "over"), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_lms_record_revocation_decided_or_open")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR decided_by <> proposed_by", name=op.f("ck_lms_record_revocation_two_officers")
        ),
        sa.ForeignKeyConstraint(
            ["record"], ["lms_record_subject.record"], name=op.f("fk_lms_record_revocation_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_record_revocation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_record_revocation_public_id")),
    )
    op.create_index(op.f("ix_lms_record_revocation_record"), "lms_record_revocation", ["record"])
    _one_open("lms_record_revocation", "proposed")
    op.create_table(
        "lms_record_correction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("sealed_wanted", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state", _one_of("requeststate", "asked", "granted", "refused", "taken-back", "over"), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_lms_record_correction_decided_or_open")
        ),
        sa.CheckConstraint(
            "(state = 'granted') = (successor IS NOT NULL)",
            name=op.f("ck_lms_record_correction_granted_with_successor"),
        ),
        sa.ForeignKeyConstraint(
            ["record"], ["lms_record_subject.record"], name=op.f("fk_lms_record_correction_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_record_correction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_record_correction_public_id")),
    )
    op.create_index(op.f("ix_lms_record_correction_record"), "lms_record_correction", ["record"])
    _one_open("lms_record_correction", "asked")


def _one_open(table: str, state: str) -> None:
    where = sa.text(f"state = '{state}'")
    op.create_index(f"uq_{table}_one_open", table, ["record"], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("lms_record_correction")
    op.drop_table("lms_record_revocation")
