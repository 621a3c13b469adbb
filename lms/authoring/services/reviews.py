"""Sign-offs: given, withheld and taken back, each for exactly the files that the reviewer saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftState, SignOff
from lms.authoring.queries import last_save_id, sign_off_place, slug_of
from lms.authoring.review import Review, review_of
from lms.authoring.rules.signing import (
    LONGEST_REASON,
    Asking,
    Need,
    Obstacle,
    SignOffAct,
    Word,
    complete,
    last_words,
    obstacle_to,
    states_of,
)
from lms.authoring.signing_words import obstacle_in_words
from lms.authoring.workspace import workspace_of
from lms.catalogue.rules.confirmation import may_confirm
from lms.kernel import audit
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.settings import present_settings
from lms.kernel.values import dataclass
from lms.people.queries import Viewer
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_reason
from lms.people.services.wording import refuse_text
from lms.plugins.unit_kind import UnitKind

from .asking import tell_sender
from .drafts import hold


@dataclass(frozen=True)
class Opinion:
    """What a reviewer says: `seen` is the hash of the files that were looked at."""

    need: Need
    act: SignOffAct
    seen: str
    reason: str = ""
    own_language: bool = False


def sign(
    session: Session, *, draft: Draft, opinion: Opinion, kinds: Mapping[str, UnitKind], by: Viewer, at: dt.datetime
) -> None:
    """Write down what a reviewer says; the same again changes nothing.

    Raises NotFound for whoever is no reviewer of the course, Conflict when the text was changed since it was looked at,
    Refused with the sentence for everything else that stands in the way.
    """
    hold(session, draft)
    review = review_of(session, workspace_of(session, draft, kinds), present_settings().sign_offs, at)
    word = Word(opinion.need, opinion.act, by.person_id, review.workspace.files_hash)
    if _said_already(review, word):
        return
    _insist(session, draft, review, opinion, by)
    reason = opinion.reason.strip() if opinion.act is not SignOffAct.GIVEN else ""
    refuse_text(mistake_in_prose(reason, LONGEST_REASON))
    _write(session, draft, word, reason, at)
    audit.record(
        session, at=at, actor=by.subject, act=f"draft.sign-off-{opinion.act}", about=draft.public_id,
        files=word.files_hash, kind=opinion.need.kind, language=opinion.need.language,
    )  # fmt: skip
    _tell(session, draft, review, word)


def _said_already(review: Review, word: Word) -> bool:
    same = [said for said in last_words(review.words) if (said.need, said.person) == (word.need, word.person)]
    return bool(same) and same[0].act is word.act and same[0].files_hash == word.files_hash


def _insist(session: Session, draft: Draft, review: Review, opinion: Opinion, by: Viewer) -> None:
    asking = Asking(
        need=opinion.need,
        act=opinion.act,
        person=by.person_id,
        mandate=may_confirm(by.grants, slug_of(session, draft)),
        in_review=draft.state is DraftState.IN_REVIEW,
        seen_hash=opinion.seen,
        own_language=opinion.own_language,
        reason=opinion.reason,
    )
    obstacle = obstacle_to(asking, review.needs, review.words, review.workspace.files_hash, review.authors)
    if obstacle is Obstacle.NO_MANDATE:
        raise NotFound
    if obstacle is Obstacle.TEXT_CHANGED:
        raise Conflict(obstacle_in_words(obstacle))
    if obstacle is not None:
        raise Refused(obstacle_in_words(obstacle))


def _write(session: Session, draft: Draft, word: Word, reason: str, at: dt.datetime) -> None:
    place = sign_off_place(draft.public_id, word.need, at)
    session.add(
        SignOff(
            draft_id=draft.id,
            kind=word.need.kind,
            language=word.need.language,
            act=word.act,
            person_id=word.person,
            files_hash=word.files_hash,
            base_id=draft.base_id,
            last_save_id=last_save_id(session, draft),
            sealed_reason=seal_reason(session, word.person, reason or None, place),
            at=at,
        )
    )


def _tell(session: Session, draft: Draft, review: Review, word: Word) -> None:
    """Whoever sent it hears when a sign-off is withheld, and when the last one has come."""
    sender = review.sender if review.sender != word.person else None
    if word.act is SignOffAct.WITHHELD:
        tell_sender(session, draft=draft, sender=sender, template="authoring/withheld")
    elif not review.complete and complete(states_of(review.needs, [*review.words, word], word.files_hash)):
        tell_sender(session, draft=draft, sender=sender, template="authoring/all-signed")
