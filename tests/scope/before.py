"""The world as it is now, to come back to after an act."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lms.kernel.db import db
from lms.kernel.settings import settings_of

from .world import World


class Before:
    """The world as it is now, in SQLite's whole file and the letters; several lie one upon the other."""

    def __init__(self, world: World) -> None:
        db.session.remove()
        self._file, self._kept = sqlite3.connect(str(db.engine.url.database)), sqlite3.connect(":memory:")
        self._file.backup(self._kept)
        self._version = self._told()
        self._mail = settings_of(world.app).home / "mail"
        self._letters = set(self._mail.glob("*.eml"))

    def _told(self) -> int:
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])

    @property
    def changed(self) -> bool:
        """Whether another connection has written since."""
        return self._told() != self._version

    def new_letters(self) -> list[Path]:
        """What was sent since."""
        return sorted(set(self._mail.glob("*.eml")) - self._letters)

    def back(self) -> None:
        """As it was: every page that is different."""
        db.session.remove()
        self._kept.backup(self._file)
        self._version = self._told()
        for letter in self.new_letters():
            letter.unlink()

    def close(self) -> None:
        """It is not needed any more."""
        self._file.close()
        self._kept.close()
