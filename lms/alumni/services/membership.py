"""Joining and leaving the community, and what of oneself one shows there: each by the person's own act."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.alumni.events import MembershipLeft, MembershipOpened
from lms.alumni.models import AlumniStatus, DirectoryConsent, DirectoryWords, Member, MembershipStep
from lms.alumni.queries.membership import SAID, agreed, mark_of, member, said_last_at
from lms.alumni.rules.directory import NO_CONSENT, Consent, Field, changes
from lms.alumni.rules.membership import Step
from lms.alumni.sealing import words_place
from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.people.queries import subjects_of
from lms.people.sealing import seal_text


def join(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """A person agrees to be a member, once. Raises Refused for whoever holds no valid record."""
    held = select(AlumniStatus.person_id).where(AlumniStatus.person_id == person_id).with_for_update()
    if session.scalar(held) is None:
        raise Refused(_("Membership follows from a completion record, and you hold none that is valid."))
    if session.get(Member, person_id) is not None:
        return
    step = _take(session, person_id, Step.JOINED, at)
    session.add(
        Member(person_id=person_id, public_id=new_token(), step_id=step.id, since=at, confirmed_at=at, hidden_at=None)
    )
    _note(session, person_id, at, "membership.opened")
    publish(session, MembershipOpened(person_id, at))


def leave(session: Session, *, person_id: int, at: dt.datetime, by: str | None = None) -> None:
    """A member leaves, by their own act or `by` another subject's: from the next request on nobody sees anything of
    them, and what they wrote is gone."""
    found = session.get(Member, person_id, with_for_update=True)
    if found is None:
        return
    _take(session, person_id, Step.LEFT, at)
    session.execute(delete(DirectoryWords).where(DirectoryWords.person_id == person_id))
    session.delete(found)
    _note(session, person_id, at, "membership.left", by=by)
    publish(session, MembershipLeft(person_id, at))


def confirm(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """A member says that everything is still right; who was hidden is seen again."""
    _step_of_member(session, person_id, Step.CONFIRMED, at)


def hide(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """A member did not answer: nobody sees them until they do. Nothing is deleted."""
    _step_of_member(session, person_id, Step.HIDDEN, at)


def _step_of_member(session: Session, person_id: int, step: Step, at: dt.datetime) -> None:
    found = session.get(Member, person_id, with_for_update=True)
    if found is None:
        return
    _take(session, person_id, step, at)
    if step is Step.CONFIRMED:
        found.confirmed_at, found.hidden_at = at, None
    else:
        found.hidden_at = found.hidden_at or at
    _note(session, person_id, at, f"membership.{step}")


def agree(
    session: Session, *, person_id: int, wanted: Mapping[Field, Consent], languages: str, subjects: str, at: dt.datetime
) -> None:
    """A member says anew what they show to whom, and what of themselves. Raises Conflict for whoever has left."""
    held = member(session, person_id, hold=True)
    if held is None:
        raise Conflict(_("You are no member any more. Nothing was saved."))
    new = changes(agreed(session, [person_id]).get(person_id, {}), wanted)
    if new:
        _write_down(session, held, new, at)
        said = {str(field): str(one.audience) for field, one in sorted(new.items())}
        _note(session, person_id, at, "directory.agreed", **said)
    _describe(session, held, languages, subjects, at)


def withdraw_all(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """A member takes every consent back, and stays a member."""
    held = member(session, person_id, hold=True)
    if held is None:
        return
    new = changes(agreed(session, [person_id]).get(person_id, {}), dict.fromkeys(Field, NO_CONSENT))
    if new:
        _write_down(session, held, new, at)
        _note(session, person_id, at, "directory.withdrawn")


def _write_down(session: Session, held: Member, new: Mapping[Field, Consent], at: dt.datetime) -> None:
    """Each later than what was said of its field before, even if the clock was set back since: the last one counts."""
    spoke, tick = said_last_at(session, held.person_id), dt.timedelta(microseconds=1)
    times = {field: max(at, spoke[field] + tick) if field in spoke else at for field in new}
    rows = [_row(held, field, one, times[field]) for field, one in sorted(new.items())]
    session.execute(insert(DirectoryConsent), rows)


def _row(held: Member, field: Field, one: Consent, at: dt.datetime) -> dict[str, Any]:
    said = DirectoryConsent(
        step_id=held.step_id, field=field, audience=one.audience, until=one.until, ends_at=one.ends_at, at=at
    )
    mark = mark_of(held.person_id, said)
    return {**{column.key: getattr(said, column.key) for column in SAID}, "mark": mark}


def _describe(session: Session, held: Member, languages: str, subjects: str, at: dt.datetime) -> None:
    plain = json.dumps({"languages": languages.strip(), "subjects": subjects.strip()}, ensure_ascii=False)
    sealed = seal_text(session, held.person_id, plain, words_place(held.public_id))
    row = dialect_insert(session)(DirectoryWords).values(person_id=held.person_id, sealed=sealed, changed_at=at)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["person_id"], set_={"sealed": row.excluded.sealed, "changed_at": row.excluded.changed_at}
        )
    )


def _take(session: Session, person_id: int, step: Step, at: dt.datetime) -> MembershipStep:
    taken = MembershipStep(person_id=person_id, step=step, at=at)
    session.add(taken)
    session.flush()  # for the id that the membership is known by
    return taken


def _note(session: Session, person_id: int, at: dt.datetime, act: str, by: str | None = None, **details: str) -> None:
    subject = subjects_of(session, [person_id]).get(person_id)
    audit.record(session, at=at, actor=by or subject, act=act, about=subject, **details)
