"""A draft as its reviewers find it: which sign-offs it needs, how each stands, and what still stands in the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property

from sqlalchemy.orm import Session

from lms.kernel.values import dataclass

from .queries import Signed, disabled_of, reviewers_of, sender_of, signed, writers_of
from .rules.signing import (
    LANGUAGE,
    Need,
    Obstacle,
    State,
    Word,
    authors_of,
    changed_languages,
    complete,
    in_force,
    needs_of,
    obstacle_to_publishing,
    states_of,
)
from .workspace import Workspace


@dataclass(frozen=True)
class Review:
    """What was said of a draft, and of whom its text is."""

    workspace: Workspace
    needs: tuple[Need, ...]
    said: Sequence[Signed]
    authors: frozenset[int]
    sender: int | None
    reviewers: frozenset[int]
    """Those of the course today."""
    disabled: frozenset[int]
    """Those who said something and are kept from signing in."""

    @property
    def words(self) -> list[Word]:
        """The same as it counts today, without days and reasons."""
        return in_force([one.word for one in self.said], self.reviewers, self.disabled)

    @cached_property
    def states(self) -> list[State]:
        """How each sign-off stands for the files as they are now."""
        return states_of(self.needs, self.words, self.workspace.files_hash)

    @property
    def complete(self) -> bool:
        """Whether every sign-off is given for exactly these files."""
        return complete(self.states)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why the sign-offs do not suffice for publishing."""
        return obstacle_to_publishing(self.needs, self.words, self.workspace.files_hash, self.authors)

    def last(self, word: Word) -> Signed:
        """When and why something was said that counts."""
        return next(one for one in reversed(self.said) if one.word == word)


def review_of(session: Session, workspace: Workspace, kinds: Iterable[str], at: dt.datetime) -> Review:
    """The review of a draft at that instant; `kinds` are those that the settings ask for. Nine statements at most."""
    draft, kinds = workspace.draft, tuple(kinds)
    languages = changed_languages(workspace.base, workspace.course) if LANGUAGE in kinds else frozenset()
    sender = sender_of(session, draft)
    authors = authors_of(writers_of(session, draft), sender)
    reviewers = frozenset(reviewers_of(session, workspace.slug, at))
    said = signed(session, draft)
    disabled = disabled_of(session, {one.word.person for one in said} - reviewers)
    return Review(workspace, needs_of(kinds, languages), said, authors, sender, reviewers, disabled)
