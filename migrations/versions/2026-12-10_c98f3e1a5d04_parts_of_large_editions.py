"""How far those have come who have finished a module or everything, by state and sector.

Filled from what was noted. Locks: nothing; the tables are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "c98f3e1a5d04"
down_revision = "c4f1a7d2093e"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SECTORS = ("foreign-affairs", "justice", "defence", "interior", "education", "human-rights", "other")
STAGES = ("invited", "signed-in", "reading", "pre-reading", "attended", "recorded")
MODULES = """
    INSERT INTO lms_part_tally (edition_id, part, state_code, sector, stage, count)
    SELECT lms_enrolment.edition_id, 'module:' || lms_module_finished.module_key, lms_enrolment.state_code,
        lms_enrolment.sector, lms_stage_reached.stage, count(*)
    FROM lms_module_finished
    JOIN lms_enrolment ON lms_enrolment.id = lms_module_finished.enrolment_id
    JOIN lms_stage_reached ON lms_stage_reached.enrolment_id = lms_enrolment.id
    GROUP BY lms_enrolment.edition_id, lms_module_finished.module_key, lms_enrolment.state_code, lms_enrolment.sector,
        lms_stage_reached.stage
"""
COMPLETE = """
    INSERT INTO lms_part_tally (edition_id, part, state_code, sector, stage, count)
    SELECT lms_enrolment.edition_id, 'complete', lms_enrolment.state_code, lms_enrolment.sector,
        lms_stage_reached.stage, count(*)
    FROM lms_stage_reached AS complete
    JOIN lms_enrolment ON lms_enrolment.id = complete.enrolment_id
    JOIN lms_stage_reached ON lms_stage_reached.enrolment_id = complete.enrolment_id
    WHERE complete.stage = 'pre-reading' AND lms_enrolment.state IN ('invited', 'accepted')
    GROUP BY lms_enrolment.edition_id, lms_enrolment.state_code, lms_enrolment.sector, lms_stage_reached.stage
"""


def upgrade() -> None:
    op.create_table(
        "lms_part_tally",
        *_place(),
        sa.Column("count", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_part_tally_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "part", "state_code", "sector", "stage", name=op.f("pk_lms_part_tally")),
    )
    op.create_table(
        "lms_part_tally_delta",
        sa.Column("id", BIG, nullable=False),
        *_place(),
        sa.Column("change", BIG, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_part_tally_delta_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_part_tally_delta")),
    )
    op.create_index("ix_lms_part_tally_delta_edition_id", "lms_part_tally_delta", ["edition_id", "part"])
    op.execute(MODULES)
    op.execute(COMPLETE)


def _place() -> list[sa.Column]:
    return [
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("part", sa.String(length=120), nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.Column("sector", _choice("sector", SECTORS), nullable=False),
        sa.Column("stage", _choice("stage", STAGES), nullable=False),
    ]


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    op.drop_table("lms_part_tally_delta")
    op.drop_table("lms_part_tally")
