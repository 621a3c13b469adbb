"""What `flask lms check` recomputes of drafts: where each stands, from what was done to it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.checks import Finding, check

from .models import Draft, DraftEvent
from .rules.drafting import state_after


@check("authoring.drafts")
def drafts(session: Session) -> Iterable[Finding]:
    """Each draft stands where its acts have brought it, and was begun by one."""
    acts: dict[int, list[str]] = {}
    for draft_id, act in session.execute(select(DraftEvent.draft_id, DraftEvent.act).order_by(DraftEvent.id)):
        acts.setdefault(draft_id, []).append(act)
    for draft_id, state in session.execute(select(Draft.id, Draft.state).order_by(Draft.id)):
        if state_after(acts.get(draft_id, ())) is not state:
            yield Finding(f"draft {draft_id}", "its state is not what was done to it")
