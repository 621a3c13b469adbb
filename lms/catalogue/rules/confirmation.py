"""Who may say that a translation is right: a reviewer of the course, or of all courses."""

from __future__ import annotations

from collections.abc import Iterable

from lms.people.rules.mandates import Grant, Role, ScopeKind

SHORTEST_REASON, LONGEST_REASON = 10, 1000


def may_confirm(grants: Iterable[Grant], course: str) -> bool:
    """Whether these mandates let their holder confirm translations of the course with this slug, and take it back."""
    return any(
        grant.role is Role.REVIEWER
        and (grant.scope is ScopeKind.ALL or (grant.scope is ScopeKind.COURSE and grant.scope_id == course))
        for grant in grants
    )
