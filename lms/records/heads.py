"""The head of the ledger, carried away: a small file for each day, which an operator keeps in another place, and the
comparison of the ledger with such a file.

Whoever can write to this machine can write the anchors beside the database anew. A head that lies
elsewhere they cannot.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.errors import Refused
from lms.kernel.settings import present_settings

from . import anchors, queries
from .ledger_keys import ledger_keys
from .queries import Head
from .rules.ledger import Break, first_break

DAILY = 86_400.0
TITLE = "Head of the ledger of completion records"
NAME = "ledger-head-"
_LINE = re.compile(r"^(number|seal): (\S+)$", re.MULTILINE)


def folder() -> Path:
    """Where the files of the days lie."""
    return anchors.file().parent / "heads"


def as_text(head: Head, at: dt.datetime) -> str:
    """What such a file says: nothing of anybody."""
    sealed = f"{head.sealed_at:%Y-%m-%dT%H:%M:%SZ}" if head.sealed_at else "-"
    said = {
        "system": present_settings().public_url,
        "number": head.sequence,
        "seal": head.seal,
        "sealed": sealed,
        "written": f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    return "\n".join([TITLE, *(f"{name}: {value}" for name, value in said.items())]) + "\n"


def read(text: str) -> tuple[int, str]:
    """Number and seal of a file; raises Refused for another text."""
    said = dict(_LINE.findall(text))
    if not said.get("number", "").isdecimal() or not re.fullmatch(r"[0-9a-f]{64}", said.get("seal", "")):
        raise Refused("This is no head of a ledger: the lines “number” and “seal” are missing.")
    return int(said["number"]), said["seal"]


def write(head: Head, at: dt.datetime, into: Path) -> Path:
    """Write the file of a day, or write it again; it is whole or not there."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = into / f"{NAME}{at.astimezone(dt.UTC):%Y-%m-%d}.txt"
    half = path.with_suffix(".new")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(as_text(head, at))
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    return path


def among(path: Path) -> list[str]:
    """What the file says, or every such file of a folder."""
    files = sorted(path.glob(f"{NAME}*.txt")) if path.is_dir() else [path]
    return [file.read_text(encoding="utf-8", errors="replace") for file in files]


def compare(session: Session, texts: Sequence[str]) -> tuple[int, Break | None]:
    """Up to which number these heads reach, and where the ledger first differs from one that leads to them all, if it
    does. Raises Refused for a text that is no head, and for none."""
    carried = [read(text) for text in texts]
    if not carried:
        raise Refused("There is no head of a ledger in this folder.")
    noted = anchors.read().heads
    for number, seal in carried:
        if noted.setdefault(number, seal) != seal:
            return number, Break(number, "its seal is not the one that was carried away")
    noted.pop(0, None)
    return max(number for number, _seal in carried), first_break(ledger_keys(), queries.chain(session), noted)


def go_on(session: Session, at: dt.datetime) -> tuple[int, int]:
    """Let the chain go on after an older backup was restored: what was noted behind its last number that is still so
    counts no more. Gives that number, and the last one that was noted. Raises Refused where nothing is lost, and where
    the chain itself is broken: no restore does that."""
    noted = anchors.read().heads
    last, head = max(noted, default=0), queries.head(session)
    broken = first_break(ledger_keys(), queries.chain(session), {})
    if broken:
        raise Refused(f"ledger {broken.sequence}: {broken.problem}")
    seals = {link.sequence: link.seal for link in queries.chain(session) if link.sequence in noted}
    lost = min((number for number in noted if seals.get(number) != noted[number]), default=None)
    if lost is None:
        raise Refused("Every head that was noted is in the ledger: nothing is lost.")
    kept = head.sequence if lost > head.sequence else max((number for number in noted if number < lost), default=0)
    audit.record(session, at=at, actor=None, act="ledger.goes-on", about=f"ledger-{kept}", noted=last)
    anchors.go_on_after(kept, at.isoformat())
    if head.sequence > 0:
        anchors.note(head.sequence, head.seal, at.isoformat())
    return kept, last


@outbox.database("records.daily_head", every=DAILY)
def ask_for_a_file(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Once a day, and when the worker starts: the head as it is now."""
    head = queries.head(session)
    if head.sealed_at is not None:
        said = {"sequence": head.sequence, "seal": head.seal, "sealed_at": head.sealed_at.isoformat()}
        outbox.enqueue(session, "records.head_file", {**said, "at": at.isoformat()})


@outbox.effect("records.head_file")
def write_file(payload: dict[str, Any], _delivery: str) -> None:
    """Note the head among the anchors, and write the file of the day."""
    anchors.note(payload["sequence"], payload["seal"], payload["at"])
    head = Head(payload["sequence"], payload["seal"], dt.datetime.fromisoformat(payload["sealed_at"]))
    write(head, dt.datetime.fromisoformat(payload["at"]), folder())
