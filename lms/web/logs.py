"""Logs as JSON lines without names or addresses, and the short transaction that notes looks at named people."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import Intent, db, set_intent
from lms.kernel.unit_of_work import own_transaction

log = structlog.get_logger("lms.access")


def configure() -> None:
    """JSON lines on standard error, times in UTC; called once by the process, not by a host's app."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def note_look(act: str, about: str, **details: Any) -> None:
    """Remember that this request showed named people; written down after the answer."""
    g.setdefault("lms_looks", []).append((act, about, details))


def install(app: Flask) -> None:
    """One line per request: which view, not which address, because addresses carry tokens."""

    @app.before_request
    def start() -> None:
        g.lms_started = time.perf_counter()

    @app.after_request
    def finish(answer: Response) -> Response:
        if current_app.config.get("LMS_ACCESS_LOG", True):
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=answer.status_code,
                ms=round((time.perf_counter() - g.get("lms_started", time.perf_counter())) * 1000, 1),
                who=getattr(g.get("lms_viewer"), "subject", None),
            )
        return answer

    app.teardown_request(_write_looks)


def _write_looks(error: BaseException | None) -> None:
    looks = g.pop("lms_looks", []) if error is None else []
    after = g.pop("lms_after", []) if error is None else []
    if not looks and not after:
        return
    db.session.remove()
    set_intent(Intent.WRITE)
    with own_transaction() as session:
        for act, about, details in looks:
            audit.record(session, at=now(), actor=g.lms_viewer.subject, act=act, about=about, **details)
        for change in after:
            change(session)
