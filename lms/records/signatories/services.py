"""Saying who signs certificates."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.secrets import new_key, seal
from lms.kernel.settings import keyring
from lms.web.meanwhile import together

from .models import SignatureLines
from .queries import lines_place, own_lines
from .rules import MOST, Signatory, plain


def set_lines(
    session: Session, *, edition: str, lines: Sequence[Signatory], shown: str = "", by: str, at: dt.datetime
) -> None:
    """Records issued from now on carry these lines; without any, those of all editions, or none at all. `edition` is an
    edition's public id, or `EVERYWHERE`; `shown` are the marks of the page on which they were said. Raises
    ChangedMeanwhile."""
    found, place = session.get(SignatureLines, edition, with_for_update=True), lines_place(edition)
    lines, present = lines[:MOST], own_lines(session, edition)
    together({"lines": plain(present)}, {"lines": plain(lines)}, shown)
    if not lines:
        if found is not None:
            session.delete(found)
    else:
        key, said = new_key(), json.dumps(plain(lines), ensure_ascii=False)
        found = found or SignatureLines(edition=edition)
        found.wrapped_key, found.sealed = keyring().wrap(key, place), seal(key, said.encode(), place)
        found.changed_at = at
        session.add(found)
    audit.record(session, at=at, actor=by, act="signatories.set", about=edition or "all", lines=len(lines))
