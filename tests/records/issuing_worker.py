"""A worker for the drill of a large closing: `python -m tests.records.issuing_worker HOME`, the database in
DATABASE_URL. What it takes up again after a death waits for a second only, and periodic work is left out."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from lms.app import create_app
from lms.kernel import outbox
from lms.kernel.worker import work_until_signalled
from tests.conftest import settings

if __name__ == "__main__":
    outbox.LEASE = dt.timedelta(seconds=1)
    outbox.periodic.clear()
    with create_app(settings(os.environ["DATABASE_URL"], Path(sys.argv[1]))).app_context():
        work_until_signalled()
