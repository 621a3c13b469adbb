"""Asking for letters: what lies in the queue names nobody and opens nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.secrets import new_token, seal
from lms.kernel.values import dataclass
from lms.people.letters import place_of, writers
from lms.people.models import IdentityKind, IdentityRow, SentLetter
from lms.people.sealing import keys_of

AT_ONCE = 50
BETWEEN = dt.timedelta(seconds=10)
"""Of many letters asked for together, so many are due at first and so many more each time: a code that somebody waits
for is not behind thousands of reminders, and no mail server takes us for a sender of junk."""


def primary_address(session: Session, person_id: int) -> int | None:
    """The row of the address that letters go to."""
    return session.scalar(
        select(IdentityRow.id).where(
            IdentityRow.person_id == person_id, IdentityRow.kind == IdentityKind.ADDRESS, IdentityRow.primary
        )
    )


@dataclass(frozen=True)
class Asked:
    """A letter asked for: `context` holds plain values without names; `secret` is sealed under the person's key."""

    person_id: int
    identity_id: int
    context: dict[str, Any] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)


def write_to(
    session: Session,
    *,
    person_id: int,
    template: str,
    context: dict[str, Any] | None = None,
    identity_id: int | None = None,
    secret: dict[str, str] | None = None,
    about: str | None = None,
    by: str | None = None,
) -> bool:
    """Ask for a letter to a person's first address, or to one of their others; says whether there is one to write to.

    `about` is the public id of the edition it is about, `by` the subject of who asks for it.
    """
    identity_id = identity_id or primary_address(session, person_id)
    if identity_id is None:
        return False
    asked = Asked(person_id, identity_id, context or {}, secret or {})
    write_to_many(session, [asked], template=template, about=about, by=by)
    return True


def write_to_many(
    session: Session,
    letters: Sequence[Asked],
    *,
    template: str,
    about: str | None = None,
    by: str | None = None,
) -> None:
    """Ask for one letter of a kind to each of these people, in three statements."""
    if not letters:
        return
    keys = keys_of(session, [asked.person_id for asked in letters if asked.secret])
    rows, jobs = [], []
    for number, asked in enumerate(letters):
        public_id = new_token()
        rows.append({
            "public_id": public_id, "person_id": asked.person_id, "identity_id": asked.identity_id,
            "template": template, "about": about, "digest": writers[template].digest, "by": by,
        })  # fmt: skip
        payload = {"letter": public_id, "about": about, **_payload(asked, template, keys)}
        jobs.append(outbox.Wanted("mail.send", payload, number // AT_ONCE * BETWEEN))
    session.execute(SentLetter.__table__.insert(), rows)  # type: ignore[attr-defined]
    outbox.enqueue_many(session, jobs)


def _payload(asked: Asked, template: str, keys: dict[int, bytes]) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "template": template,
        "person_id": asked.person_id,
        "identity_id": asked.identity_id,
        "context": asked.context,
    }
    if asked.secret:
        sealed = seal(keys[asked.person_id], json.dumps(asked.secret).encode(), place_of(template, asked.identity_id))
        payload["sealed"] = sealed.hex()
    return payload
