"""A click made twice: the second is answered as the first one was, whatever was done by it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager

from flask import g, request
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.db import db, dialect_insert
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.models import FormReceipt
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import unit_of_work

ONE_CLICK = dt.timedelta(seconds=30)
"""Within which the same, sent twice, is one click made twice."""


@contextmanager
def one_click() -> Iterator[Session]:
    """A unit of work for what a form or a button does. Where it cannot be done because the same person did just this a
    moment ago, with the same words at the same address, the block is left as if it had been done now: what it would
    have given is not there. Raises whatever the block raises otherwise."""
    try:
        with unit_of_work() as session:
            yield session
            _keep(session)
    except (Refused, Conflict, NotFound):
        if not _done_already():
            raise


def _keep(session: Session) -> None:
    new = dialect_insert(session)(FormReceipt).values(**_mark(), body_hash="", made="", at=now())
    session.execute(new.on_conflict_do_update(index_elements=["by", "client_key"], set_={"at": now()}))


def _done_already() -> bool:
    mark = _mark()
    mine = (FormReceipt.by == mark["by"], FormReceipt.client_key == mark["client_key"])
    return bool(db.session().scalar(select(exists().where(*mine, FormReceipt.at > now() - ONE_CLICK))))


def _mark() -> dict[str, str]:
    """Who sends what and where to; keyed, so that nothing of it can be read."""
    said = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    return {"by": g.lms_viewer.subject, "client_key": keyring().veil(json.dumps([request.full_path, said]))}
