"""The contact log of participants, what coordinators have seen of editions, and an index of letters that failed.

Locks: the index is made on lms_job, which waits for nobody on SQLite and keeps writers of jobs waiting on PostgreSQL
for as long as reading the table takes. The tables are new. The triggers are written out here as they were on the first
day.
"""

import sqlalchemy as sa
from alembic import op

revision = "f1d20c4be915"
down_revision = "e8a4c1d70b35"
branch_labels = None
depends_on = None

TABLE = "lms_contact_note"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = sa.Enum("called", "wrote", "met", name="contactkind", native_enum=False, create_constraint=True, length=32)
DEAD = sa.text("state = 'dead'")

# Noted is noted: the database itself refuses to change or remove it.
REFUSES = {
    "sqlite": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'the contact log is append-only'); END"
    ),
    "postgresql": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{verb}} ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_contact_notes_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_contact_notes_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the contact log is append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(32), nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("client_key", sa.String(64), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("by_person_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_person_id"], ["lms_person.id"], name=op.f(f"fk_{TABLE}_by_person_id")),
        sa.ForeignKeyConstraint(["corrects_id"], [f"{TABLE}.id"], name=op.f(f"fk_{TABLE}_corrects_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f(f"fk_{TABLE}_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("corrects_id", name=op.f(f"uq_{TABLE}_corrects_id")),
        sa.UniqueConstraint("enrolment_id", "client_key", name=op.f(f"uq_{TABLE}_enrolment_id_client_key")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
    )
    op.create_table(
        "lms_edition_seen",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_edition_seen_edition_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_edition_seen_person_id")),
        sa.PrimaryKeyConstraint("person_id", "edition_id", name=op.f("pk_lms_edition_seen")),
    )
    op.create_index("ix_lms_job_dead", "lms_job", ["kind"], sqlite_where=DEAD, postgresql_where=DEAD)
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(verb=verb))


def downgrade() -> None:
    op.drop_index("ix_lms_job_dead", "lms_job")
    op.drop_table("lms_edition_seen")
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_contact_notes_are_append_only()")
