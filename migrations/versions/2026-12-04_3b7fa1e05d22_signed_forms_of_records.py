"""The signed forms of records: the credential and the short form on paper, sealed under their holder's key.

They are never changed: what was signed stays as it was, and a correction is a record of its own.

Locks: nothing; the table is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "3b7fa1e05d22"
down_revision = "2b84e1d70c39"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "lms_record_credential"
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


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("key", BIG, nullable=False),
        sa.Column("sealed_document", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"], ["lms_record_public.record"], name=op.f("fk_lms_record_credential_record_lms_record_public")
        ),
        sa.PrimaryKeyConstraint("record", "key", name=op.f("pk_lms_record_credential")),
    )
    dialect = op.get_bind().dialect.name
    for verb in ("update", "delete"):
        op.execute(REFUSES[dialect].format(verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    op.drop_table(TABLE)
