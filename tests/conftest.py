"""Real databases for every test: a SQLite file and a PostgreSQL database, each a copy of a migrated template."""

from __future__ import annotations

import datetime as dt
import gc
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import hypothesis
import pluggy
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from lms.app import create_app
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.new_rows import NewRow
from lms.kernel.secrets import Keyring
from lms.kernel.settings import Settings
from lms.kernel.unit_of_work import unit_of_work
from tests import postgres
from tests.first_run import first_run as first_run

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
KEYS = Keyring(secret=b"s" * 32, identity=b"i" * 32, ledger=b"l" * 32)
NOW = dt.datetime(2027, 4, 12, 9, 0, tzinfo=dt.UTC)
STATEMENTS = 5000
DEMO = ("demo", "--json")
# The first one begins with what many others wait for, the first `make run`; none that waits stands beside it.
LONG = ("journeys/test_crawl", "records/", "docs/test_commands", "drills/", "journeys/", "catalogue/", "authoring/")
# Those that look at one house, with everybody's browser open in it, are done by one worker and change nothing.
GALLERY = tuple(f"journeys/test_{name}.py" for name in ("crawl", "axe", "pseudo", "right_to_left", "figures"))
_numbers = count()

AppMaker = Callable[..., Flask]


# Python looks for unreachable circles after every 700 new objects, and each look that goes deep goes through all that
# the tests and the libraries consist of: without this, two fifths of the time.
gc.set_threshold(100_000, 10, 5)


# How long one example takes says how busy the machine is, not whether the property holds.
hypothesis.settings.register_profile("house", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What has been imported stays: never look through it again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes, so that none of them is left alone at the end; the rest as it is."""
    items.sort(key=lambda item: next((at for at, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Each file to one worker, and the files of the gallery to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "gallery" if file.endswith(GALLERY) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Asked where the tests run in several processes."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def settings(url: str, home: Path, **more: object) -> Settings:
    """Settings for tests: fixed keys, everything else in a temporary folder."""
    return Settings(env="testing", home=home, database_url=url, keys=KEYS, **more)  # type: ignore[arg-type]


def _build_schema(url: str, home: Path) -> None:
    app = create_app(settings(url, home))
    result = app.test_cli_runner().invoke(args=["lms", "upgrade"])
    if result.exit_code:
        raise RuntimeError(f"the migrations failed: {result.output}") from result.exception
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        db.engine._compiled_cache = LRUCache(STATEMENTS)
        _first_engines[db.engine.name] = db.engine


_first_engines: dict[str, Engine] = {}


def _share_statements(engine: Engine) -> None:
    """Let an engine use what an earlier one for the same kind of database has made of statements: each keeps by its
    dialect the SQL of every statement it has sent, and with an app for each test nearly all were first ones."""
    first = _first_engines.get(engine.name)
    if first is not None:
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest migration."""
    folder = tmp_path_factory.mktemp("sqlite")
    path = folder / "template.sqlite"
    _build_schema(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """A running PostgreSQL with an empty database at the newest migration, named "template"."""
    with postgres.server() as server:
        _build_schema(server.create("template"), tmp_path_factory.mktemp("postgres"))
        yield server


@pytest.fixture(scope="session")
def postgres_copies(postgres_server: postgres.Server) -> postgres.Copies:
    """Databases like the template."""
    return postgres.Copies(postgres_server, "template")


@contextmanager
def fresh_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database nobody else uses, without anything but what the migrations write."""
    if kind == "sqlite":
        path = tmp_path / f"{next(_numbers)}.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    copies: postgres.Copies = request.getfixturevalue("postgres_copies")
    with copies.lent() as url:
        yield url


class Compiled(BytecodeCache):
    """Templates that any app of this process has compiled, for all: every test makes an app of its own."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Called for each template; the bucket refuses what was compiled from another source."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was just compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


_compiled = Compiled()


class Remembered(Rule):
    """A route that is read, and whose address builders are made, once for this process: most of the time an app takes
    to start goes into its three hundred routes, and they are the same in every app."""

    made: ClassVar[dict[object, Rule]] = {}

    def compile(self) -> None:
        """As the first route that was alike in all that is read for this."""
        where = self.host if self.map.host_matching else self.subdomain
        key = (self.rule, where, self.merge_slashes, repr(self.defaults), *self.map.converters.items())
        like = self.made.get(key)
        if like is None:
            super().compile()
            self.made[key] = self
            return
        self._parts, self._trace, self._converters = like._parts, like._trace, like._converters
        self.arguments = set(like.arguments)
        self._build = like._build.__func__.__get__(self, None)  # type: ignore[attr-defined]
        self._build_unknown = like._build_unknown.__func__.__get__(self, None)  # type: ignore[attr-defined]


Flask.url_rule_class = Remembered


class Plugins(pluggy.PluginManager):
    """Looks through what is installed, some hundred packages, once for this process as long as nothing is found:
    whoever installs a plugin in a test puts a folder of its own on the path."""

    without: ClassVar[set[tuple[str | None, ...]]] = set()

    def load_setuptools_entrypoints(self, group: str, name: str | None = None) -> int:
        """How many were found."""
        key = (group, name, *sys.path)
        if key in self.without:
            return 0
        found = super().load_setuptools_entrypoints(group, name)
        if not found:
            self.without.add(key)
        return found


pluggy.PluginManager = Plugins  # type: ignore[misc]


class Browser(FlaskClient):
    """A test client whose every request has an app context of its own, as it has outside tests: nothing that one
    request remembered in `g` or in the database session reaches the next. What the test itself has looked at or left
    uncommitted is let go first, since it would hold the database."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **options)


@contextmanager
def running(url: str, home: Path, **options: object) -> Iterator[Flask]:
    """An app on a database, with its context pushed; connections are closed afterwards."""
    app = create_app(settings(url, home, **options))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, LMS_ACCESS_LOG=False)
    app.jinja_env.bytecode_cache = _compiled
    app.test_client_class = Browser
    with app.app_context():
        _share_statements(db.engine)
        yield app
        db.session.remove()
        pool: Any = db.engine.pool
        if pool.checkedout():
            gc.collect()  # now, not in the midst of some other test
        held = pool.checkedout()
        db.engine.dispose()
    assert not held, f"{held} connections were not given back"


@contextmanager
def demonstrated(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[Flask, dict[str, object]]]:
    """An app on a database that holds the course and the demonstration, and what `flask lms demo --json` printed: it
    takes as long as a hundred tests, so that those who only look at it share one."""
    with frozen(NOW), fresh_database(kind, request, folder) as url, running(url, folder) as made:
        said = [made.test_cli_runner().invoke(args=["lms", *words]) for words in (("courses", "load"), DEMO)]
        assert [one.exit_code for one in said] == [0, 0], said
        yield made, json.loads(said[1].output)


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The app, once on SQLite and once on PostgreSQL."""
    with fresh_database(request.param, request, tmp_path) as url, running(url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The app on SQLite only, for what does not depend on the database."""
    with fresh_database("sqlite", request, tmp_path) as url, running(url, tmp_path) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, not signed in, on either database."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of a unit of work that is committed when the test is over."""
    with unit_of_work() as opened:
        yield opened


@pytest.fixture(autouse=True)
def fixed_time(request: pytest.FixtureRequest) -> Iterator[dt.datetime | None]:
    """It is Monday 12 April 2027, 09:00 UTC, unless a test takes the fixture `real_time`."""
    if "real_time" in request.fixturenames:
        yield None
        return
    with frozen(NOW):
        yield NOW


@pytest.fixture
def real_time() -> None:
    """Let the clock run in this test."""


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent within the block, those that the driver sends by itself among them."""
    sent: list[str] = []
    write = NewRow.write

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    def note_row(self: NewRow, engine: Engine, values: Mapping[str, Any]) -> None:
        sent.append(f"INSERT INTO {self.table.name}")
        write(self, engine, values)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    NewRow.write = note_row  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        NewRow.write = write  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", note)
