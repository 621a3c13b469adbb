"""Nobody is shown a person outside their scope: every route, form, export, letter and feed, in a grown world."""

from __future__ import annotations

import base64
import importlib
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from flask import Blueprint, Flask, Response, redirect
from sqlalchemy import select, true
from structlog.testing import capture_logs

from lms.app import create_app
from lms.kernel.apart import Limits
from lms.kernel.db import db
from lms.learning.views import way
from lms.people.models import Person
from lms.people.queries import addresses_of, names_of
from lms.people.rules import Role
from lms.plugins.hookspecs import hookimpl
from lms.web.access import Permission, public, requires
from tests.conftest import Browser, fresh_database, settings

from .acts import Acts
from .growing import grow
from .oracle import seen_places, shows_to_members
from .routes import CannotWalk
from .unsent import UNSENT
from .walk import PATIENCE, Walk, gets, posts, walk_of
from .world import Kind, Mark, World

LAST = ("other administrator", "administrator")
"""They change what others may see, by confirming and ending mandates."""


ONLY = int(os.environ.get("SCOPE_SEED", "0"))
SEEDS = range(ONLY, ONLY + 1) if ONLY else range(1, int(os.environ.get("SCOPE_SEEDS", "1")) + 1)
"""Of the worlds that are walked through. SCOPE_SEED=7 chooses another one. With SCOPE_SEEDS=20 the walk goes through
twenty, leaves out no address and lets everybody send every form; that takes hours."""
SPARING = len(SEEDS) == 1


def walked(app: Flask, folder: Path, seed: int) -> tuple[Walk, Acts]:
    """Everybody opens everything; fills in what they are shown, in the world as it was; then sends every form empty."""
    with same_ids(seed):
        return _walked(grow(app, folder, seed))


@contextmanager
def same_ids(seed: int) -> Iterator[None]:
    """Within the block ids and links are drawn as the seed says, so that the same walk can be gone again."""
    lot = random.Random(f"ids {seed}")

    def drawn(size: int | None = None) -> str:
        return base64.urlsafe_b64encode(lot.randbytes(size or 32)).rstrip(b"=").decode()

    with patch("secrets.token_urlsafe", drawn):
        yield


def _walked(world: World) -> tuple[Walk, Acts]:
    walk = walk_of(world)
    acts = Acts(walk) if SPARING else Acts(walk, senders=None)
    walk.patience = PATIENCE if SPARING else None
    walk.noted = acts.note
    with capture_logs() as lines, patch("lms.web.sheets.run_apart", at_hand):
        for viewer in world.viewers:
            if viewer != LAST[0]:
                walk.get_everything(viewer, gets(world))
        if db.engine.name == "sqlite":
            acts.send_everything()
        for viewer in (*(one for one in world.viewers if one not in LAST), *LAST):
            walk.post_everything(viewer, posts(world))
        assert walk.read_letters() >= len(world.editions)
    walk.read_logs(lines)
    walk.read_what_is_kept()
    return walk, acts


def at_hand(function: str, data: bytes, *, limits: Limits, **options: Any) -> bytes:
    """What `function` makes, in this process: a Python of its own for each workbook takes a fifth of the time."""
    module, _, name = function.partition(":")
    made: bytes = getattr(importlib.import_module(module), name)(data, **options)
    assert len(made) <= limits.answer
    return made


def told(walk: Walk) -> str:
    return "\n".join(sorted({str(leak) for leak in walk.leaks}))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_route_form_or_letter_shows_anybody_outside_the_scope(app: Flask, tmp_path: Path, seed: int) -> None:
    walk, acts = walked(app, tmp_path, seed)
    assert not walk.broken, "\n".join(sorted(set(walk.broken)))
    assert not walk.leaks, told(walk)
    assert missing(walk) == [], "\n".join(missing(walk))
    assert [*acts.misplaced, *acts.handed_on, *acts.told_apart] == []
    assert db.engine.name != "sqlite" or never_taken(walk, acts) == []


def never_taken(walk: Walk, acts: Acts) -> list[str]:
    """The forms that were not taken from anybody, and are not known to be of that kind."""
    forms = {rule.endpoint for rule in posts(walk.world)}
    assert forms >= UNSENT.keys(), sorted(UNSENT.keys() - forms)
    return sorted(forms - acts.done.keys() - UNSENT.keys())


def missing(walk: Walk) -> list[str]:
    """What should have stood somewhere and did not: a walk that sees nothing would find no leak either."""
    world, found = walk.world, []
    for viewer, person_id in world.viewers.items():
        if viewer == LAST[0]:
            continue
        expected = {mark for mark in world.of(person_id, Kind.NAME) if person_id}
        for fully in (True, False):
            for place in seen_places(world, viewer, fully=fully):
                expected |= {*world.of(place.person_id, Kind.NAME)} if fully or place.counted else set()
                kinds = (Kind.ADDRESS, Kind.REQUEST, Kind.REASON) if fully else ()
                marks = (mark for kind in kinds for mark in world.of(place.person_id, kind))
                expected |= {mark for mark in marks if mark.edition in (None, place.edition)}
                expected -= {*world.of(place.person_id, Kind.ADDRESS)[1:]}
        coordinated = {place.edition for place in seen_places(world, viewer, fully=True)}
        expected |= {mark for mark in world.marks if mark.kind is Kind.NOMINEE and mark.edition in coordinated}
        expected -= {mark for mark in world.marks if mark.text in world.hidden}
        if any(held.person_id == person_id and held.role in (Role.TRAINER, Role.REVIEWER) for held in world.held):
            expected |= {mark for mark in world.marks if mark.kind is Kind.WORDS}
        for other in world.members:
            expected |= {*world.of(other, Kind.NAME)} if shows_to_members(world, person_id, other) else set()
        if viewer.startswith("participant"):
            expected |= {*world.of(person_id, Kind.JOURNAL)}
        seen = walk.shown.get(viewer, set())
        not_seen = [mark for mark in expected if mark.text not in seen and not _unnamed(world, person_id, mark)]
        found += [f"{viewer}: {mark.kind}" for mark in not_seen]
    return found


def _unnamed(world: World, person_id: int, mark: Mark) -> bool:
    """Whether a mark tells somebody else who it is that is not to be named."""
    hidden = mark.person_id in world.unnamed and mark.person_id != person_id
    return hidden and mark.kind in (Kind.NAME, Kind.ADDRESS)


# The walk itself is tried: what is planted is found ---------------------------------------------------------------


def _everybody() -> str:
    session = db.session()
    ids = session.scalars(select(Person.id)).all()
    return ", ".join(names_of(session, ids).values())


def _in_a_file_name() -> Response:
    return Response("Nothing.", headers={"Content-Disposition": f'attachment; filename="{_everybody()}.txt"'})


def _address_of_all() -> str:
    session = db.session()
    ids = session.scalars(select(Person.id)).all()
    return ", ".join(view.address for one in ids for view in addresses_of(session, one))


PLANTED: dict[str, Callable[[], object]] = {
    "body": _everybody,
    "header": lambda: redirect(f"/help?who={_everybody()}"),
    "file": _in_a_file_name,
    "title": lambda: f"<title>{_everybody()}</title>",
    "address": _address_of_all,
}


class Leaking:
    """A plugin that a colleague wrote in haste: one page more."""

    def __init__(self, view: Callable[[], object], path: str = "/planted") -> None:
        self.view, self.path = view, path

    @hookimpl
    def lms_app_ready(self, app: Flask) -> None:
        planted = Blueprint("planted", __name__)
        view = public(lambda **_ids: self.view()) if "<" in self.path else requires(Permission.SIGNED_IN)(self.view)
        planted.add_url_rule(self.path, "view", view)
        app.register_blueprint(planted)


@pytest.fixture
def with_plugin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[object], World]]:
    """Makes a world in an app that has one plugin more."""
    with fresh_database("sqlite", request, tmp_path) as url:

        def made(plugin: object) -> World:
            app = create_app(settings(url, tmp_path), plugins=[plugin])
            app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, LMS_ACCESS_LOG=False)
            app.test_client_class = Browser
            contexts.append(app.app_context())
            contexts[-1].push()
            return grow(app, tmp_path, 2)

        contexts: list[object] = []
        yield made
        db.session.remove()
        db.engine.dispose()
        for context in contexts:
            context.pop()  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", PLANTED)
def test_the_walk_finds_what_a_new_page_tells(with_plugin: Callable[[object], World], what: str) -> None:
    world = with_plugin(Leaking(PLANTED[what]))
    walk = walk_of(world)
    walk.get_everything("participant 1", [rule for rule in gets(world) if rule.endpoint.startswith("planted")])
    part = {"file": "header", "address": "body"}.get(what, what)
    kind = Kind.ADDRESS if what == "address" else Kind.NAME
    assert part in {leak.part for leak in walk.leaks if leak.kind is kind}, told(walk)


def test_a_route_that_the_walk_cannot_fill_stops_it_and_is_named(with_plugin: Callable[[object], World]) -> None:
    world = with_plugin(Leaking(lambda: "", "/planted/<something_new>"))
    with pytest.raises(CannotWalk, match=r"/planted/<something_new>: nothing is known for <something_new>"):
        walk_of(world).get_everything("visitor", gets(world))


def test_the_walk_finds_a_filter_that_lets_everybody_through(
    sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = grow(sqlite_app, tmp_path, 3)
    lists = [rule for rule in gets(world) if rule.rule.endswith(("/people", "/people/<enrolment>"))]
    walk = walk_of(world)
    walk.get_everything("focal point of a state", lists)
    assert walk.leaks == []
    for module in _with_the_filter():
        monkeypatch.setattr(module, "visible_to", lambda _scope: true())
    walk.get_everything("focal point of a state", lists)
    assert {leak.kind for leak in walk.leaks} == {Kind.NAME}, told(walk)


def _with_the_filter() -> list[ModuleType]:
    known = [module for name, module in sys.modules.items() if name.startswith("lms.")]
    return [module for module in known if hasattr(module, "visible_to")]


def test_the_walk_finds_a_journal_that_somebody_else_may_open(
    sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = grow(sqlite_app, tmp_path, 4)
    writer = next(mark.person_id for mark in world.marks if mark.kind is Kind.JOURNAL)
    units = [rule for rule in gets(world) if rule.rule.startswith("/learn/<edition>/units/<unit>")]
    walk = walk_of(world)
    walk.patience = None  # one of many units is that of the journal
    walk.get_everything("coordinator of all", units)
    assert walk.leaks == []
    real = way.own_enrolment
    monkeypatch.setattr(way, "own_enrolment", lambda session, edition, _me: real(session, edition, writer))
    walk.get_everything("coordinator of all", units)
    assert {leak.kind for leak in walk.leaks} >= {Kind.JOURNAL}, told(walk)
