"""A draft as its reviewers find it: which sign-offs it needs, how each stands, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from .queries import Signed, sender_of, signed, writers_of
from .rules.signing import (
    LANGUAGE,
    Need,
    Obstacle,
    State,
    Word,
    authors_of,
    changed_languages,
    complete,
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

    @property
    def words(self) -> list[Word]:
        """The same without days and reasons."""
        return [one.word for one in self.said]

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


def review_of(session: Session, workspace: Workspace, kinds: Iterable[str]) -> Review:
    """The review of a draft; `kinds` are those that the settings ask for. Six statements at most."""
    draft, kinds = workspace.draft, tuple(kinds)
    languages = changed_languages(workspace.base, workspace.course) if LANGUAGE in kinds else frozenset()
    sender = sender_of(session, draft)
    authors = authors_of(writers_of(session, draft), sender)
    return Review(workspace, needs_of(kinds, languages), signed(session, draft), authors, sender)
