"""Imports that the worker takes back, and of one file sent twice only one: a state and a key.

Locks: lms_import, for a moment; SQLite copies it. Going down fails while an import is being taken back: nothing older can
say it.
"""

import sqlalchemy as sa
from alembic import op

revision = "c4f1a7d2093e"
down_revision = "b87f2c0d4e93"
branch_labels = None
depends_on = None

BEFORE = ("rehearsing", "rehearsed", "saving", "saved", "discarded", "undone")
AFTER = (*BEFORE, "undoing")


def upgrade() -> None:
    _states(AFTER)
    with op.batch_alter_table("lms_import") as table:
        table.add_column(sa.Column("client_key", sa.String(length=64), nullable=True))
        table.create_unique_constraint(op.f("uq_lms_import_edition_id_client_key"), ["edition_id", "client_key"])


def downgrade() -> None:
    with op.batch_alter_table("lms_import") as table:
        table.drop_constraint(op.f("uq_lms_import_edition_id_client_key"), type_="unique")
        table.drop_column("client_key")
    _states(BEFORE)


def _states(states: tuple[str, ...]) -> None:
    check = op.f("ck_lms_import_importstate")
    with op.batch_alter_table("lms_import") as table:
        table.drop_constraint(check, type_="check")
        table.create_check_constraint(check, f"state IN ({', '.join(repr(state) for state in states)})")
