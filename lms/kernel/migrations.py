"""Where the migrations lie, and how one is written: beside `lms` in a checkout, inside it in an installed wheel."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Enum, TypeDecorator, inspect, text
from sqlalchemy.orm import Session

VERSION_TABLE = "lms_alembic_version"


def folder() -> Path:
    """The folder for `Migrate(app, db, directory=folder())`.

    The wheel's place is asked first: beside an installed `lms` a stranger's folder `migrations` may lie.
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


@cache
def newest() -> str:
    """The revision a database of this version stands at; the history is one line, so there is one."""
    texts = [path.read_text(encoding="utf-8") for path in (folder() / "versions").glob("*.py")]
    return next(iter(_named("revision", texts) - _named("down_revision", texts)))


def _named(word: str, texts: list[str]) -> set[str]:
    line = re.compile(rf"^{word} = ['\"]([^'\"]+)['\"]", re.MULTILINE)
    return {name for text in texts for name in line.findall(text)}


def plain_type(kind: str, item: Any, _context: object) -> str | bool:
    """How a new migration writes our own column types: as what they are in the database, so that old ones need no code
    of today. False for everything else, which Alembic writes itself."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.Enum({repr(item).partition('(')[2]}"
    return False


def is_current(session: Session) -> bool:
    """Whether the database stands at the newest migration."""
    if not inspect(session.connection()).has_table(VERSION_TABLE):
        return False
    stands_at = session.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  our own constant
    return bool(stands_at == newest())
