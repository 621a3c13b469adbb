"""`flask lms work`, but at one named point of sealing the process ends itself with SIGKILL.

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

SEALING = "INSERT INTO lms_ledger_seal"


def die(*_arguments: object) -> None:
    """At once, without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def before_the_seals() -> None:
    """The job is claimed, nothing is sealed."""
    outbox.database_handlers["records.seal"] = die


def within_the_seals() -> None:
    """Every seal is written, none is committed."""

    def after(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(SEALING):
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


POINTS = {
    point.__name__: point
    for point in (before_the_seals, within_the_seals, before_the_anchor, within_the_anchor, after_the_anchor)
}


def main(point: str) -> None:
    """Work until that point is reached."""
    app = create_app()
    with app.app_context():
        POINTS[point]()
        work_until_signalled()


if __name__ == "__main__":
    main(sys.argv[1])
