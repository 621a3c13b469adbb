"""What large editions count beside the stages: places, and names awaited; and the order of their long lists.

The counts are filled from what is there. Locks: PostgreSQL holds lms_enrolment against writing while the index is
built, a second or two for a million rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "f5d0a6b18c42"
down_revision = "f3a7e19b3c60"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = "INSERT INTO lms_edition_count (edition_id, what, count) SELECT edition_id, '{what}', count(*) FROM {table} GROUP BY edition_id"
AWAITED = """
    INSERT INTO lms_name_awaited (enrolment_id, edition_id)
    SELECT lms_enrolment.id, lms_enrolment.edition_id FROM lms_enrolment
    JOIN lms_person ON lms_person.id = lms_enrolment.person_id
    WHERE lms_enrolment.state IN ('invited', 'accepted') AND lms_enrolment.first_seen_at IS NOT NULL
    AND lms_person.name_confirmed_at IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "lms_name_awaited",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_name_awaited_edition_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_name_awaited_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_lms_name_awaited")),
    )
    op.create_index(op.f("ix_lms_name_awaited_edition_id"), "lms_name_awaited", ["edition_id"])
    op.create_table(
        "lms_edition_count",
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_edition_count_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "what", name=op.f("pk_lms_edition_count")),
    )
    op.create_table(
        "lms_edition_count_delta",
        sa.Column("id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("change", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_edition_count_delta_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_edition_count_delta")),
    )
    op.create_index(op.f("ix_lms_edition_count_delta_edition_id"), "lms_edition_count_delta", ["edition_id"])
    place = ["edition_id", "state_code", "institution_id", "id"]
    op.create_index("ix_lms_enrolment_edition_place", "lms_enrolment", place)
    op.execute(AWAITED)
    op.execute(COUNTS.format(what="places", table="lms_enrolment"))
    op.execute(COUNTS.format(what="names-awaited", table="lms_name_awaited"))


def downgrade() -> None:
    op.drop_index("ix_lms_enrolment_edition_place", table_name="lms_enrolment")
    for table in ("lms_edition_count_delta", "lms_edition_count", "lms_name_awaited"):
        op.drop_table(table)
