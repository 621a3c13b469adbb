"""What the public may know a record by: its code, its credential's id, its place in a status list.

Records that were issued already get theirs here; their entries in the ledger are left as they are. A place may have more
than one record from now on: the first, and those that correct it.

Locks: lms_record_subject, for a moment; the other table is new.
"""

import secrets
import uuid

import sqlalchemy as sa
from alembic import op

revision = "2a6e0d94c5b1"
down_revision = "1fc57e0b3d9c"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALPHABET = "ABCDEFGHJKMNPQRTUVWXYZ2346789"
LIST_LENGTH = 131_072
LIST_FILL = LIST_LENGTH * 2 // 3
TABLE = "lms_record_public"
REFUSES = {
    "sqlite": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{VERB}} ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ),
    "postgresql": (
        f"CREATE TRIGGER {TABLE}_no_{{verb}} BEFORE {{VERB}} ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION lms_ledger_is_append_only()"
    ),
}
REFUSES_EMPTYING = (
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION lms_ledger_is_append_only()"
)


def upgrade() -> None:
    table = op.create_table(
        TABLE,
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("credential", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("status_list", BIG, nullable=False),
        sa.Column("status_index", BIG, nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_lms_record_public")),
        sa.UniqueConstraint("code", name=op.f("uq_lms_record_public_code")),
        sa.UniqueConstraint("credential", name=op.f("uq_lms_record_public_credential")),
        sa.UniqueConstraint("replaces", name=op.f("uq_lms_record_public_replaces")),
        sa.UniqueConstraint("status_list", "status_index", name=op.f("uq_lms_record_public_status_list_status_index")),
    )
    op.create_index(op.f("ix_lms_record_public_subject"), TABLE, ["subject"])
    _give_to_what_was_issued(table)
    _refuse_changes()
    op.add_column("lms_record_subject", sa.Column("correction", BIG, nullable=False, server_default="0"))
    with op.batch_alter_table("lms_record_subject") as batch:
        batch.alter_column("correction", existing_type=BIG, existing_nullable=False, server_default=None)
        batch.drop_constraint("uq_lms_record_subject_enrolment_id", type_="unique")
        batch.create_unique_constraint(
            op.f("uq_lms_record_subject_enrolment_id_correction"), ["enrolment_id", "correction"]
        )


def _give_to_what_was_issued(table: sa.Table) -> None:
    entry = sa.table(
        "lms_ledger_entry", sa.column("record"), sa.column("act"), sa.column("created_at", sa.DateTime(timezone=True))
    )
    issued = op.get_bind().execute(sa.select(entry.c.record, entry.c.created_at).where(entry.c.act == "issued")).all()
    for number, start in enumerate(range(0, len(issued), LIST_FILL)):
        rows = issued[start : start + LIST_FILL]
        places = secrets.SystemRandom().sample(range(LIST_LENGTH), len(rows))
        op.bulk_insert(
            table,
            [
                {
                    "record": row.record,
                    "code": "".join(secrets.choice(ALPHABET) for _ in range(12)),
                    "credential": str(uuid.uuid4()),
                    "subject": str(uuid.uuid4()),
                    "status_list": number,
                    "status_index": place,
                    "awarded_at": row.created_at,
                    "replaces": None,
                }
                for row, place in zip(rows, places, strict=True)
            ],
        )


def _refuse_changes() -> None:
    dialect = op.get_bind().dialect.name
    for verb in ("update", "delete"):
        op.execute(REFUSES[dialect].format(verb=verb, VERB=verb.upper()))
    if dialect == "postgresql":
        op.execute(REFUSES_EMPTYING)


def downgrade() -> None:
    # What corrects another record cannot be said without this table's columns; the first record of the place stays.
    op.execute("DELETE FROM lms_record_subject WHERE correction > 0")
    with op.batch_alter_table("lms_record_subject") as batch:
        batch.drop_constraint("uq_lms_record_subject_enrolment_id_correction", type_="unique")
        batch.drop_column("correction")
        batch.create_unique_constraint(op.f("uq_lms_record_subject_enrolment_id"), ["enrolment_id"])
    op.drop_table(TABLE)
