"""Asking for letters: what lies in the queue names nobody and opens nothing."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.people.letters import place_of
from lms.people.models import IdentityKind, IdentityRow
from lms.people.sealing import seal_text


def primary_address(session: Session, person_id: int) -> int | None:
    """The row of the address that letters go to."""
    return session.scalar(
        select(IdentityRow.id).where(
            IdentityRow.person_id == person_id, IdentityRow.kind == IdentityKind.ADDRESS, IdentityRow.primary
        )
    )


def write_to(
    session: Session,
    *,
    person_id: int,
    template: str,
    context: dict[str, Any] | None = None,
    identity_id: int | None = None,
    secret: dict[str, str] | None = None,
) -> bool:
    """Ask for a letter to a person's first address, or to one of their others; says whether there is one to write to.

    `context` holds plain values without names; `secret` is sealed under the person's key.
    """
    identity_id = identity_id or primary_address(session, person_id)
    if identity_id is None:
        return False
    payload: dict[str, Any] = {
        "template": template,
        "person_id": person_id,
        "identity_id": identity_id,
        "context": context or {},
    }
    if secret:
        sealed = seal_text(session, person_id, json.dumps(secret), place_of(template, identity_id))
        payload["sealed"] = sealed.hex()
    outbox.enqueue(session, "mail.send", payload)
    return True
