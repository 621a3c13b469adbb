"""Imports of nominations with their rows, and long work that the worker does in pieces.

Locks: an index is added to `lms_enrolment`, which on PostgreSQL keeps others from writing there while it is built.
"""

import sqlalchemy as sa
from alembic import op

revision = "f3a7e19b3c60"
down_revision = "f1d20c4be915"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
UNDERTAKING_STATES = ("running", "done", "refused")
IMPORT_STATES = ("rehearsing", "rehearsed", "saving", "saved", "discarded", "undone")
VERDICTS = ("new", "changed", "same", "refused")


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "lms_undertaking",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("state", _choice("undertakingstate", UNDERTAKING_STATES), nullable=False),
        sa.Column("done", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("outcome", JSON, nullable=False),
        sa.CheckConstraint(
            "(state = 'running') = (ended_at IS NULL)", name=op.f("ck_lms_undertaking_ended_or_running")
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_lms_undertaking_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_undertaking")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_undertaking_public_id")),
    )
    op.create_index(op.f("ix_lms_undertaking_about"), "lms_undertaking", ["about"])
    op.create_table(
        "lms_import",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state", _choice("importstate", IMPORT_STATES), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_head", sa.LargeBinary(), nullable=True),
        sa.Column("undertaking", sa.String(length=32), nullable=True),
        sa.Column("saved_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_import_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_import_public_id")),
    )
    op.create_index(op.f("ix_lms_import_edition_id"), "lms_import", ["edition_id"])
    op.create_table(
        "lms_import_row",
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed_cells", sa.LargeBinary(), nullable=True),
        sa.Column("blind", sa.String(length=64), nullable=True),
        sa.Column("knot", sa.String(length=32), nullable=True),
        sa.Column("verdict", _choice("verdict", VERDICTS), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("column", sa.String(length=80), nullable=True),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("person_made", sa.Boolean(), nullable=False),
        sa.Column("sealed_before", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_import_row_enrolment_id")),
        sa.ForeignKeyConstraint(["import_id"], ["lms_import.id"], name=op.f("fk_lms_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_lms_import_row")),
    )
    op.create_index(op.f("ix_lms_import_row_enrolment_id"), "lms_import_row", ["enrolment_id"])
    op.create_index("ix_lms_import_row_blind", "lms_import_row", ["import_id", "blind"])
    op.create_index("ix_lms_import_row_verdict", "lms_import_row", ["import_id", "verdict", "number"])
    op.create_table(
        "lms_import_institution",
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["lms_import.id"], name=op.f("fk_lms_import_institution_import_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["lms_institution.id"], name=op.f("fk_lms_import_institution_institution_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "institution_id", name=op.f("pk_lms_import_institution")),
    )
    # Without it the removal of many places looks through all of them for each.
    op.create_index(op.f("ix_lms_enrolment_replaced_by_id"), "lms_enrolment", ["replaced_by_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_lms_enrolment_replaced_by_id"), table_name="lms_enrolment")
    for name in ("lms_import_institution", "lms_import_row", "lms_import", "lms_undertaking"):
        op.drop_table(name)
