"""Into which entry another one of the same person was joined.

Locks: none to speak of; a column without a value is added. SQLite copies lms_person.
"""

import sqlalchemy as sa
from alembic import op

revision = "fff6d2e94a07"
down_revision = "1bd93c6a52ff"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("lms_person") as table:
        table.add_column(sa.Column("joined_into_id", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_lms_person_joined_into_id"), "lms_person", ["joined_into_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("lms_person") as table:
        table.drop_constraint(op.f("fk_lms_person_joined_into_id"), type_="foreignkey")
        table.drop_column("joined_into_id")
