"""Somebody with every right in the database, who takes its guards away and writes what they like."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from lms.kernel.unit_of_work import own_transaction


def altered(table: str, change: str | Executable) -> None:
    """Change a table past its triggers; in SQLite."""
    with own_transaction() as session:
        guards = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        for name in session.scalars(guards, {"table": table}).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        done: Any = text(change) if isinstance(change, str) else change
        session.execute(done)
