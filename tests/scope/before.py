"""The world as it is now, to come back to after an act."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lms.kernel.db import db
from lms.kernel.settings import settings_of

from .world import World


class Before:
    """The world of SQLite as it is now, to come back to."""

    def __init__(self, world: World) -> None:
        db.session.remove()
        self._file, self._kept = sqlite3.connect(str(db.engine.url.database)), sqlite3.connect(":memory:")
        self._file.backup(self._kept)
        self._mail = settings_of(world.app).home / "mail"
        self._letters = set(self._mail.glob("*.eml"))
        self._version = self._told()

    def _told(self) -> int:
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])

    @property
    def changed(self) -> bool:
        """Whether anything was written since."""
        return self._told() != self._version

    def new_letters(self) -> list[Path]:
        """What was sent since."""
        return sorted(set(self._mail.glob("*.eml")) - self._letters)

    def back(self) -> None:
        """As it was."""
        db.session.remove()
        self._kept.backup(self._file)
        for letter in self.new_letters():
            letter.unlink()
        self._version = self._told()

    def close(self) -> None:
        """It is not needed any more."""
        self._file.close()
        self._kept.close()
