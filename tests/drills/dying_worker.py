"""`flask lms work`, but at one named point of sealing or signing the process ends itself with SIGKILL.

Each point is one at which a power cut or an operator's kill -9 may meet it.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from lms.app import create_app
from lms.kernel import outbox
from lms.kernel.db import db
from lms.kernel.worker import work_until_signalled
from lms.records import anchors
from lms.records.credentials import jobs, signing

SEALING = "INSERT INTO lms_ledger_seal"
SIGNING = "INSERT INTO lms_record_credential"


BATCH = 5
"""So few records are signed at once that a dozen take several batches."""


def die(*_arguments: object) -> None:
    """At once, without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def before_the_seals() -> None:
    """The job is claimed, nothing is sealed."""
    outbox.database_handlers["records.seal"] = die


def within_the_seals() -> None:
    """Every seal is written, none is committed."""

    _die_after(SEALING)


def _die_after(beginning: str) -> None:
    def after(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(beginning):
            die()

    event.listen(db.engine, "after_cursor_execute", after)


def before_the_anchor() -> None:
    """The seals are committed; the head is not noted outside the database."""
    outbox.effects["records.anchor"] = die


def within_the_anchor() -> None:
    """Half a line of the head is on the disk."""

    def torn(payload: dict[str, Any], _delivery: str) -> None:
        path = anchors.file()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(f'{{"sequence": {payload["sequence"]}, "se')
        die()

    outbox.effects["records.anchor"] = torn


def after_the_anchor() -> None:
    """The head is noted, the job that notes it does not say so."""
    note = outbox.effects["records.anchor"]

    def noted(payload: dict[str, Any], delivery: str) -> None:
        note(payload, delivery)
        die()

    outbox.effects["records.anchor"] = noted


def before_the_signatures() -> None:
    """The records are issued and the job is claimed; nothing is signed."""
    outbox.database_handlers[jobs.SIGN] = die


def within_the_signatures() -> None:
    """A batch is signed, none of it is committed."""
    _die_after(SIGNING)


def between_two_batches() -> None:
    """Some records are signed; the job for the rest is claimed by somebody who does not come back."""
    sign, done = outbox.database_handlers[jobs.SIGN], []

    def once(*job: Any) -> None:
        if done:
            die()
        done.append(job)
        sign(*job)

    outbox.database_handlers[jobs.SIGN] = once


def before_the_list() -> None:
    """Everything is signed; the list of what has ended is not published."""
    outbox.database_handlers[jobs.PUBLISH] = die


SEALS = {
    point.__name__: point
    for point in (before_the_seals, within_the_seals, before_the_anchor, within_the_anchor, after_the_anchor)
}
SIGNATURES = {
    point.__name__: point
    for point in (before_the_signatures, within_the_signatures, between_two_batches, before_the_list)
}
POINTS = SEALS | SIGNATURES


def main(point: str) -> None:
    """Work until that point is reached."""
    signing.AT_A_TIME = BATCH
    app = create_app()
    with app.app_context():
        POINTS[point]()
        work_until_signalled()


if __name__ == "__main__":
    main(sys.argv[1])
