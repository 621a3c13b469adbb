"""Certificates that were asked for, what holders let others see, and how often others looked.

Locks: nothing; the tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "4d8c1f7ab263"
down_revision = "a10e5c3b7d21"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lms_certificate",
        sa.Column("id", BIG, nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("script", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(state = 'ready') = (sealed IS NOT NULL)", name=op.f("ck_lms_certificate_ready_or_not")),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'lacking')", name=op.f("ck_lms_certificate_certificatestate")
        ),
        sa.ForeignKeyConstraint(
            ["record"], ["lms_record_subject.record"], name=op.f("fk_lms_certificate_record_lms_record_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_certificate")),
        sa.UniqueConstraint("record", "language", name=op.f("uq_lms_certificate_record_language")),
    )
    op.create_table(
        "lms_record_name_showing",
        sa.Column("id", BIG, nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record"], ["lms_record_subject.record"], name=op.f("fk_lms_record_name_showing_record_lms_record_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_record_name_showing")),
    )
    op.create_index(op.f("ix_lms_record_name_showing_record"), "lms_record_name_showing", ["record"])
    op.create_table(
        "lms_record_share",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["record"], ["lms_record_subject.record"], name=op.f("fk_lms_record_share_record_lms_record_subject")
        ),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_lms_record_share")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lms_record_share_token_hash")),
    )
    op.create_index(op.f("ix_lms_record_share_record"), "lms_record_share", ["record"])
    op.create_table(
        "lms_record_looks",
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["record"], ["lms_record_public.record"], name=op.f("fk_lms_record_looks_record_lms_record_public")
        ),
        sa.PrimaryKeyConstraint("record", "day", name=op.f("pk_lms_record_looks")),
    )


def downgrade() -> None:
    for table in ("lms_record_looks", "lms_record_share", "lms_record_name_showing", "lms_certificate"):
        op.drop_table(table)
