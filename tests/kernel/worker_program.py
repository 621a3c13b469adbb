"""A worker process for the drills: `python -m tests.kernel.worker_program HOME`, the database in DATABASE_URL.

It hangs at the point that the file HOME/hang names, after saying so in HOME/reached, until somebody kills it.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.app import create_app
from lms.kernel import audit, outbox
from lms.kernel.worker import work_until_signalled
from tests.conftest import settings

HOME = Path(sys.argv[1])


def reach(point: str) -> None:
    """Stop here for ever if this is the point to be killed at."""
    hang = HOME / "hang"
    if hang.exists() and hang.read_text() == point:
        (HOME / "reached").touch()
        time.sleep(600)


@outbox.effect("drill.effect")
def effect(payload: dict[str, Any], stable_id: str) -> None:
    """Send a line into the world."""
    reach("before the effect")
    with (HOME / "world").open("a") as world:
        world.write(f"{stable_id}\n")
    reach("after the effect")


@outbox.database("drill.change")
def change(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Write one line into the database."""
    audit.record(session, at=at, actor=None, act="drill.changed")
    session.flush()  # the row is sent, and not yet committed
    reach("before the commit")


if __name__ == "__main__":
    outbox.LEASE = dt.timedelta(seconds=1)
    with create_app(settings(os.environ["DATABASE_URL"], HOME)).app_context():
        work_until_signalled()
