"""Letters that were sent and came back, what people want of letters, and reminders of editions.

Locks: none; the tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "fea7c3d95b20"
down_revision = "f5d0a6b18c42"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lms_letter",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("identity_id", BIG, nullable=True),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.Column("sent_at", AT, nullable=True),
        sa.Column("withheld_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["lms_identity.id"], name=op.f("fk_lms_letter_identity_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_letter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_letter_public_id")),
    )
    op.create_index(op.f("ix_lms_letter_person_id"), "lms_letter", ["person_id"])
    op.create_table(
        "lms_mail_choice",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("says_little", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_mail_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_mail_choice")),
        sa.UniqueConstraint("handle", name=op.f("uq_lms_mail_choice_handle")),
    )
    op.create_table(
        "lms_mail_failure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("letter_id", BIG, nullable=False),
        sa.Column("identity_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted_at", AT, nullable=False),
        sa.Column("over_at", AT, nullable=True),
        sa.Column("over_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint("kind IN ('permanent', 'temporary')", name=op.f("ck_lms_mail_failure_failurekind")),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["lms_identity.id"], name=op.f("fk_lms_mail_failure_identity_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["lms_letter.id"], name=op.f("fk_lms_mail_failure_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_mail_failure")),
        sa.UniqueConstraint("letter_id", "kind", name=op.f("uq_lms_mail_failure_letter_id_kind")),
    )
    op.create_index(op.f("ix_lms_mail_failure_identity_id"), "lms_mail_failure", ["identity_id"])
    op.create_table(
        "lms_reminder_sending",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("letters", BIG, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_reminder_sending_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_reminder_sending")),
        sa.UniqueConstraint("edition_id", "client_key", name=op.f("uq_lms_reminder_sending_edition_id_client_key")),
    )
    op.create_table(
        "lms_reminder_text",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_reminder_text_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_reminder_text")),
    )
    op.create_index(op.f("ix_lms_reminder_text_edition_id_language"), "lms_reminder_text", ["edition_id", "language"])
    op.create_table(
        "lms_weekly_reminder",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_weekly_reminder_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_weekly_reminder")),
    )
    op.create_index(op.f("ix_lms_weekly_reminder_edition_id"), "lms_weekly_reminder", ["edition_id"])


def downgrade() -> None:
    for name in ("weekly_reminder", "reminder_text", "reminder_sending", "mail_failure", "mail_choice", "letter"):
        op.drop_table(f"lms_{name}")
