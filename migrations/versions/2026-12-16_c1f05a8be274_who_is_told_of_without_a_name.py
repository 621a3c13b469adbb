"""Whether it was told last of somebody that they are not to be named. Whoever is marked already is told of anew.

Locks: nothing for longer than a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "c1f05a8be274"
down_revision = "b4d1f7a03c92"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lms_feed_person", sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("lms_feed_person") as table:
        table.alter_column("withheld", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("lms_feed_person") as table:
        table.drop_column("withheld")
