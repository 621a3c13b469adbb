"""Mail about a review: to those whose sign-off is awaited, and to whoever waits for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftState
from lms.authoring.queries import given_for, reviewers_of, signed, slug_of
from lms.authoring.rules.signing import LANGUAGE, complete, needs_of, states_of
from lms.catalogue import queries as catalogue
from lms.kernel.settings import present_settings
from lms.people.services.letters import write_to


def ask_reviewers(session: Session, *, draft: Draft, files_hash: str, by: int | None, at: dt.datetime) -> None:
    """Write once to every reviewer of the course but `by` that sign-offs are awaited; to nobody where none is missing.

    Which languages are concerned takes reading the course; whoever signs for one finds out on the page.
    """
    kinds = present_settings().sign_offs
    needs = needs_of([kind for kind in kinds if kind != LANGUAGE], ())
    words = [one.word for one in signed(session, draft)]
    if LANGUAGE not in kinds and complete(states_of(needs, words, files_hash)):
        return
    slug = slug_of(session, draft)
    facts = _facts(session, draft, slug)
    for person_id in reviewers_of(session, slug, at):
        if person_id != by:
            write_to(session, person_id=person_id, template="authoring/review-awaited", context=facts)


def ask_again(session: Session, *, draft: Draft, before: str, after: str, by: int | None, at: dt.datetime) -> None:
    """The files of a draft in review became others (both by their hashes): where a sign-off was given for those before,
    it is awaited again. Whatever is changed next finds none given, so there is one letter however long somebody
    writes."""
    if draft.state is DraftState.IN_REVIEW and before != after and given_for(session, draft, before):
        ask_reviewers(session, draft=draft, files_hash=after, by=by, at=at)


def tell_sender(session: Session, *, draft: Draft, sender: int | None, template: str) -> None:
    """Write to whoever sent a draft to review; to nobody where it came from the command line."""
    if sender is not None:
        write_to(session, person_id=sender, template=template, context=_facts(session, draft, slug_of(session, draft)))


def _facts(session: Session, draft: Draft, slug: str) -> dict[str, Any]:
    """Nothing that is not public, but the address of the draft."""
    latest = catalogue.published(session, slug)
    return {"slug": slug, "draft": draft.public_id, "titles": dict(latest.title) if latest else {"en": slug}}
