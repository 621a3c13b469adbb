"""A row that SQL alone wrote into the ledger cannot keep us any more from writing one of that kind about the same record:
of ours there is one, because whoever writes it holds the record still. The editions of which somebody holds a record in
force are kept beside their alumni status, from records whose marks were looked at.

Locks: lms_ledger_entry, for as long as two indexes of it take; SQLite copies it, and its triggers are made again. The
other table is new. What it gets here are the records as the ledger stands; `flask lms check` compares.
"""

import sqlalchemy as sa
from alembic import op

revision = "e1b7c05a9d34"
down_revision = "d19b4e2f60b5"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LEDGER = "lms_ledger_entry"
ONE_ISSUE = "uq_lms_ledger_entry_one_issue"
ISSUED = sa.text("act = 'issued'")
# SQLite loses them with the table that it copies.
REFUSES = (
    "CREATE TRIGGER lms_ledger_entry_no_{verb} BEFORE {VERB} ON lms_ledger_entry "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
)
IN_FORCE = (
    "INSERT INTO lms_alumni_record (record, person_id, edition)"
    " SELECT s.record, s.person_id, e.edition FROM lms_record_subject s"
    " JOIN lms_ledger_entry e ON e.record = s.record AND e.act = 'issued'"
    " WHERE NOT EXISTS (SELECT 1 FROM lms_ledger_entry x WHERE x.record = s.record AND x.act <> 'issued')"
)


def upgrade() -> None:
    with op.batch_alter_table(LEDGER) as table:
        table.drop_constraint(op.f("uq_lms_ledger_entry_record_act"), type_="unique")
        table.create_unique_constraint(op.f("uq_lms_ledger_entry_record_act_mark"), ["record", "act", "mark"])
        table.create_index(ONE_ISSUE, ["record"], unique=True, sqlite_where=ISSUED, postgresql_where=ISSUED)
    _refuse_changes_again()
    op.create_table(
        "lms_alumni_record",
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_alumni_record_person_id")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_lms_alumni_record")),
    )
    op.create_index("ix_lms_alumni_record_person_id", "lms_alumni_record", ["person_id"])
    op.create_index("ix_lms_alumni_record_edition", "lms_alumni_record", ["edition"])
    op.execute(sa.text(IN_FORCE))


def downgrade() -> None:
    op.drop_table("lms_alumni_record")
    with op.batch_alter_table(LEDGER) as table:
        table.drop_index(ONE_ISSUE)
        table.drop_constraint(op.f("uq_lms_ledger_entry_record_act_mark"), type_="unique")
        table.create_unique_constraint(op.f("uq_lms_ledger_entry_record_act"), ["record", "act"])
    _refuse_changes_again()


def _refuse_changes_again() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(REFUSES.format(verb=verb, VERB=verb.upper()))
