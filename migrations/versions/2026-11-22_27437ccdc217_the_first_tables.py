"""The first tables: people, catalogue, seminars, learning, records, alumni, and the kernel's own.

Locks: none; every table is new. The ledger's triggers are written out here as they were on the first day.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "27437ccdc217"
down_revision = None
branch_labels = None
depends_on = None


# The database itself refuses to change or remove what the ledger says.
LEDGER_TABLES = ("lms_ledger_entry", "lms_ledger_seal")
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION lms_ledger_is_append_only()"
    ),
}
# A row's trigger does not see a table emptied at once.
REFUSES_EMPTYING = (
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION lms_ledger_is_append_only()"
)
REFUSING_FUNCTION = (
    "CREATE FUNCTION lms_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
)


def _refuse_changes_of_the_ledger() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSING_FUNCTION)
    for table in LEDGER_TABLES:
        for verb in ("update", "delete"):
            op.execute(REFUSES[dialect].format(table=table, verb=verb, VERB=verb.upper()))
        if dialect == "postgresql":
            op.execute(REFUSES_EMPTYING.format(table=table))


def upgrade() -> None:
    op.create_table(
        "lms_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=True),
        sa.Column(
            "details", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_audit")),
    )
    with op.batch_alter_table("lms_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_audit_about"), ["about"], unique=False)
        batch_op.create_index(batch_op.f("ix_lms_audit_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_lms_audit_at"), ["at"], unique=False)

    op.create_table(
        "lms_course",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("files_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_course")),
        sa.UniqueConstraint("slug", name=op.f("uq_lms_course_slug")),
    )
    op.create_table(
        "lms_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column(
            "payload", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "dead",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("max_tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_job")),
    )
    with op.batch_alter_table("lms_job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_lms_job_open",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("state in ('waiting', 'running')"),
            postgresql_where=sa.text("state in ('waiting', 'running')"),
        )
        batch_op.create_index(
            "uq_lms_job_waiting_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "lms_ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "issued",
                "corrected",
                "withdrawn",
                "revoked",
                name="recordact",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.Column("version_hash", sa.String(length=64), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_ledger_entry")),
        sa.UniqueConstraint("record", "act", name=op.f("uq_lms_ledger_entry_record_act")),
    )
    with op.batch_alter_table("lms_ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_ledger_entry_record"), ["record"], unique=False)
        batch_op.create_index(batch_op.f("ix_lms_ledger_entry_subject"), ["subject"], unique=False)

    op.create_table(
        "lms_person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_person")),
        sa.UniqueConstraint("subject", name=op.f("uq_lms_person_subject")),
    )
    op.create_table(
        "lms_state",
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("membership", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_lms_state")),
    )
    op.create_table(
        "lms_throttle",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("window", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name=op.f("pk_lms_throttle")),
    )
    op.create_table(
        "lms_worker",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lms_worker")),
    )
    op.create_table(
        "lms_alumni_status",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_record", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("records", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_alumni_status_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_alumni_status")),
    )
    op.create_table(
        "lms_course_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("major", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "first",
                "editorial",
                "substantive",
                name="changekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "rule", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "document", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("changelog", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint("major >= 1 AND minor >= 0", name=op.f("ck_lms_course_version_numbered")),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_course_version_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_course_version")),
        sa.UniqueConstraint("course_id", "major", "minor", name=op.f("uq_lms_course_version_course_id_major_minor")),
    )
    with op.batch_alter_table("lms_course_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_course_version_course_id"), ["course_id"], unique=False)

    op.create_table(
        "lms_edition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "global",
                "regional",
                "national",
                name="editionkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("practical", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_lms_edition_in_order")),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_edition_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_edition")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_edition_public_id")),
    )
    op.create_table(
        "lms_host_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("blind_subject", sa.String(length=64), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_host_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_host_link")),
        sa.UniqueConstraint("host", "blind_subject", name=op.f("uq_lms_host_link_host_blind_subject")),
    )
    with op.batch_alter_table("lms_host_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_host_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_identity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("name", "address", name="identitykind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.String(length=64), nullable=True),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'address') = (blind_index IS NOT NULL)", name=op.f("ck_lms_identity_address_has_index")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_identity")),
        sa.UniqueConstraint("blind_index", name=op.f("uq_lms_identity_blind_index")),
    )
    with op.batch_alter_table("lms_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_identity_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_lms_identity_one_primary",
            ["person_id", "kind"],
            unique=True,
            sqlite_where=sa.text('"primary" = 1'),
            postgresql_where=sa.text('"primary"'),
        )

    op.create_table(
        "lms_institution",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "foreign-affairs",
                "justice",
                "defence",
                "interior",
                "education",
                "human-rights",
                "other",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["state_code"], ["lms_state.code"], name=op.f("fk_lms_institution_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_institution")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_institution_public_id")),
        sa.UniqueConstraint("state_code", "name", name=op.f("uq_lms_institution_state_code_name")),
    )
    op.create_table(
        "lms_ledger_seal",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["lms_ledger_entry.id"], name=op.f("fk_lms_ledger_seal_entry_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_lms_ledger_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_lms_ledger_seal_entry_id")),
        sa.UniqueConstraint("seal", name=op.f("uq_lms_ledger_seal_seal")),
    )
    op.create_table(
        "lms_mandate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "trainer",
                "reviewer",
                "coordinator",
                "focal-point",
                "evaluator",
                "observer",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "all",
                "edition",
                "state",
                "institution",
                "course",
                name="scopekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scope_id", sa.String(length=64), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "in-force",
                "declined",
                "ended",
                name="mandatestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("(scope = 'all') = (scope_id IS NULL)", name=op.f("ck_lms_mandate_scope_named")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_lms_mandate_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_mandate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_mandate")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_mandate_public_id")),
    )
    with op.batch_alter_table("lms_mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_mandate_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_name_confirmation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["lms_person.id"], name=op.f("fk_lms_name_confirmation_by_person_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_name_confirmation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_name_confirmation")),
    )
    with op.batch_alter_table("lms_name_confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_name_confirmation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_password",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_password_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_password")),
    )
    op.create_table(
        "lms_person_key",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_person_key_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_person_key")),
    )
    op.create_table(
        "lms_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_seconds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_session_public_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_lms_session_token_digest")),
    )
    with op.batch_alter_table("lms_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_unit_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_unit")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_lms_unit_course_id_key")),
    )
    op.create_table(
        "lms_affiliation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed_function", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_lms_affiliation_in_order")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["lms_institution.id"], name=op.f("fk_lms_affiliation_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_affiliation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_affiliation")),
    )
    with op.batch_alter_table("lms_affiliation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_affiliation_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lms_affiliation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_attendance_closing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_attendance_closing_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_attendance_closing")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_lms_attendance_closing_edition_id")),
    )
    op.create_table(
        "lms_edition_companion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "fellow",
                "instructor",
                "observer",
                "speaker",
                name="companion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_edition_companion_edition_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_edition_companion_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_edition_companion")),
        sa.UniqueConstraint(
            "edition_id", "person_id", "role", name=op.f("uq_lms_edition_companion_edition_id_person_id_role")
        ),
    )
    op.create_table(
        "lms_edition_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_edition_version_edition_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["lms_course_version.id"], name=op.f("fk_lms_edition_version_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_edition_version")),
    )
    with op.batch_alter_table("lms_edition_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_edition_version_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "lms_mailed_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation",
                "reset",
                "address",
                name="tokenpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("link_digest", sa.String(length=64), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_codes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["identity_id"], ["lms_identity.id"], name=op.f("fk_lms_mailed_token_identity_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_mailed_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_mailed_token")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_lms_mailed_token_link_digest")),
    )
    with op.batch_alter_table("lms_mailed_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_mailed_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_mandate_act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "proposed",
                "confirmed",
                "confirmed-alone",
                "declined",
                "ended",
                name="mandateactkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("reason_length", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_person_id"], ["lms_person.id"], name=op.f("fk_lms_mandate_act_by_person_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["lms_mandate.id"], name=op.f("fk_lms_mandate_act_mandate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_mandate_act")),
    )
    with op.batch_alter_table("lms_mandate_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_mandate_act_mandate_id"), ["mandate_id"], unique=False)

    op.create_table(
        "lms_on_site_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "half",
            sa.Enum("morning", "afternoon", name="halfday", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_on_site_session_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_on_site_session")),
        sa.UniqueConstraint("edition_id", "day", "half", name=op.f("uq_lms_on_site_session_edition_id_day_half")),
    )
    op.create_table(
        "lms_tally",
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "foreign-affairs",
                "justice",
                "defence",
                "interior",
                "education",
                "human-rights",
                "other",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "invited",
                "signed-in",
                "reading",
                "pre-reading",
                "attended",
                "recorded",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_tally_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "state_code", "sector", "stage", name=op.f("pk_lms_tally")),
    )
    op.create_table(
        "lms_tally_delta",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "foreign-affairs",
                "justice",
                "defence",
                "interior",
                "education",
                "human-rights",
                "other",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "invited",
                "signed-in",
                "reading",
                "pre-reading",
                "attended",
                "recorded",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("change", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_tally_delta_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_tally_delta")),
    )
    with op.batch_alter_table("lms_tally_delta", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_tally_delta_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "lms_unit_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("substance", sa.String(length=80), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("follows_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "document", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "rendered", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["follows_id"], ["lms_unit_revision.id"], name=op.f("fk_lms_unit_revision_follows_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_unit.id"], name=op.f("fk_lms_unit_revision_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_unit_revision")),
        sa.UniqueConstraint(
            "unit_id", "language", "content_hash", name=op.f("uq_lms_unit_revision_unit_id_language_content_hash")
        ),
    )
    with op.batch_alter_table("lms_unit_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_unit_revision_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "lms_version_module",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "document", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["lms_course_version.id"], name=op.f("fk_lms_version_module_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_version_module")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_lms_version_module_version_id_key")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_lms_version_module_version_id_position")),
    )
    with op.batch_alter_table("lms_version_module", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_version_module_version_id"), ["version_id"], unique=False)

    op.create_table(
        "lms_enrolment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("affiliation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state_code", sa.String(length=2), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "foreign-affairs",
                "justice",
                "defence",
                "interior",
                "education",
                "human-rights",
                "other",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "nominated",
                "invited",
                "accepted",
                "declined",
                "withdrawn",
                "replaced",
                name="enrolmentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["affiliation_id"], ["lms_affiliation.id"], name=op.f("fk_lms_enrolment_affiliation_id")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["lms_edition.id"], name=op.f("fk_lms_enrolment_edition_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["lms_institution.id"], name=op.f("fk_lms_enrolment_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_enrolment_person_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["lms_enrolment.id"], name=op.f("fk_lms_enrolment_replaced_by_id")),
        sa.ForeignKeyConstraint(["state_code"], ["lms_state.code"], name=op.f("fk_lms_enrolment_state_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_enrolment")),
        sa.UniqueConstraint("edition_id", "person_id", name=op.f("uq_lms_enrolment_edition_id_person_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_enrolment_public_id")),
    )
    with op.batch_alter_table("lms_enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_lms_enrolment_edition_state", ["edition_id", "state_code", "sector"], unique=False)
        batch_op.create_index(batch_op.f("ix_lms_enrolment_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_text_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_text_report_person_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["lms_unit_revision.id"], name=op.f("fk_lms_text_report_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_text_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_text_report_public_id")),
    )
    with op.batch_alter_table("lms_text_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_text_report_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "lms_version_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["lms_version_module.id"], name=op.f("fk_lms_version_unit_module_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["lms_unit_revision.id"], name=op.f("fk_lms_version_unit_revision_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_unit.id"], name=op.f("fk_lms_version_unit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_version_unit")),
        sa.UniqueConstraint("module_id", "position", name=op.f("uq_lms_version_unit_module_id_position")),
        sa.UniqueConstraint("module_id", "unit_id", name=op.f("uq_lms_version_unit_module_id_unit_id")),
    )
    with op.batch_alter_table("lms_version_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_version_unit_module_id"), ["module_id"], unique=False)

    op.create_table(
        "lms_attendance_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "mark",
            sa.Enum("present", "absent", "excused", name="mark", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_attendance_mark_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["lms_on_site_session.id"], name=op.f("fk_lms_attendance_mark_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_attendance_mark")),
    )
    with op.batch_alter_table("lms_attendance_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_attendance_mark_enrolment_id"), ["enrolment_id"], unique=False)

    op.create_table(
        "lms_attendance_result",
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("closing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("present", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("excused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["closing_id"], ["lms_attendance_closing.id"], name=op.f("fk_lms_attendance_result_closing_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_attendance_result_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_lms_attendance_result")),
    )
    op.create_table(
        "lms_enrolment_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "nominated",
                "invited",
                "accepted",
                "declined",
                "withdrawn",
                "replaced",
                name="enrolmentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by", sa.String(length=40), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_enrolment_event_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_enrolment_event")),
    )
    with op.batch_alter_table("lms_enrolment_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_enrolment_event_enrolment_id"), ["enrolment_id"], unique=False)

    op.create_table(
        "lms_enrolment_progress",
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("units_done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("last_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_enrolment_progress_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["last_unit_id"], ["lms_unit.id"], name=op.f("fk_lms_enrolment_progress_last_unit_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["lms_course_version.id"], name=op.f("fk_lms_enrolment_progress_version_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_lms_enrolment_progress")),
    )
    op.create_table(
        "lms_extension",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_extension_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_extension")),
    )
    with op.batch_alter_table("lms_extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_extension_enrolment_id"), ["enrolment_id"], unique=False)

    op.create_table(
        "lms_participant_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "more-time", "cannot-attend", name="requestkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (granted IS NULL)", name=op.f("ck_lms_participant_request_answered_one_way")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_participant_request_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_participant_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_participant_request_public_id")),
    )
    with op.batch_alter_table("lms_participant_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_participant_request_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index(
            "uq_lms_participant_request_open",
            ["enrolment_id", "kind"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "lms_quiz_try",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("substance", sa.String(length=80), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (points IS NULL)", name=op.f("ck_lms_quiz_try_scored_when_closed")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_quiz_try_enrolment_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["lms_unit_revision.id"], name=op.f("fk_lms_quiz_try_revision_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_unit.id"], name=op.f("fk_lms_quiz_try_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_quiz_try")),
        sa.UniqueConstraint(
            "enrolment_id",
            "unit_id",
            "substance",
            "number",
            name=op.f("uq_lms_quiz_try_enrolment_id_unit_id_substance_number"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_lms_quiz_try_public_id")),
    )
    with op.batch_alter_table("lms_quiz_try", schema=None) as batch_op:
        batch_op.create_index(
            "uq_lms_quiz_try_open",
            ["enrolment_id", "unit_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "lms_receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column(
            "body", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_receipt_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_receipt")),
        sa.UniqueConstraint("enrolment_id", "client_key", name=op.f("uq_lms_receipt_enrolment_id_client_key")),
    )
    op.create_table(
        "lms_record_subject",
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_record_subject_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_record_subject_person_id")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_lms_record_subject")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_lms_record_subject_enrolment_id")),
    )
    with op.batch_alter_table("lms_record_subject", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_record_subject_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lms_record_subject_subject"), ["subject"], unique=False)

    op.create_table(
        "lms_stage_reached",
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "invited",
                "signed-in",
                "reading",
                "pre-reading",
                "attended",
                "recorded",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_stage_reached_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "stage", name=op.f("pk_lms_stage_reached")),
    )
    op.create_table(
        "lms_unit_progress",
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("substance", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "started", "done", name="unitstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("best_points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("best_total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_unit_progress_enrolment_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_unit.id"], name=op.f("fk_lms_unit_progress_unit_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "unit_id", "substance", name=op.f("pk_lms_unit_progress")),
    )
    op.create_table(
        "lms_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("try_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column(
            "given", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["lms_receipt.id"], name=op.f("fk_lms_answer_receipt_id")),
        sa.ForeignKeyConstraint(["try_id"], ["lms_quiz_try.id"], name=op.f("fk_lms_answer_try_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_answer")),
    )
    with op.batch_alter_table("lms_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_answer_try_id"), ["try_id"], unique=False)

    op.create_table(
        "lms_progress_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("substance", sa.String(length=80), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "started",
                "read",
                "undone",
                "passed",
                "not-passed",
                "written",
                name="progresskind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_progress_event_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["lms_receipt.id"], name=op.f("fk_lms_progress_event_receipt_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["lms_unit_revision.id"], name=op.f("fk_lms_progress_event_revision_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_unit.id"], name=op.f("fk_lms_progress_event_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_progress_event")),
    )
    with op.batch_alter_table("lms_progress_event", schema=None) as batch_op:
        batch_op.create_index("ix_lms_progress_event_unit", ["enrolment_id", "unit_id", "substance"], unique=False)

    op.create_table(
        "lms_reflection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_reflection_enrolment_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["lms_receipt.id"], name=op.f("fk_lms_reflection_receipt_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_unit.id"], name=op.f("fk_lms_reflection_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_reflection")),
    )
    with op.batch_alter_table("lms_reflection", schema=None) as batch_op:
        batch_op.create_index("ix_lms_reflection_unit", ["enrolment_id", "unit_id"], unique=False)

    _refuse_changes_of_the_ledger()


def downgrade() -> None:
    with op.batch_alter_table("lms_reflection", schema=None) as batch_op:
        batch_op.drop_index("ix_lms_reflection_unit")

    op.drop_table("lms_reflection")
    with op.batch_alter_table("lms_progress_event", schema=None) as batch_op:
        batch_op.drop_index("ix_lms_progress_event_unit")

    op.drop_table("lms_progress_event")
    with op.batch_alter_table("lms_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_answer_try_id"))

    op.drop_table("lms_answer")
    op.drop_table("lms_unit_progress")
    op.drop_table("lms_stage_reached")
    with op.batch_alter_table("lms_record_subject", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_record_subject_subject"))
        batch_op.drop_index(batch_op.f("ix_lms_record_subject_person_id"))

    op.drop_table("lms_record_subject")
    op.drop_table("lms_receipt")
    with op.batch_alter_table("lms_quiz_try", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lms_quiz_try_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.drop_table("lms_quiz_try")
    with op.batch_alter_table("lms_participant_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lms_participant_request_open",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_lms_participant_request_enrolment_id"))

    op.drop_table("lms_participant_request")
    with op.batch_alter_table("lms_extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_extension_enrolment_id"))

    op.drop_table("lms_extension")
    op.drop_table("lms_enrolment_progress")
    with op.batch_alter_table("lms_enrolment_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_enrolment_event_enrolment_id"))

    op.drop_table("lms_enrolment_event")
    op.drop_table("lms_attendance_result")
    with op.batch_alter_table("lms_attendance_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_attendance_mark_enrolment_id"))

    op.drop_table("lms_attendance_mark")
    with op.batch_alter_table("lms_version_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_version_unit_module_id"))

    op.drop_table("lms_version_unit")
    with op.batch_alter_table("lms_text_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_text_report_revision_id"))

    op.drop_table("lms_text_report")
    with op.batch_alter_table("lms_enrolment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_enrolment_person_id"))
        batch_op.drop_index("ix_lms_enrolment_edition_state")

    op.drop_table("lms_enrolment")
    with op.batch_alter_table("lms_version_module", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_version_module_version_id"))

    op.drop_table("lms_version_module")
    with op.batch_alter_table("lms_unit_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_unit_revision_unit_id"))

    op.drop_table("lms_unit_revision")
    with op.batch_alter_table("lms_tally_delta", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_tally_delta_edition_id"))

    op.drop_table("lms_tally_delta")
    op.drop_table("lms_tally")
    op.drop_table("lms_on_site_session")
    with op.batch_alter_table("lms_mandate_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_mandate_act_mandate_id"))

    op.drop_table("lms_mandate_act")
    with op.batch_alter_table("lms_mailed_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_mailed_token_person_id"))

    op.drop_table("lms_mailed_token")
    with op.batch_alter_table("lms_edition_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_edition_version_edition_id"))

    op.drop_table("lms_edition_version")
    op.drop_table("lms_edition_companion")
    op.drop_table("lms_attendance_closing")
    with op.batch_alter_table("lms_affiliation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_affiliation_person_id"))
        batch_op.drop_index(batch_op.f("ix_lms_affiliation_institution_id"))

    op.drop_table("lms_affiliation")
    op.drop_table("lms_unit")
    with op.batch_alter_table("lms_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_session_person_id"))

    op.drop_table("lms_session")
    op.drop_table("lms_person_key")
    op.drop_table("lms_password")
    with op.batch_alter_table("lms_name_confirmation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_name_confirmation_person_id"))

    op.drop_table("lms_name_confirmation")
    with op.batch_alter_table("lms_mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_mandate_person_id"))

    op.drop_table("lms_mandate")
    op.drop_table("lms_ledger_seal")
    op.drop_table("lms_institution")
    with op.batch_alter_table("lms_identity", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lms_identity_one_primary", sqlite_where=sa.text('"primary" = 1'), postgresql_where=sa.text('"primary"')
        )
        batch_op.drop_index(batch_op.f("ix_lms_identity_person_id"))

    op.drop_table("lms_identity")
    with op.batch_alter_table("lms_host_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_host_link_person_id"))

    op.drop_table("lms_host_link")
    op.drop_table("lms_edition")
    with op.batch_alter_table("lms_course_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_course_version_course_id"))

    op.drop_table("lms_course_version")
    op.drop_table("lms_alumni_status")
    op.drop_table("lms_worker")
    op.drop_table("lms_throttle")
    op.drop_table("lms_state")
    op.drop_table("lms_person")
    with op.batch_alter_table("lms_ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_ledger_entry_subject"))
        batch_op.drop_index(batch_op.f("ix_lms_ledger_entry_record"))

    op.drop_table("lms_ledger_entry")
    with op.batch_alter_table("lms_job", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lms_job_waiting_key",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(
            "ix_lms_job_open",
            sqlite_where=sa.text("state in ('waiting', 'running')"),
            postgresql_where=sa.text("state in ('waiting', 'running')"),
        )

    op.drop_table("lms_job")
    op.drop_table("lms_course")
    with op.batch_alter_table("lms_audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_audit_at"))
        batch_op.drop_index(batch_op.f("ix_lms_audit_actor"))
        batch_op.drop_index(batch_op.f("ix_lms_audit_about"))

    op.drop_table("lms_audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION lms_ledger_is_append_only()")
