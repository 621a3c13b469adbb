"""What `flask lms check` recomputes for the morning sheet: how everybody stands, and how many stand alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from lms.kernel.checks import Finding, check

from .models import AttentionDelta, AttentionTally
from .queries.stands import stands_of


@check("dashboards.attention")
def attention(session: Session) -> Iterable[Finding]:
    """Everybody who counts stands as is noted of them, and so many as are counted stand alike."""
    noted, real = stands_of(session)
    for number in sorted(noted.keys() | real.keys()):
        if noted.get(number) != real.get(number):
            yield Finding(f"enrolment {number}", "does not stand as is noted for the morning sheet")
    kept: Counter[tuple[int, str]] = Counter()
    folded = select(AttentionTally.edition_id, AttentionTally.stand, AttentionTally.count)
    fresh = select(AttentionDelta.edition_id, AttentionDelta.stand, AttentionDelta.change)
    for edition, stand, number in session.execute(union_all(folded, fresh)):
        kept[edition, stand] += number
    facts = Counter(noted.values())
    for place in sorted(kept.keys() | facts.keys()):
        if kept[place] != facts[place]:
            yield Finding(f"stand {place[1]} in edition {place[0]}", f"says {kept[place]}, there are {facts[place]}")
