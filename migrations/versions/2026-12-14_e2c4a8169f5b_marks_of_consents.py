"""What a holder or a member agreed to show carries a mark, an HMAC under a key from outside the database: what SQL alone
puts in opens nothing.

What stands there before gets its mark here, once and for all, and the audit trail says of how much: nothing tells it from
what others may have put in before this version. Whoever brings the tables to this version by another way than our own
commands marks nothing; then nothing is shown until each says so anew.

Locks: the three tables, for as long as their rows take, a second for a hundred thousand. SQLite copies none of them. The
triggers of lms_directory_consent, which refuse every change, are taken off meanwhile.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

revision = "e2c4a8169f5b"
down_revision = "a7c2e9041bd6"
branch_labels = None
depends_on = None

CONSENT, WORD, LINK = "lms_directory_consent", "lms_record_name_showing", "lms_record_share"
AT, BIG = sa.DateTime(timezone=True), sa.BigInteger()
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
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
WORDS = sa.text(
    f"SELECT id, record, shown, at FROM {WORD} WHERE id IN (SELECT max(id) FROM {WORD} GROUP BY record)"  # noqa: S608
).columns(id=BIG, shown=sa.Boolean, at=AT)
LINKS = sa.text(
    f"SELECT public_id, record, token_hash, made_at, ends_at FROM {LINK} WHERE ended_at IS NULL"  # noqa: S608
).columns(made_at=AT, ends_at=AT)
CONSENTS = sa.text(
    "SELECT c.id, s.person_id, c.step_id, c.field, c.audience, c.until, c.ends_at, c.at"  # noqa: S608
    f" FROM {CONSENT} c JOIN lms_membership_step s ON s.id = c.step_id"
).columns(id=BIG, person_id=BIG, step_id=BIG, until=sa.Date, ends_at=AT, at=AT)


def upgrade() -> None:
    for table in (CONSENT, WORD, LINK):
        op.add_column(table, sa.Column("mark", sa.String(length=64), nullable=True))
    mark = _marking()
    done = {
        WORD: _write_again(mark),
        LINK: _fill(LINK, "public_id", LINKS, lambda row: mark("link", *row)),
    }
    _without_triggers()
    done[CONSENT] = _fill(CONSENT, "id", CONSENTS, lambda row: mark("directory", *row[1:]))
    _with_triggers()
    if any(done.values()):
        _note(done)


def downgrade() -> None:
    for table in (LINK, WORD, CONSENT):
        op.drop_column(table, "mark")


def _marking() -> Callable[..., str]:
    root = current_app.extensions["lms.settings"].keys.ledger
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"lemkin-lms/consent").derive(root)

    def mark(*said: object) -> str:
        told = [_instant(one) if isinstance(one, dt.datetime) else None if one is None else str(one) for one in said]
        return hmac.new(key, json.dumps(told).encode(), hashlib.sha256).hexdigest()

    return mark


def _instant(at: dt.datetime) -> str:
    at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)  # SQLite keeps them in UTC, without saying so
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _fill(table: str, key: str, asked: Any, marked: Callable[[Any], str]) -> int:
    rows = op.get_bind().execute(asked).all()
    target = sa.table(table, sa.column(key), sa.column("mark"))
    change = target.update().where(target.c[key] == sa.bindparam("which")).values(mark=sa.bindparam("made"))
    if rows:
        op.get_bind().execute(change, [{"which": getattr(row, key), "made": marked(row)} for row in rows])
    return len(rows)


def _write_again(mark: Callable[..., str]) -> int:
    """Of each record the last word, which no update may change; the older ones go, since one would come back when it is
    taken away. The audit trail has them all."""
    rows = op.get_bind().execute(WORDS).all()
    kept = {"id": BIG, "record": sa.String, "shown": sa.Boolean, "at": AT, "mark": sa.String}
    table = sa.table(WORD, *(sa.column(name, kind) for name, kind in kept.items()))
    op.execute(table.delete())
    if rows:
        marked = [{**row._mapping, "mark": mark("name-shown", row.record, row.shown, row.at)} for row in rows]
        op.get_bind().execute(table.insert(), marked)
    return len(rows)


def _note(done: dict[str, int]) -> None:
    kept = {"at": AT, "actor": sa.String, "act": sa.String, "about": sa.String, "details": sa.JSON}
    audit = sa.table("lms_audit", *(sa.column(name, kind) for name, kind in kept.items()))
    row = {"at": dt.datetime.now(dt.UTC), "actor": None, "act": "consents.marked", "about": None, "details": done}
    op.get_bind().execute(audit.insert(), row)


def _without_triggers() -> None:
    dialect = op.get_bind().dialect.name
    for verb in VERBS[dialect]:
        op.execute(f"DROP TRIGGER {CONSENT}_no_{verb}" + (f" ON {CONSENT}" if dialect == "postgresql" else ""))


def _with_triggers() -> None:
    dialect = op.get_bind().dialect.name
    for verb in VERBS[dialect]:
        op.execute(REFUSES[dialect].format(table=CONSENT, verb=verb))
