"""What the worker does for this context."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from lms.kernel import outbox

from . import services


@outbox.database("dashboards.freeze", every=3600)
def freeze(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """The tables of the week that has begun, for all editions; nothing where they are there."""
    services.freeze(session, at=at)
