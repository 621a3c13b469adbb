"""Who was erased, noted in a file outside the database: an older backup would bring them back. No names, only the
random subjects, which lead to nobody without the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lms.kernel import lines, outbox
from lms.kernel.settings import present_settings

NOTE = "people.note_erasure"


def file() -> Path:
    """One JSON line for each erased person: subject, time."""
    return present_settings().home / "anchors" / "erased.jsonl"


def subjects() -> set[str]:
    """Everybody on the list; what cannot be read is left out."""
    return {line.said["subject"] for line in lines.read(file()) if _tells(line)}


def unreadable() -> list[int]:
    """Lines of the list from which nobody can be told."""
    return [line.number for line in lines.read(file()) if not _tells(line)]


def _tells(line: lines.Line) -> bool:
    return isinstance(line.said.get("subject"), str)


@outbox.effect(NOTE)
def note_erasure(payload: dict[str, Any], _delivery: str) -> None:
    """Note an erasure outside the database, once."""
    if payload["subject"] not in subjects():
        lines.append(file(), {"subject": payload["subject"], "at": payload["at"]})


def take_over(other: Path) -> None:
    """Add to our list what another one knows more."""
    known = subjects()
    for line in lines.read(other):
        if _tells(line) and line.said["subject"] not in known:
            known.add(line.said["subject"])
            lines.append(file(), line.said)
