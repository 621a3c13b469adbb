"""Asking for an introduction, answering one, shutting somebody out, reporting a message."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.alumni.models import Introduction, IntroductionBlock, IntroductionReport, Member
from lms.alumni.queries.introductions import Answer, before
from lms.alumni.rules.introductions import Hindrance, hindrance
from lms.alumni.sealing import answer_place, message_place, report_place
from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.secrets import new_token
from lms.people.models import Role, ScopeKind
from lms.people.queries import mandates_in_force, subjects_of
from lms.people.queries.sensitive import is_to_be_named
from lms.people.sealing import seal_text, unseal_text
from lms.people.services.letters import write_to

SAID: Mapping[Hindrance, Any] = {
    Hindrance.ONESELF: _l("This is you."),
    Hindrance.ASKED_ALREADY: _l("You have asked this person within the last six months. Please give them time."),
    Hindrance.ASKS_MANY: _l("You have asked for five introductions within thirty days. Please wait some days."),
    Hindrance.IS_ASKED_BY_MANY: _l("This person has been asked by many within thirty days. Please wait some days."),
}


def ask(session: Session, *, asker_id: int, asked_id: int, message: str, key: str, at: dt.datetime) -> str:
    """A member asks to be introduced to another whom they see; gives the public id, the same for the same `key`. Raises
    Refused where it is too often, Conflict for another message under a key that was used."""
    # One after the other: two requests at the same moment must not both be the first. The order holds off deadlocks.
    held = select(Member.person_id).where(Member.person_id.in_((asker_id, asked_id))).order_by(Member.person_id)
    if set(session.scalars(held.with_for_update())) != {asker_id, asked_id}:
        raise NotFound
    earlier = session.scalar(
        select(Introduction).where(Introduction.asker_id == asker_id, Introduction.client_key == key)
    )
    if earlier is not None:
        return _same(session, earlier, asked_id, message)
    no = hindrance(before(session, asker_id, asked_id, at), at, oneself=asker_id == asked_id)
    if no is not None:
        raise Refused(str(SAID[no]))
    if not is_to_be_named(session, asker_id):
        raise Refused(_("It is marked that you are not to be named, and an introduction names you."))
    blocks = select(IntroductionBlock.at).where(IntroductionBlock.person_id == asked_id)
    withheld = session.scalar(blocks.where(IntroductionBlock.blocked_id == asker_id)) is not None
    public_id = new_token()
    sealed = seal_text(session, asker_id, message, message_place(public_id))
    session.add(
        Introduction(
            public_id=public_id, asker_id=asker_id, asked_id=asked_id, client_key=key, sealed_message=sealed, at=at,
            withheld=withheld,
        )
    )  # fmt: skip
    session.flush()  # the audit and the letter follow the row
    _note(session, asker_id, at, "introduction.asked", public_id)
    if not withheld:
        write_to(session, person_id=asked_id, template="alumni/introduction", context={"introduction": public_id})
    return public_id


def _same(session: Session, earlier: Introduction, asked_id: int, message: str) -> str:
    kept = unseal_text(session, earlier.asker_id, earlier.sealed_message, message_place(earlier.public_id))
    if (earlier.asked_id, kept) != (asked_id, message):
        raise Conflict(_("Your request was sent already, with other words. Nothing was sent again."))
    return earlier.public_id


def answer(session: Session, *, introduction: str, person_id: int, given: Answer | None, at: dt.datetime) -> None:
    """Who was asked answers, and gives what they choose; or declines, without `given`. The same answer twice is one.
    Raises NotFound for everybody else, Conflict where it was answered otherwise."""
    found = _mine(session, introduction, person_id)
    if found.answered_at is not None:
        if found.accepted is (given is not None) and _said(session, found) == given:
            return
        raise Conflict(_("You have answered this already. An answer cannot be changed."))
    found.answered_at, found.accepted = at, given is not None
    if given is not None:
        plain = json.dumps({"words": given.words, "name": given.name, "address": given.address}, ensure_ascii=False)
        found.sealed_answer = seal_text(session, person_id, plain, answer_place(found.public_id))
        write_to(session, person_id=found.asker_id, template="alumni/introduction-answered")
    _note(session, person_id, at, "introduction.answered" if given else "introduction.declined", found.public_id)


def _said(session: Session, found: Introduction) -> Answer | None:
    if found.sealed_answer is None:
        return None
    plain = unseal_text(session, found.asked_id, found.sealed_answer, answer_place(found.public_id))
    return Answer(**json.loads(plain))


def block(session: Session, *, introduction: str, person_id: int, at: dt.datetime) -> None:
    """Nothing of who asked this arrives any more; they are not told."""
    found = _mine(session, introduction, person_id)
    row = dialect_insert(session)(IntroductionBlock).values(person_id=person_id, blocked_id=found.asker_id, at=at)
    new = row.on_conflict_do_nothing().returning(IntroductionBlock.at)
    if session.scalar(new) is not None:
        _note(session, person_id, at, "introduction.blocked", found.public_id)


def unblock(session: Session, *, introduction: str, person_id: int, at: dt.datetime) -> None:
    """They may ask again; what was withheld meanwhile stays so."""
    found = _mine(session, introduction, person_id)
    gone = delete(IntroductionBlock).where(
        IntroductionBlock.person_id == person_id, IntroductionBlock.blocked_id == found.asker_id
    )
    if session.scalars(gone.returning(IntroductionBlock.at)).all():
        _note(session, person_id, at, "introduction.unblocked", found.public_id)


def report(session: Session, *, introduction: str, person_id: int, reason: str, at: dt.datetime) -> None:
    """Who was asked lays the message before those who coordinate everything, once, and shuts out who sent it."""
    found = _mine(session, introduction, person_id)
    sealed = seal_text(session, person_id, reason, report_place(found.public_id))
    row = dialect_insert(session)(IntroductionReport).values(introduction_id=found.id, sealed_reason=sealed, at=at)
    new = row.on_conflict_do_nothing().returning(IntroductionReport.introduction_id)
    if session.scalar(new) is None:
        return
    _note(session, person_id, at, "introduction.reported", found.public_id)
    block(session, introduction=introduction, person_id=person_id, at=at)
    for officer in sorted(_officers(session, at)):
        write_to(session, person_id=officer, template="alumni/report")


def handle(session: Session, *, introduction: str, at: dt.datetime, by: str) -> None:
    """Somebody who coordinates everything has dealt with a report. Raises NotFound where there is none."""
    found = session.scalar(
        select(IntroductionReport)
        .join(Introduction, Introduction.id == IntroductionReport.introduction_id)
        .where(Introduction.public_id == introduction)
        .with_for_update(of=IntroductionReport)
    )
    if found is None:
        raise NotFound
    if found.handled_at is None:
        found.handled_at, found.handled_by = at, by
        audit.record(session, at=at, actor=by, act="introduction.report-handled", about=introduction)


def _officers(session: Session, at: dt.datetime) -> set[int]:
    roles = (Role.COORDINATOR, Role.ADMINISTRATOR)
    held = mandates_in_force(session, at)
    return {one.person_id for one in held if one.role in roles and one.scope is ScopeKind.ALL}


def _mine(session: Session, public_id: str, person_id: int) -> Introduction:
    """An introduction that reached this person, held until the end."""
    found = session.scalar(
        select(Introduction)
        .where(Introduction.public_id == public_id, Introduction.asked_id == person_id, ~Introduction.withheld)
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def _note(session: Session, person_id: int, at: dt.datetime, act: str, about: str) -> None:
    audit.record(session, at=at, actor=subjects_of(session, [person_id]).get(person_id), act=act, about=about)
