"""Nominations by focal points, sealed until a coordinator takes them over.

Locks: nothing; the table is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "2b84e1d70c39"
down_revision = "b51f7a0c8e23"
branch_labels = None
depends_on = None

TABLE = "lms_nomination"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = sa.Enum(
    "waiting", "taken", "left", name="nominationstate", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("by_person_id", BIG, nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("blind", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("person_id", BIG, nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f(f"ck_{TABLE}_decided_once")),
        sa.CheckConstraint("(state = 'taken') = (enrolment_id IS NOT NULL)", name=op.f(f"ck_{TABLE}_taken_somewhere")),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f(f"fk_{TABLE}_edition_id")),
        sa.ForeignKeyConstraint(["by_person_id"], ["lms_person.id"], name=op.f(f"fk_{TABLE}_by_person_id")),
        sa.ForeignKeyConstraint(["state_code"], ["lms_state.code"], name=op.f(f"fk_{TABLE}_state_code")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f(f"fk_{TABLE}_enrolment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f(f"fk_{TABLE}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
        sa.UniqueConstraint("by_person_id", "client_key", name=op.f(f"uq_{TABLE}_by_person_id_client_key")),
        sa.UniqueConstraint(
            "edition_id", "by_person_id", "blind", name=op.f(f"uq_{TABLE}_edition_id_by_person_id_blind")
        ),
    )
    op.create_index("ix_lms_nomination_edition_state", TABLE, ["edition_id", "state"])
    op.create_index(op.f("ix_lms_nomination_enrolment_id"), TABLE, ["enrolment_id"])
    op.create_index(op.f("ix_lms_nomination_person_id"), TABLE, ["person_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
