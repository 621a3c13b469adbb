"""Mandates that change hands in one act, and that the end of one was written to those concerned.

Focal points and evaluators get a last day: whoever was given a mandate without one keeps it for a year from today.

Locks: the two tables are new; the few mandates without an end are changed.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "ffb1c9d27f40"
down_revision = "fea7c3d95b20"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUCCESSION, TOLD = "lms_mandate_succession", "lms_mandate_end_told"


def upgrade() -> None:
    op.create_table(
        SUCCESSION,
        sa.Column("successor_id", BIG, nullable=False),
        sa.Column("replaced_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["successor_id"], ["lms_mandate.id"], name=op.f(f"fk_{SUCCESSION}_successor_id")),
        sa.ForeignKeyConstraint(["replaced_id"], ["lms_mandate.id"], name=op.f(f"fk_{SUCCESSION}_replaced_id")),
        sa.PrimaryKeyConstraint("successor_id", name=op.f(f"pk_{SUCCESSION}")),
    )
    op.create_index(op.f(f"ix_{SUCCESSION}_replaced_id"), SUCCESSION, ["replaced_id"])
    op.create_table(
        TOLD,
        sa.Column("mandate_id", BIG, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mandate_id"], ["lms_mandate.id"], name=op.f(f"fk_{TOLD}_mandate_id")),
        sa.PrimaryKeyConstraint("mandate_id", "until", name=op.f(f"pk_{TOLD}")),
    )
    mandate = sa.table("lms_mandate", sa.column("role", sa.String), sa.column("until", sa.Date))
    endless = mandate.c.until.is_(None) & mandate.c.role.in_(("focal-point", "evaluator"))
    in_a_year = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=365)
    op.execute(mandate.update().where(endless).values(until=in_a_year))


def downgrade() -> None:
    op.drop_table(TOLD)
    op.drop_table(SUCCESSION)
