"""Who was left out of a sending of reminders, and why; and a name for each sending in addresses.

Of what was sent before, it is not known. Locks: PostgreSQL holds the table of sendings, which has a row for each act,
while its rows are named.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "a7c2e9041bd6"
down_revision = "e1ba503c7f26"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REASONS = ("erased", "not-invited", "finished", "no-address", "bounced", "unsubscribed", "cap")


def upgrade() -> None:
    op.add_column("lms_reminder_sending", sa.Column("public_id", sa.String(32), nullable=True))
    op.add_column(
        "lms_reminder_sending", sa.Column("told_apart", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    sendings = sa.table("lms_reminder_sending", sa.column("id"), sa.column("public_id"))
    for number in op.get_bind().scalars(sa.select(sendings.c.id)).all():
        op.execute(sendings.update().where(sendings.c.id == number).values(public_id=secrets.token_urlsafe(16)))
    with op.batch_alter_table("lms_reminder_sending") as table:
        table.alter_column("public_id", existing_type=sa.String(32), nullable=False)
        table.alter_column("told_apart", existing_type=sa.Boolean(), server_default=None)
        table.create_unique_constraint(op.f("uq_lms_reminder_sending_public_id"), ["public_id"])
    op.create_table(
        "lms_reminder_left_out",
        sa.Column("sending_id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("reason", sa.Enum(*REASONS, name="leftout", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["sending_id"], ["lms_reminder_sending.id"], name=op.f("fk_lms_reminder_left_out_sending_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_reminder_left_out_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sending_id", "enrolment_id", name=op.f("pk_lms_reminder_left_out")),
    )  # fmt: skip
    op.create_index(op.f("ix_lms_reminder_left_out_enrolment_id"), "lms_reminder_left_out", ["enrolment_id"])


def downgrade() -> None:
    op.drop_table("lms_reminder_left_out")
    with op.batch_alter_table("lms_reminder_sending") as table:
        table.drop_constraint(op.f("uq_lms_reminder_sending_public_id"), type_="unique")
        table.drop_column("told_apart")
        table.drop_column("public_id")
