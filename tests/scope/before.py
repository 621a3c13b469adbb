"""The world as it is now, to come back to after an act."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lms.kernel.db import db
from lms.kernel.settings import settings_of
from tests.postgres import connected

from .world import World


class Kept:
    """What a database held at a moment."""

    def changed(self) -> bool:
        """Whether anything was written since."""
        raise NotImplementedError

    def back(self) -> None:
        """As it was."""
        raise NotImplementedError

    def close(self) -> None:
        """It is not needed any more."""
        raise NotImplementedError


class KeptFile(Kept):
    """Of SQLite: the whole file."""

    def __init__(self) -> None:
        self._file, self._kept = sqlite3.connect(str(db.engine.url.database)), sqlite3.connect(":memory:")
        self._file.backup(self._kept)
        self._version = self._told()

    def _told(self) -> int:
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])

    def changed(self) -> bool:
        """Another connection has written."""
        return self._told() != self._version

    def back(self) -> None:
        """Every page that is different."""
        self._kept.backup(self._file)
        self._version = self._told()

    def close(self) -> None:
        """Both connections."""
        self._file.close()
        self._kept.close()


_WATCH = """
    CREATE TABLE kept.written (number bigint GENERATED ALWAYS AS IDENTITY, name text, act text);
    CREATE FUNCTION kept.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN INSERT INTO kept.written (name, act) VALUES (TG_TABLE_NAME, TG_OP); RETURN NULL; END $$;
"""
_NOTE = 'CREATE TRIGGER kept_note AFTER INSERT OR UPDATE OR DELETE ON public."{0}" EXECUTE FUNCTION kept.note();'
_WRITTEN = "SELECT name, bool_and(act = 'INSERT') FROM kept.written WHERE number > %s GROUP BY name ORDER BY name"
_TABLES = """
    SELECT relname, EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'id' AND atttypid IN (20, 23)
    )
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""


class KeptTables(Kept):
    """Of PostgreSQL: copies of its tables, and a note of every table that is written to. What is kept later, while this
    still is, has copies of those only that were written to meanwhile."""

    def __init__(self, earlier: Sequence[KeptTables]) -> None:
        self._earlier, self._schema = earlier, f"kept_{len(earlier)}"
        url = db.engine.url.render_as_string(hide_password=False)
        self._connection: Any = earlier[0]._connection if earlier else connected(url)
        if not earlier:
            self._numbered = dict(self._connection.execute(_TABLES).fetchall())
            watched = "".join(_NOTE.format(name) for name in self._numbered)
            self._do(f"CREATE SCHEMA kept; {_WATCH} {watched} SET session_replication_role = replica")
        names = [name for name, _new in self._written(0)] if earlier else list(self._numbered)
        copied = "".join(f'CREATE TABLE {self._schema}."{name}" AS TABLE public."{name}";' for name in names)
        self._do(f"CREATE SCHEMA {self._schema}; {copied}")
        self._where = dict(earlier[-1]._where if earlier else {}) | dict.fromkeys(names, self._schema)
        self._number = self._last()

    def _do(self, statements: str) -> None:
        self._connection.execute(statements)

    def _written(self, since: int) -> list[tuple[str, bool]]:
        found: list[tuple[str, bool]] = self._connection.execute(_WRITTEN, [since]).fetchall()
        return found

    def _last(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(number), 0) FROM kept.written").fetchone()[0])

    def changed(self) -> bool:
        """Some table was written to."""
        return self._last() > self._number

    def back(self) -> None:
        """Every table that was written to; where rows were only added, these are taken out."""
        first = (self._earlier or [self])[0]
        for name, only_added in self._written(self._number):
            kept = f'{self._where[name]}."{name}"'
            if only_added and first._numbered[name]:
                self._do(f'DELETE FROM public."{name}" WHERE id > (SELECT coalesce(max(id), 0) FROM {kept})')
            else:
                again = f'INSERT INTO public."{name}" OVERRIDING SYSTEM VALUE SELECT * FROM {kept}'
                self._do(f'DELETE FROM public."{name}"; {again}')
        self._connection.execute("DELETE FROM kept.written WHERE number > %s", [self._number])

    def close(self) -> None:
        """The copies, and with the first ones the notes."""
        self._do(f"DROP SCHEMA {self._schema} CASCADE")
        if not self._earlier:
            self._do("DROP SCHEMA kept CASCADE")
            self._connection.close()


class Before:
    """The world as it is now; several lie one upon the other, and the last one is left first."""

    def __init__(self, world: World, outer: Before | None = None) -> None:
        db.session.remove()
        self._below: list[KeptTables] = []
        if db.engine.name == "sqlite":
            self._kept: Kept = KeptFile()
        else:
            self._below = [*outer._below, outer._kept] if outer else []  # type: ignore[list-item]
            self._kept = KeptTables(self._below)
        self._mail = settings_of(world.app).home / "mail"
        self._letters = set(self._mail.glob("*.eml"))

    @property
    def changed(self) -> bool:
        """Whether anything was written since."""
        return self._kept.changed()

    def new_letters(self) -> list[Path]:
        """What was sent since."""
        return sorted(set(self._mail.glob("*.eml")) - self._letters)

    def back(self) -> None:
        """As it was."""
        db.session.remove()
        self._kept.back()
        for letter in self.new_letters():
            letter.unlink()

    def close(self) -> None:
        """It is not needed any more."""
        self._kept.close()
