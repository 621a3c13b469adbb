"""The alumni community: steps of membership, what is shown to whom, networks of states.

Locks: none; the tables are new. Their triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op

revision = "a10e5c3b7d21"
down_revision = "2a7c40d9e615"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STEPS = ("joined", "left", "confirmed", "hidden")
FIELDS = ("name", "state", "sector", "institution", "edition", "languages", "subjects")
AUDIENCES = ("nobody", "edition", "state", "network", "members")

# What somebody agreed to, and when, stays known: the database itself refuses to change or remove it.
APPEND_ONLY = ("lms_membership_step", "lms_directory_consent")
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lms_consents_are_append_only()"
    ),
}
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_consents_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'consents are append-only'; END $$"
)
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _membership()
    _directory()
    _networks()
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for table in APPEND_ONLY:
        for verb in VERBS[dialect]:
            op.execute(REFUSES[dialect].format(table=table, verb=verb))


def _membership() -> None:
    op.create_table(
        "lms_membership_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("step", _choice("step", STEPS), nullable=False),
        _moment("at"),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_membership_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_membership_step")),
    )
    op.create_index(op.f("ix_lms_membership_step_person_id"), "lms_membership_step", ["person_id"])
    op.create_table(
        "lms_member",
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("step_id", BIG, nullable=False),
        _moment("since"),
        _moment("confirmed_at"),
        _moment("hidden_at", nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_member_person_id")),
        sa.ForeignKeyConstraint(["step_id"], ["lms_membership_step.id"], name=op.f("fk_lms_member_step_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_member")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_member_public_id")),
        sa.UniqueConstraint("step_id", name=op.f("uq_lms_member_step_id")),
    )


def _directory() -> None:
    op.create_table(
        "lms_directory_consent",
        sa.Column("id", BIG, nullable=False),
        sa.Column("step_id", BIG, nullable=False),
        sa.Column("field", _choice("field", FIELDS), nullable=False),
        sa.Column("audience", _choice("audience", AUDIENCES), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        _moment("at"),
        sa.ForeignKeyConstraint(["step_id"], ["lms_membership_step.id"], name=op.f("fk_lms_directory_consent_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_directory_consent")),
    )
    op.create_index(op.f("ix_lms_directory_consent_step_id"), "lms_directory_consent", ["step_id"])
    op.create_table(
        "lms_directory_words",
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("changed_at"),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_directory_words_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_directory_words")),
    )


def _networks() -> None:
    op.create_table(
        "lms_network",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_network")),
        sa.UniqueConstraint("name", name=op.f("uq_lms_network_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_network_public_id")),
    )
    op.create_table(
        "lms_network_state",
        sa.Column("network_id", BIG, nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["lms_network.id"], name=op.f("fk_lms_network_state_network_id")),
        sa.ForeignKeyConstraint(["state_code"], ["lms_state.code"], name=op.f("fk_lms_network_state_state_code")),
        sa.PrimaryKeyConstraint("network_id", "state_code", name=op.f("pk_lms_network_state")),
    )


def downgrade() -> None:
    for table in ("network_state", "network", "directory_words", "directory_consent", "member", "membership_step"):
        op.drop_table(f"lms_{table}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_consents_are_append_only()")
