"""Every view says who may open it."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.app import create_app
from lms.web import access
from tests.conftest import settings


def test_every_view_is_marked(sqlite_app: Flask) -> None:
    assert len(sqlite_app.view_functions) > 5
    assert all(hasattr(view, "lms_access") for view in sqlite_app.view_functions.values())


def test_a_plugin_with_an_unmarked_view_stops_the_app_at_start(tmp_path) -> None:
    class Careless:
        pass

    app = create_app(settings(f"sqlite:///{tmp_path}/a.sqlite", tmp_path), plugins=[Careless()])
    app.add_url_rule("/bare", "bare", lambda: "")
    with pytest.raises(RuntimeError, match="bare"):
        access.check_marks(app)
