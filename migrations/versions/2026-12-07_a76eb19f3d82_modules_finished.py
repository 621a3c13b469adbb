"""Who has finished which module, noted and counted; and the order of long lists within an institution, a sector and a
step.

Filled from what has been read. Locks: PostgreSQL holds lms_enrolment against writing while its three indexes are built,
a few seconds for a million rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "a76eb19f3d82"
down_revision = "f65d0a8c2e71"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = {
    "ix_lms_enrolment_edition_institution": ["edition_id", "institution_id", "state_code", "id"],
    "ix_lms_enrolment_edition_sector": ["edition_id", "sector", "state_code", "institution_id", "id"],
    "ix_lms_enrolment_edition_step": ["edition_id", "state", "state_code", "institution_id", "id"],
}
FINISHED = """
    INSERT INTO lms_module_finished (enrolment_id, module_key, edition_id)
    SELECT lms_enrolment.id, lms_version_module.key, lms_enrolment.edition_id
    FROM lms_enrolment
    JOIN lms_enrolment_progress ON lms_enrolment_progress.enrolment_id = lms_enrolment.id
    JOIN lms_edition_version ON lms_edition_version.id =
        (SELECT max(id) FROM lms_edition_version WHERE edition_id = lms_enrolment.edition_id)
    JOIN lms_version_module ON lms_version_module.version_id = lms_edition_version.version_id
    JOIN lms_version_unit ON lms_version_unit.module_id = lms_version_module.id
    JOIN lms_unit_revision ON lms_unit_revision.id = lms_version_unit.revision_id
    JOIN lms_unit_progress ON lms_unit_progress.enrolment_id = lms_enrolment.id
        AND lms_unit_progress.unit_id = lms_version_unit.unit_id
        AND lms_unit_progress.substance = lms_unit_revision.substance AND lms_unit_progress.state = 'done'
    WHERE lms_enrolment.state IN ('invited', 'accepted') AND lms_enrolment_progress.completed_at IS NULL
    GROUP BY lms_enrolment.id, lms_enrolment.edition_id, lms_version_module.id, lms_version_module.key
    HAVING count(*) = (SELECT count(*) FROM lms_version_unit WHERE module_id = lms_version_module.id)
"""
COUNTS = """
    INSERT INTO lms_edition_count (edition_id, what, count)
    SELECT edition_id, 'module:' || module_key, count(*) FROM lms_module_finished GROUP BY edition_id, module_key
"""


def upgrade() -> None:
    op.create_table(
        "lms_module_finished",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("module_key", sa.String(length=80), nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_module_finished_edition_id")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_module_finished_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "module_key", name=op.f("pk_lms_module_finished")),
    )
    op.create_index("ix_lms_module_finished_edition", "lms_module_finished", ["edition_id", "module_key"])
    for name, columns in INDEXES.items():
        op.create_index(name, "lms_enrolment", columns)
    op.execute(FINISHED)
    op.execute(COUNTS)


def downgrade() -> None:
    op.execute("DELETE FROM lms_edition_count WHERE what LIKE 'module:%'")
    op.execute("DELETE FROM lms_edition_count_delta WHERE what LIKE 'module:%'")
    for name in INDEXES:
        op.drop_index(name, table_name="lms_enrolment")
    op.drop_table("lms_module_finished")
