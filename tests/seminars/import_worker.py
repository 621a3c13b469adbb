"""A worker for the drill of a long import: `python -m tests.seminars.import_worker HOME`, the database in DATABASE_URL.

Within the piece that the file HOME/hang names by its number it stops before the commit, after saying so in
HOME/reached, until somebody kills it.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from itertools import count
from pathlib import Path

from sqlalchemy.orm import Session

from lms.app import create_app
from lms.kernel import outbox
from lms.kernel.models import Undertaking
from lms.kernel.undertakings import pieces
from lms.kernel.worker import work_until_signalled
from lms.seminars.imports.saving import SAVE
from lms.seminars.imports.undoing import UNDO
from tests.conftest import settings

HOME = Path(sys.argv[1])
_numbers = count(1)
_pieces = dict(pieces)


def do_or_hang(session: Session, work: Undertaking, at: dt.datetime) -> bool:
    """The next piece, and perhaps no further."""
    finished = _pieces[work.kind](session, work, at)
    session.flush()  # everything is sent, and not yet committed
    hang = HOME / "hang"
    if hang.exists() and int(hang.read_text()) == next(_numbers):
        (HOME / "reached").touch()
        time.sleep(600)
    return finished


if __name__ == "__main__":
    outbox.LEASE = dt.timedelta(seconds=1)
    pieces[SAVE] = pieces[UNDO] = do_or_hang
    with create_app(settings(os.environ["DATABASE_URL"], HOME)).app_context():
        work_until_signalled()
