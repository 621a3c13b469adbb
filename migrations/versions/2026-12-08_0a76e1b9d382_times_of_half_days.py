"""From when to when the half-days of an edition take up a calendar, as they were for every edition until now.

Locks: lms_edition, for a moment; columns with a value for every row are added. SQLite copies lms_edition.
"""

import sqlalchemy as sa
from alembic import op

revision = "0a76e1b9d382"
down_revision = "a76eb19f3d82"
branch_labels = None
depends_on = None

HOURS = {
    "morning_from": "08:00:00",
    "morning_until": "13:00:00",
    "afternoon_from": "13:00:00",
    "afternoon_until": "18:00:00",
}


def upgrade() -> None:
    with op.batch_alter_table("lms_edition") as table:
        for name, value in HOURS.items():
            table.add_column(sa.Column(name, sa.Time(), nullable=False, server_default=value))
    with op.batch_alter_table("lms_edition") as table:
        for name in HOURS:
            table.alter_column(name, server_default=None)
        table.create_check_constraint(
            op.f("ck_lms_edition_hours_in_order"),
            "morning_from < morning_until AND morning_until <= afternoon_from AND afternoon_from < afternoon_until",
        )


def downgrade() -> None:
    with op.batch_alter_table("lms_edition") as table:
        table.drop_constraint(op.f("ck_lms_edition_hours_in_order"), type_="check")
        for name in reversed(HOURS):
            table.drop_column(name)
