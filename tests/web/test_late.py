"""A view that is loaded late is a view as any other once it is asked for."""

from __future__ import annotations

import sys
import types

import pytest
from flask import Blueprint, Flask

from lms.web.access import check_marks, logged_as, public
from lms.web.late import LateView, add_late

PACKAGE = "tests_of_late_views"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module with views."""
    made = types.ModuleType(f"{PACKAGE}.pages")
    monkeypatch.setitem(sys.modules, PACKAGE, types.ModuleType(PACKAGE))
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


def test_it_is_loaded_when_it_is_asked_for_and_not_before(module: types.ModuleType) -> None:
    app, blueprint = Flask("late", static_folder=None), Blueprint("pages", __name__)
    add_late(blueprint, PACKAGE, [("GET POST", "/<part>", "pages.shown")])
    app.register_blueprint(blueprint)
    check_marks(app)
    with app.test_request_context():
        assert app.url_for("pages.shown", part="x") == "/x"
    module.shown = public(lambda part: f"This is {part}.")  # type: ignore[attr-defined]
    client = app.test_client()
    assert [client.get("/a").text, client.post("/b").text, client.put("/c").status] == [
        "This is a.",
        "This is b.",
        "405 METHOD NOT ALLOWED",
    ]
    assert app.view_functions["pages.shown"].lms_access is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("view", [lambda: "", logged_as("other")(public(lambda: ""))])
def test_one_without_a_mark_or_that_logs_must_not_tell_apart_answers_nobody(
    module: types.ModuleType, view: object
) -> None:
    module.shown = view  # type: ignore[attr-defined]
    late = LateView(module.__name__, "shown")
    for _again in range(2):
        with pytest.raises(RuntimeError, match="shown"):
            late()
        with pytest.raises(RuntimeError, match="shown"):
            late.lms_access  # noqa: B018
