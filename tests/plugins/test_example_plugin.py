"""What docs/plugin-authors.md says of plugins, with a real one: it is loaded, read, told, and kept in bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from pluggy import PluginValidationError

from lms.app import create_app
from lms.kernel import worker
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.mount import LMS
from lms.people.host import HostUser
from lms.plugins import manager
from lms.plugins.hookspecs import Hooks, hookimpl
from lms.plugins.unit_kind import UnitKind
from tests.catalogue import tiny
from tests.conftest import DATABASES, NOW, Browser, fresh_database, settings
from tests.learning.makers import Reader, make_reader
from tests.people.makers import make_person, signed_in_client

from .checklist import Checklist, Plugin

DOCUMENT = (Path(__file__).parents[2] / "docs/plugin-authors.md").read_text(encoding="utf-8")
STEPS = """\
key: thought
kind: checklist
title:
  en: Before a mission
minutes: 3
substance: s1
steps:
- Ask who else is there. [@S001]
"""


@pytest.fixture(params=DATABASES)
def plugin_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Plugin]]:
    """The app with the plugin, on either database."""
    plugin = Plugin()
    with fresh_database(request.param, request, tmp_path) as url:
        app = create_app(settings(url, tmp_path), plugins=[plugin])
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, LMS_ACCESS_LOG=False)
        app.test_client_class = Browser
        with app.app_context():
            yield app, plugin
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., Flask]:
    """Makes an app with plugins, without a database that anybody looks into."""
    return lambda *plugins: create_app(settings(f"sqlite:///{tmp_path}/none.sqlite", tmp_path), plugins=plugins)


def course_with_steps(app: Flask, folder: Path) -> str:
    """Publish a course whose last unit is of the plugin's kind, by the command; what it printed."""
    course = tiny.written(folder)
    (course / "modules/02-cases/thought.md").unlink()
    (course / "modules/02-cases/thought.yaml").write_text(STEPS)
    done = app.test_cli_runner().invoke(args=["lms", "courses", "load", str(course)])
    assert done.exit_code == 0, done.output
    return done.output


def reader_at_the_steps(app: Flask, folder: Path) -> Reader:
    """Somebody who has finished everything before the plugin's unit."""
    course_with_steps(app, folder)
    reader = make_reader(app)
    reader.read("first")
    reader.pass_quiz("asked")
    return reader


def test_a_plugins_unit_is_loaded_by_the_command_and_read_on_its_page(
    plugin_app: tuple[Flask, Plugin], tmp_path: Path
) -> None:
    app, _plugin = plugin_app
    reader = reader_at_the_steps(app, tmp_path)
    page = reader.get("thought")
    assert "Before a mission" in page
    assert "<li>Ask who else is there." in page
    assert "The first source" in page  # its citation is resolved like those of our own texts
    reader.read("thought")
    assert reader.own().course.completed_at == NOW


def test_a_plugin_is_told_after_the_change_and_again_until_it_has_listened(
    plugin_app: tuple[Flask, Plugin], tmp_path: Path
) -> None:
    app, plugin = plugin_app
    reader = reader_at_the_steps(app, tmp_path)
    worker.drain()
    plugin.failures = 1
    reader.read("thought")
    assert plugin.told == []  # not in the request, but by the worker
    worker.drain()
    assert len(plugin.told) == 1
    assert reader.own().course.completed_at == NOW  # what a plugin raises undoes nothing
    with frozen(NOW + dt.timedelta(hours=1)):
        worker.drain()
    with frozen(NOW + dt.timedelta(hours=9)):
        worker.drain()
    (name, facts, delivery), again = plugin.told
    assert again == (name, facts, delivery)
    assert name == "PreReadingCompleted"
    assert delivery
    assert facts["enrolment_id"] == reader.enrolment_id
    assert facts["at"] == NOW.isoformat()


def test_a_plugins_page_stands_in_our_layout_behind_its_mark(plugin_app: tuple[Flask, Plugin]) -> None:
    app, _plugin = plugin_app
    stranger = app.test_client().get("/checklists")
    assert stranger.status_code == 303
    assert "/sign-in?next=/checklists" in stranger.headers["Location"]
    page = signed_in_client(app, make_person()).get("/checklists")
    assert "Steps &amp; more &lt;steps&gt;" in page.text
    assert "Sign out" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_mounted_app_takes_plugins_too(tmp_path: Path) -> None:
    host = Flask("host")
    mounted = LMS(host, settings=settings(f"sqlite:///{tmp_path}/none.sqlite", tmp_path), plugins=[Plugin()])
    assert mounted.url_for("checklist.checklists") == "/seminar/checklists"
    assert "checklist" in mounted.app.extensions["lms.unit_kinds"]


def test_an_installed_package_announces_its_plugin(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced = tmp_path / "installed" / "announced-1.dist-info"
    announced.mkdir(parents=True)
    (announced / "METADATA").write_text("Metadata-Version: 2.1\nName: announced\nVersion: 1\n")
    (announced / "entry_points.txt").write_text(f"[{manager.ENTRY_POINT}]\nannounced = announced_plugin\n")
    body = "from lms.plugins.hookspecs import hookimpl\n\n\n@hookimpl\ndef lms_events():\n    return ['SignedIn']\n"
    (announced.parent / "announced_plugin.py").write_text(body)
    monkeypatch.syspath_prepend(str(announced.parent))
    assert "SignedIn" in make_app().extensions["lms.forwarded_events"]
    assert f'[project.entry-points."{manager.ENTRY_POINT}"]' in DOCUMENT


def test_a_hook_of_an_unknown_name_stops_the_app_and_is_named(make_app: Callable[..., Flask]) -> None:
    class Misspelt:
        @hookimpl
        def lms_unit_kind(self) -> list[UnitKind]:
            return []

    with pytest.raises(PluginValidationError, match="lms_unit_kind"):
        make_app(Misspelt())


def test_two_kinds_of_one_name_stop_the_app(make_app: Callable[..., Flask]) -> None:
    with pytest.raises(ValueError, match="two plugins offer the unit kind 'checklist'"):
        make_app(Plugin(), Plugin())


def test_a_view_without_a_mark_stops_the_app(make_app: Callable[..., Flask]) -> None:
    class Careless:
        @hookimpl
        def lms_app_ready(self, app: Flask) -> None:
            app.add_url_rule("/bare", "bare", lambda: "")

    with pytest.raises(RuntimeError, match="bare"):
        make_app(Careless())


def test_the_page_for_authors_names_every_hook_and_what_a_host_says_of_its_user() -> None:
    hooks = [name for name in vars(Hooks) if name.startswith("lms_")]
    assert [name for name in hooks if f"def {name}(" not in DOCUMENT] == []
    fields = HostUser.__dataclass_fields__
    assert [name for name in fields if f"`{name}`" not in DOCUMENT and f"{name}=" not in DOCUMENT] == []
    assert isinstance(Checklist(), UnitKind)
