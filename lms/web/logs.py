"""Logs as JSON lines without names or addresses, and the short transaction that notes looks at named people."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import Intent, db, set_intent
from lms.kernel.unit_of_work import own_row, own_transaction

from .access import name_in_logs, outcome_in_logs, told_apart, who_in_logs

log = structlog.get_logger("lms.access")


def configure() -> None:
    """JSON lines on standard error, times in UTC; called once by the process, not by a host's app."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _trace(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where it failed: file, line, function, and the kinds of error. What an error says may repeat a person's words."""
    error = line.pop("exc_info", None)
    if isinstance(error, BaseException):
        frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
        line["trace"] = [f"{'/'.join(Path(at.filename).parts[-3:])}:{at.lineno} {at.name}" for at in frames]
        line["causes"] = _causes(error)
    return line


def _causes(error: BaseException) -> list[str]:
    cause = error.__cause__ or error.__context__
    return [type(cause).__name__, *_causes(cause)] if cause else []


class _Line(logging.Formatter):
    """What other people's code logs, as a line of ours; Flask's own text is left out, since it holds the path."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line: dict[str, Any] = {"event": "library", "logger": record.name, "level": record.levelname.lower()}
        line["timestamp"] = f"{dt.datetime.fromtimestamp(record.created, dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        if record.name != "lms":
            line["said"] = str(record.msg)  # without its arguments: they may be anything
        if record.exc_info and record.exc_info[1]:
            line |= {"error": type(record.exc_info[1]).__name__, "exc_info": record.exc_info[1]}
            _trace(None, "", line)
        return json.dumps(line)


def note_look(act: str, about: str, **details: Any) -> None:
    """Remember that this request showed named people; written down after the answer."""
    g.setdefault("lms_looks", []).append((act, about, details))


def note_now(act: str, about: str, **details: Any) -> None:
    """As `note_look`, but before the answer begins: for what is sent piece by piece, and may break off half-way."""
    with own_transaction() as session:
        audit.record(session, at=now(), actor=g.lms_viewer.subject, act=act, about=about, **details)


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
                endpoint=name_in_logs(),
                **outcome_in_logs(answer.status_code),
                **(_circumstances() if told_apart() else {}),
            )
        return answer

    app.teardown_request(_write_looks)


def _circumstances() -> dict[str, Any]:
    took = time.perf_counter() - g.get("lms_started", time.perf_counter())
    return {"ms": round(took * 1000, 1), **who_in_logs()}


def _entry(act: str, about: str, details: dict[str, Any]) -> dict[str, Any]:
    return {"at": now(), "actor": g.lms_viewer.subject, "act": act, "about": about, "details": details}


def _write_looks(error: BaseException | None) -> None:
    looks = g.pop("lms_looks", []) if error is None else []
    after = g.pop("lms_after", []) if error is None else []
    if not looks and not after:
        return
    db.session.remove()
    set_intent(Intent.WRITE)
    if len(looks) == 1:
        own_row(audit.ENTRY, _entry(*looks[0]))
    elif looks:  # all of them or none
        with own_transaction() as session:
            audit.record_lines(session, [_entry(*look) for look in looks])
    if after:
        with own_transaction() as session:
            for change in after:
                change(session)
