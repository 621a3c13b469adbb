"""Places deferred to a later edition: a state of its own, and a place there that points back.

Locks: SQLite copies lms_enrolment and lms_enrolment_event; PostgreSQL holds both for as long as it takes to look at every
state, a second or two for a million rows. Going down, a place that was deferred is one that was withdrawn: nothing older
comes nearer.
"""

import sqlalchemy as sa
from alembic import op

revision = "e8a4c1d70b35"
down_revision = "d51b7e3f90a2"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = ("nominated", "invited", "accepted", "declined", "withdrawn", "replaced")
AFTER = (*BEFORE, "deferred")


def upgrade() -> None:
    _states(AFTER)
    with op.batch_alter_table("lms_enrolment") as table:
        table.add_column(sa.Column("deferred_from_id", BIG, nullable=True))
        table.create_foreign_key(
            op.f("fk_lms_enrolment_deferred_from_id"), "lms_enrolment", ["deferred_from_id"], ["id"]
        )
        table.create_index(op.f("ix_lms_enrolment_deferred_from_id"), ["deferred_from_id"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("lms_enrolment") as table:
        table.drop_index(op.f("ix_lms_enrolment_deferred_from_id"))
        table.drop_constraint(op.f("fk_lms_enrolment_deferred_from_id"), type_="foreignkey")
        table.drop_column("deferred_from_id")
    for name in ("lms_enrolment", "lms_enrolment_event"):
        op.execute(f"UPDATE {name} SET state = 'withdrawn' WHERE state = 'deferred'")  # noqa: S608 (names of ours)
    _states(BEFORE)


def _states(states: tuple[str, ...]) -> None:
    among = f"state IN ({', '.join(repr(state) for state in states)})"
    for name in ("lms_enrolment", "lms_enrolment_event"):
        check = op.f(f"ck_{name}_enrolmentstate")
        with op.batch_alter_table(name) as table:
            table.drop_constraint(check, type_="check")
            table.create_check_constraint(check, among)
