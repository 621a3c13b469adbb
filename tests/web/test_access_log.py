"""One line per request, and what its time counts."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from structlog.testing import capture_logs

from lms.web.access import Viewer


def test_the_time_of_a_request_counts_finding_out_who_asks(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow() -> Viewer | None:
        time.sleep(0.05)
        return None

    monkeypatch.setitem(sqlite_app.extensions, "lms.identify", slow)
    monkeypatch.setitem(sqlite_app.config, "LMS_ACCESS_LOG", True)
    with capture_logs() as lines:
        sqlite_app.test_client().get("/account")
    line = next(line for line in lines if line["event"] == "request")
    assert line["endpoint"] == "people.account"
    assert line["ms"] >= 50
