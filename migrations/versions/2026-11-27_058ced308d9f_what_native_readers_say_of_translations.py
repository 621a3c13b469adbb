"""What native readers say of translations: confirmed, or taken back with a reason.

Locks: none; the table is new. Its triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op

revision = "058ced308d9f"
down_revision = "27437ccdc217"
branch_labels = None
depends_on = None

TABLE = "lms_translation_confirmation"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Said is said: the database itself refuses to change or remove it.
REFUSES = {
    "sqlite": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'confirmations are append-only'); END"
    ),
    "postgresql": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_confirmations_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_confirmations_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'confirmations are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("revision_id", BIG, nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "confirmed", "taken-back", name="confirmationact", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(act = 'taken-back') = (sealed_reason IS NOT NULL)",
            name=op.f("ck_lms_translation_confirmation_taken_back_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["lms_person.id"], name=op.f("fk_lms_translation_confirmation_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["lms_unit_revision.id"], name=op.f("fk_lms_translation_confirmation_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_translation_confirmation")),
    )
    op.create_index(op.f("ix_lms_translation_confirmation_revision_id"), TABLE, ["revision_id"])
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(verb=verb))


def downgrade() -> None:
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_confirmations_are_append_only()")
