"""The alumni feed: its events, what it told last of each person, its partners and their tokens.

What is true already is told by the worker after the start. Locks: nothing; the tables are new.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2a7c40d9e615"
down_revision = "2a71c5e90b44"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AT = sa.DateTime(timezone=True)
KINDS = (
    "alumni.status.opened",
    "alumni.status.changed",
    "alumni.status.ended",
    "record.issued",
    "record.ended",
    "person.name-corrected",
    "person.erased",
)


def upgrade() -> None:
    op.create_table(
        "lms_feed_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=True),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="eventkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_lms_feed_event_placed")),
        sa.ForeignKeyConstraint(["entry_id"], ["lms_ledger_entry.id"], name=op.f("fk_lms_feed_event_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_feed_event_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_feed_event")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_lms_feed_event_entry_id")),
        sa.UniqueConstraint("event", name=op.f("uq_lms_feed_event_event")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_lms_feed_event_person_id_number")),
        sa.UniqueConstraint("position", name=op.f("uq_lms_feed_event_position")),
    )
    op.create_index(
        "ix_lms_feed_event_waiting",
        "lms_feed_event",
        ["id"],
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "lms_feed_person",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("records", BIG, nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_feed_person_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_feed_person")),
    )
    op.create_table(
        "lms_feed_partner",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("confirmed_by", sa.String(length=40), nullable=True),
        sa.Column("confirmed_at", AT, nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.CheckConstraint('confirmed_by IS NULL OR confirmed_by <> "by"', name=op.f("ck_lms_feed_partner_two_people")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_lms_feed_partner_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_lms_feed_partner_ended_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_feed_partner")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_feed_partner_public_id")),
    )
    op.create_table(
        "lms_feed_token",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("used_at", AT, nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["lms_feed_partner.id"], name=op.f("fk_lms_feed_token_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_feed_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_feed_token_public_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_lms_feed_token_token_digest")),
    )
    op.create_index(op.f("ix_lms_feed_token_partner_id"), "lms_feed_token", ["partner_id"])


def downgrade() -> None:
    for table in ("lms_feed_token", "lms_feed_partner", "lms_feed_person", "lms_feed_event"):
        op.drop_table(table)
