"""Keys of entries that were joined into another one, kept so that what is never written anew can still be read.

Locks: lms_identity, for a moment; the other table is new. SQLite copies lms_identity. Entries joined before have no key
here: everything of theirs was sealed anew, and what could not be was a reason not to join.
"""

import sqlalchemy as sa
from alembic import op

revision = "f65d0a8c2e71"
down_revision = "e54c9d7f1b60"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lms_former_key",
        sa.Column("former_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["former_id"], ["lms_person.id"], name=op.f("fk_lms_former_key_former_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_former_key_person_id")),
        sa.PrimaryKeyConstraint("former_id", name=op.f("pk_lms_former_key")),
    )
    op.create_index("ix_lms_former_key_person_id", "lms_former_key", ["person_id"])
    with op.batch_alter_table("lms_identity") as table:
        table.add_column(sa.Column("former_id", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_lms_identity_former_id"), "lms_person", ["former_id"], ["id"])
        table.create_index("ix_lms_identity_former_id", ["former_id"])


def downgrade() -> None:
    with op.batch_alter_table("lms_identity") as table:
        table.drop_index("ix_lms_identity_former_id")
        table.drop_constraint(op.f("fk_lms_identity_former_id"), type_="foreignkey")
        table.drop_column("former_id")
    op.drop_table("lms_former_key")
