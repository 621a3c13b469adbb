"""Which courses somebody works on."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lms.kernel.values import dataclass
from lms.people.rules.mandates import Grant, Role, ScopeKind

TEACHING = frozenset({Role.TRAINER, Role.REVIEWER})
READING = TEACHING | {Role.OBSERVER}
"""Roles that are about texts: observers read them and do nothing else."""


@dataclass(frozen=True, slots=True)
class Reach:
    """All courses, or those named by their slugs and those that these editions read."""

    everything: bool
    courses: frozenset[str]
    editions: frozenset[str]


def reach_of(grants: Iterable[Grant], roles: Collection[Role] = TEACHING) -> Reach:
    """What the mandates of these roles, a trainer's and a reviewer's, reach over together."""
    held = [grant for grant in grants if grant.role in roles]
    return Reach(
        everything=any(grant.scope is ScopeKind.ALL for grant in held),
        courses=_ids(held, ScopeKind.COURSE),
        editions=_ids(held, ScopeKind.EDITION),
    )


def _ids(grants: Iterable[Grant], kind: ScopeKind) -> frozenset[str]:
    return frozenset(grant.scope_id for grant in grants if grant.scope is kind and grant.scope_id)
