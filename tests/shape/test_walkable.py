"""Every route can be walked by the test that looks for people outside a viewer's scope."""

from __future__ import annotations

from flask import Flask

from tests.scope.routes import unknown_arguments


def test_the_walk_knows_ids_for_every_argument_of_every_route(sqlite_app: Flask) -> None:
    unknown = unknown_arguments(sqlite_app)
    assert unknown == [], "say in SOURCES of tests/scope/routes.py where these ids come from, and let world.py make one"
