"""Changes to persons, institutions, mandates and sign-in."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .models import StateRow
from .states import all_states


def sync_states(session: Session) -> None:
    """Bring the table of states in line with the data file, so that the database can refuse unknown ones."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [{"code": state.code, "membership": state.membership} for state in all_states()]
    change = insert(StateRow).values(rows)
    session.execute(
        change.on_conflict_do_update(index_elements=["code"], set_={"membership": change.excluded.membership})
    )
