"""Editions as something that a mandate reaches over."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people.rules.mandates import ScopeKind
from lms.people.scopes import scope_choices

from .models import Edition


@scope_choices(ScopeKind.EDITION)
def edition_choices(session: Session) -> list[tuple[str, str]]:
    """Every edition, the latest first."""
    rows = session.execute(
        select(Edition.public_id, Edition.title).order_by(Edition.starts_on.desc(), Edition.id.desc())
    )
    return [(row.public_id, row.title) for row in rows]
